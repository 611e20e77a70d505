//go:build !wasip1

package plugin

import (
	"encoding/json"
	"fmt"
)

// Fake is a host for tests, which answers what its functions answer. Requests and responses pass through JSON, as they
// do between a module and its host.
type Fake struct {
	DNSLookup   func(DNSRequest) DNSResponse
	HTTPRequest func(HTTPRequest) HTTPResponse
	TCPConnect  func(TCPRequest) ConnectResponse
	SMTPConnect func(SMTPRequest) ConnectResponse
	ExecCommand func(ExecRequest) ExecResponse
	FileStat    func(FileStatRequest) FileStatResponse
	// Log holds the lines that were written.
	Log []LogRequest
}

// Host answers the host to hand to an Observe function.
func (f *Fake) Host() *Host {
	return &Host{fake: f}
}

// Observe makes one observation, from the configuration's JSON to the flat result, as a module's `observe` does it.
func Observe[C any](d Definition[C], host *Host, config string) map[string]any {
	var result map[string]any
	if err := json.Unmarshal(answerObserve(d, host, []byte(config)), &result); err != nil {
		panic(err)
	}
	return result
}

// Host is the machine, as far as the operator lets the plugin see it.
type Host struct {
	fake *Fake
}

func (h *Host) exchange(name string, _ func(uint64) uint64, request []byte) ([]byte, func(), error) {
	var response []byte
	var err error
	switch name {
	case "dns_lookup":
		response, err = play(h.fake.DNSLookup, request)
	case "http_request":
		response, err = play(h.fake.HTTPRequest, request)
	case "tcp_connect":
		response, err = play(h.fake.TCPConnect, request)
	case "smtp_connect":
		response, err = play(h.fake.SMTPConnect, request)
	case "exec_command":
		response, err = play(h.fake.ExecCommand, request)
	case "file_stat":
		response, err = play(h.fake.FileStat, request)
	}
	return response, func() {}, err
}

func (h *Host) log(request []byte) {
	var line LogRequest
	if err := json.Unmarshal(request, &line); err == nil {
		h.fake.Log = append(h.fake.Log, line)
	}
}

func play[Q, R any](function func(Q) R, text []byte) ([]byte, error) {
	if function == nil {
		return nil, fmt.Errorf("the test's Fake has no such function")
	}
	var request Q
	if err := json.Unmarshal(text, &request); err != nil {
		return nil, err
	}
	return json.Marshal(function(request))
}

// There is nothing to import here: a Fake answers by name.

func dnsLookup(uint64) uint64   { return 0 }
func httpRequest(uint64) uint64 { return 0 }
func tcpConnect(uint64) uint64  { return 0 }
func smtpConnect(uint64) uint64 { return 0 }
func execCommand(uint64) uint64 { return 0 }
func fileStat(uint64) uint64    { return 0 }
