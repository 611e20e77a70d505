//go:build !wasip1

package plugin

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestEveryFunctionAnswersWhatItsFakeDoes(t *testing.T) {
	yes := true
	tls := Handshake{TLS: true, TLSVersion: "TLS 1.3", TLSVerified: &yes, TLSCertSANs: []string{"example.org"}}
	dns := DNSResponse{Records: []string{"192.0.2.1"}, MXRecords: []MXRecord{{"mail.example.org", 10}}}
	http := HTTPResponse{StatusCode: 200, Headers: map[string][]string{"A": {"b", "c"}}, Body: []byte{0, 255}, Handshake: tls}
	tcp := ConnectResponse{Connected: true, RemoteAddr: "192.0.2.1:443", Handshake: tls, TLSVersionsOffered: []string{"TLS 1.3"}}
	smtp := ConnectResponse{Connected: true, Banner: "220 mail.example.org", Extensions: []string{"STARTTLS"}}
	exec := ExecResponse{Stdout: "out", ExitCode: 3}
	file := FileStatResponse{Kind: "file", Size: math.MaxUint64, Mode: "0640", ResolvedPath: "/etc/x"}
	fake := &Fake{
		DNSLookup:   func(r DNSRequest) DNSResponse { return dns },
		HTTPRequest: func(r HTTPRequest) HTTPResponse { http.URL = r.URL + string(r.Body); return http },
		TCPConnect:  func(r TCPRequest) ConnectResponse { tcp.Address = r.Host + ":" + r.Port; return tcp },
		SMTPConnect: func(r SMTPRequest) ConnectResponse { return smtp },
		ExecCommand: func(r ExecRequest) ExecResponse {
			if r.Args == nil {
				t.Error("args are null")
			}
			return exec
		},
		FileStat: func(r FileStatRequest) FileStatResponse { return file },
	}
	host := fake.Host()
	check := func(got any, err error, expected any) {
		t.Helper()
		if err != nil || !reflect.DeepEqual(got, expected) {
			t.Errorf("got %+v, %v; want %+v", got, err, expected)
		}
	}
	gotDNS, err := host.DNSLookup(DNSRequest{Hostname: "example.org", Type: "A"})
	check(gotDNS, err, dns)
	gotHTTP, err := host.HTTPRequest(HTTPRequest{Method: "POST", URL: "https://example.org/", Body: []byte("x")})
	check(gotHTTP, err, http)
	gotTCP, err := host.TCPConnect(TCPRequest{Host: "example.org", Port: "443", TLS: true})
	check(gotTCP, err, tcp)
	gotSMTP, err := host.SMTPConnect(SMTPRequest{Host: "example.org", Port: "25"})
	check(gotSMTP, err, smtp)
	gotExec, err := host.ExecCommand(ExecRequest{Command: "true"})
	check(gotExec, err, exec)
	gotFile, err := host.FileStat(FileStatRequest{Path: "/etc/x"})
	check(gotFile, err, file)
	if http.URL != "https://example.org/x" || tcp.Address != "example.org:443" {
		t.Error(http.URL, tcp.Address)
	}
}

func TestAnErrorOfTheHostIsAnError(t *testing.T) {
	refused := &Error{Message: "refused", Type: TypeNetwork, Code: "ECONNREFUSED", Wrapped: &Error{Message: "below"}}
	late := &Error{Message: "late", Type: TypeTimeout, Code: "ETIMEDOUT", IsTimeout: true}
	host := (&Fake{
		TCPConnect: func(TCPRequest) ConnectResponse { return ConnectResponse{Connected: true, Error: refused} },
		ExecCommand: func(r ExecRequest) ExecResponse {
			return ExecResponse{Stdout: "so far", IsTimeout: r.Command == "sleep", Error: late}
		},
	}).Host()
	tcp, err := host.TCPConnect(TCPRequest{})
	var own *Error
	if !errors.As(err, &own) || !reflect.DeepEqual(own, refused) || !tcp.Connected {
		t.Errorf("got %+v, %v", tcp, err)
	}
	ran, err := host.ExecCommand(ExecRequest{Command: "sleep"})
	if err != nil || ran.Stdout != "so far" || !ran.Error.IsTimeout {
		t.Errorf("got %+v, %v", ran, err)
	}
	if _, err := host.ExecCommand(ExecRequest{Command: "true"}); !errors.As(err, &own) || own.Code != "ETIMEDOUT" {
		t.Error(err)
	}
	if _, err := host.FileStat(FileStatRequest{}); err == nil || !strings.Contains(err.Error(), "no such function") {
		t.Error(err)
	}
}

func TestAResponseThatIsNoneIsAnError(t *testing.T) {
	host := new(Fake).Host()
	for answer, expected := range map[string]string{
		``:                       "file_stat: the host's response: ",
		`null`:                   "file_stat: the host's response: it is null",
		`{"size": -1}`:           "file_stat: the host's response: ",
		`{"kind": 7}`:            "file_stat: the host's response: ",
		`[]`:                     "file_stat: the host's response: ",
		`{"error": "no"}`:        "file_stat: the host's response: ",
		`{"kind": "file"} extra`: "file_stat: the host's response: ",
	} {
		released := false
		_, err := decodeResponse[FileStatResponse]("file_stat", []byte(answer), func() { released = true })
		var own *Error
		if !errors.As(err, &own) || own.Code != "EPROTO" || !strings.HasPrefix(own.Message, expected) || !released {
			t.Errorf("%s: got %v, released: %v", answer, err, released)
		}
	}
	file, err := decodeResponse[FileStatResponse]("file_stat", []byte(`{"kind": null, "new": 1, "error": null}`), func() {})
	if err != nil || file.Kind != "" {
		t.Error(file, err)
	}
	_, err = host.ExecCommand(ExecRequest{Command: strings.Repeat("x", maxRequest)})
	if err == nil || !strings.Contains(err.Error(), "the host takes 1048576 at most") {
		t.Error(err)
	}
}

func TestLogging(t *testing.T) {
	fake := new(Fake)
	host := fake.Host()
	host.Log(LevelWarn, "odd", Attr("path", "/x"), Attr("n", 7), Attr("u", uint8(1)), Attr("f", 0.5), Attr("b", true), Attr("l", []int{1}))
	host.Log(LevelInfo, "no JSON", Attr("n", math.NaN()))
	host.Log(LevelInfo, strings.Repeat("x", maxRequest))
	if len(fake.Log) != 2 || fake.Log[1].Message != "no JSON" || fake.Log[0].Timestamp == "" {
		t.Fatalf("got %+v", fake.Log)
	}
	var types []string
	for _, attribute := range fake.Log[0].Attributes {
		types = append(types, attribute.Type)
	}
	if got := strings.Join(types, " "); got != "string int64 uint64 float64 bool any" {
		t.Error(got)
	}
}

func TestWhatIsAnAnswerOfTheNetwork(t *testing.T) {
	for _, test := range []struct {
		kind, code string
		answer     bool
	}{
		{TypeNetwork, "ECONNREFUSED", true}, {TypeTimeout, "ETIMEDOUT", true},
		{TypeNetwork, "ENOTFOUND", false}, {TypeCapability, "EACCES", false},
	} {
		if (&Error{Type: test.kind, Code: test.code}).IsUnreachable() != test.answer {
			t.Error(test)
		}
	}
}
