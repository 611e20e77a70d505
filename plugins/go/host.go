package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// DNSLookup looks up records of a name.
func (h *Host) DNSLookup(request DNSRequest) (DNSResponse, error) {
	return call[DNSResponse](h, "dns_lookup", dnsLookup, request)
}

// HTTPRequest makes an HTTP request. An answer with any status code is no error.
func (h *Host) HTTPRequest(request HTTPRequest) (HTTPResponse, error) {
	return call[HTTPResponse](h, "http_request", httpRequest, request)
}

// TCPConnect connects over TCP and, where asked for, with TLS. Where TLS failed, there are both an error and a response
// that is Connected.
func (h *Host) TCPConnect(request TCPRequest) (ConnectResponse, error) {
	return call[ConnectResponse](h, "tcp_connect", tcpConnect, request)
}

// SMTPConnect connects to a mail server.
func (h *Host) SMTPConnect(request SMTPRequest) (ConnectResponse, error) {
	return call[ConnectResponse](h, "smtp_connect", smtpConnect, request)
}

// ExecCommand runs a command to its end. Neither an exit code nor a command that the deadline ended (IsTimeout) is an
// error; that it did not run is one.
func (h *Host) ExecCommand(request ExecRequest) (ExecResponse, error) {
	if request.Args == nil {
		request.Args = []string{}
	}
	return call[ExecResponse](h, "exec_command", execCommand, request)
}

// FileStat tells a file's owner, permissions and other attributes.
func (h *Host) FileStat(request FileStatRequest) (FileStatResponse, error) {
	return call[FileStatResponse](h, "file_stat", fileStat, request)
}

// Log writes a line to the host's log. It never fails a check.
func (h *Host) Log(level, message string, attributes ...Attribute) {
	timestamp := time.Now().UTC().Format(time.RFC3339Nano)
	request, err := json.Marshal(LogRequest{Level: level, Message: message, Timestamp: timestamp, Attributes: attributes})
	if err != nil {
		// An attribute is something that is no JSON.
		request, err = json.Marshal(LogRequest{Level: level, Message: message, Timestamp: timestamp})
	}
	if err != nil || len(request) > maxRequest {
		return
	}
	h.log(request)
}

// response is what all responses have in common.
type response interface {
	failure() *Error
}

// call sends a request and reads the response. Its error is the host's own, or says what is wrong with either.
func call[R response](h *Host, name string, function func(uint64) uint64, request any) (R, error) {
	var none R
	text, err := json.Marshal(request)
	if err != nil {
		return none, &Error{Message: fmt.Sprintf("%s: the request cannot be encoded: %v", name, err), Type: TypeInternal, Code: "EINVAL"}
	}
	if len(text) > maxRequest {
		message := fmt.Sprintf("%s: the request has %d bytes; the host takes %d at most", name, len(text), maxRequest)
		return none, &Error{Message: message, Type: TypeValidation, Code: "EMSGSIZE"}
	}
	answer, release, err := h.exchange(name, function, text)
	if err != nil {
		return none, &Error{Message: fmt.Sprintf("%s: the host's response: %v", name, err), Type: TypeInternal, Code: "EPROTO"}
	}
	return decodeResponse[R](name, answer, release)
}

// decodeResponse reads a response, which it then gives back.
func decodeResponse[R response](name string, answer []byte, release func()) (R, error) {
	var none, response R
	err := json.Unmarshal(answer, &response)
	if err == nil && string(answer) == "null" {
		// Which decodes as if it were an empty object.
		err = errors.New("it is null")
	}
	release()
	if err != nil {
		return none, &Error{Message: fmt.Sprintf("%s: the host's response: %v", name, err), Type: TypeInternal, Code: "EPROTO"}
	}
	if failure := response.failure(); failure != nil {
		return response, failure
	}
	return response, nil
}
