package plugin

// Context is what every request says about the call itself. The earliest of it, the request's own timeout and what is
// left of the control's time holds.
type Context struct {
	// Deadline is RFC 3339.
	Deadline string `json:"deadline,omitempty"`
	// TimeoutMs is milliseconds from now; 0 is none.
	TimeoutMs uint64 `json:"timeout_ms,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	// Canceled says that the plugin has already given up.
	Canceled bool `json:"canceled,omitempty"`
}

// DNSRequest is for [Host.DNSLookup].
type DNSRequest struct {
	Context  Context `json:"context"`
	Hostname string  `json:"hostname"`
	// Type is A, AAAA, CNAME, MX, TXT, NS, SRV, PTR, SOA or CAA.
	Type string `json:"type"`
	// Nameserver is `host:port` of the server to ask instead of the system's.
	Nameserver string `json:"nameserver,omitempty"`
}

// DNSResponse is the answer to a [DNSRequest].
type DNSResponse struct {
	Records     []string   `json:"records,omitempty"`
	MXRecords   []MXRecord `json:"mx_records,omitempty"`
	QueryTimeMs uint64     `json:"query_time_ms,omitempty"`
	Error       *Error     `json:"error,omitempty"`
}

// MXRecord is one mail exchanger. The lowest Pref is tried first.
type MXRecord struct {
	Host string `json:"host"`
	Pref uint16 `json:"pref"`
}

// HTTPRequest is for [Host.HTTPRequest].
type HTTPRequest struct {
	Context   Context             `json:"context"`
	Method    string              `json:"method"`
	URL       string              `json:"url"`
	Headers   map[string][]string `json:"headers,omitempty"`
	Body      []byte              `json:"body,omitempty"`
	TimeoutMs uint64              `json:"timeout_ms,omitempty"`
	// FollowRedirects is true where it is nil.
	FollowRedirects *bool `json:"follow_redirects,omitempty"`
	// VerifyTLS makes an error of a certificate that is not trusted. It is true where it is nil.
	VerifyTLS *bool `json:"verify_tls,omitempty"`
}

// HTTPResponse is the answer to an [HTTPRequest].
type HTTPResponse struct {
	StatusCode uint16 `json:"status_code"`
	// Headers are named as Go names them: Content-Type.
	Headers map[string][]string `json:"headers,omitempty"`
	Body    []byte              `json:"body,omitempty"`
	// BodyTruncated says that the body was longer than the host's limit.
	BodyTruncated bool `json:"body_truncated,omitempty"`
	// Proto is HTTP/1.1, say.
	Proto string `json:"proto,omitempty"`
	// URL is where the answer came from, after redirects.
	URL            string `json:"url,omitempty"`
	RemoteAddr     string `json:"remote_addr,omitempty"`
	ResponseTimeMs uint64 `json:"response_time_ms,omitempty"`
	Handshake
	Error *Error `json:"error,omitempty"`
}

// TCPRequest is for [Host.TCPConnect].
type TCPRequest struct {
	Context   Context `json:"context"`
	Host      string  `json:"host"`
	Port      string  `json:"port"`
	TimeoutMs uint64  `json:"timeout_ms,omitempty"`
	// TLS asks for a handshake after connecting.
	TLS bool `json:"tls"`
	// ProbeTLSVersions asks which versions of TLS the server offers, with a connection for each.
	ProbeTLSVersions bool `json:"probe_tls_versions,omitempty"`
}

// SMTPRequest is for [Host.SMTPConnect].
type SMTPRequest struct {
	Context   Context `json:"context"`
	Host      string  `json:"host"`
	Port      string  `json:"port"`
	TimeoutMs uint64  `json:"timeout_ms,omitempty"`
	// TLS asks for TLS from the first byte.
	TLS bool `json:"tls"`
	// StartTLS asks for TLS after STARTTLS.
	StartTLS bool `json:"starttls"`
}

// ConnectResponse is the answer to a [TCPRequest] and, with a banner and extensions, to an [SMTPRequest].
type ConnectResponse struct {
	Connected bool `json:"connected"`
	// Address is `host:port` as asked for; RemoteAddr is what was really connected to.
	Address        string `json:"address,omitempty"`
	RemoteAddr     string `json:"remote_addr,omitempty"`
	LocalAddr      string `json:"local_addr,omitempty"`
	ResponseTimeMs uint64 `json:"response_time_ms,omitempty"`
	// Banner is the mail server's greeting with its code, Extensions the lines of its answer to EHLO.
	Banner     string   `json:"banner,omitempty"`
	Extensions []string `json:"extensions,omitempty"`
	Handshake
	// TLSVersionsOffered is SSL 3, TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3, as far as the server offers them.
	TLSVersionsOffered []string `json:"tls_versions_offered,omitempty"`
	Error              *Error   `json:"error,omitempty"`
}

// Handshake is what a TLS handshake showed.
type Handshake struct {
	TLS bool `json:"tls,omitempty"`
	// TLSVersion is TLS 1.3, say; TLSCipherSuite is an IANA name.
	TLSVersion     string `json:"tls_version,omitempty"`
	TLSCipherSuite string `json:"tls_cipher_suite,omitempty"`
	TLSServerName  string `json:"tls_server_name,omitempty"`
	// TLSVerified says whether the certificate is trusted, for that name and now; TLSVerifyError why not.
	TLSVerified    *bool  `json:"tls_verified,omitempty"`
	TLSVerifyError string `json:"tls_verify_error,omitempty"`
	TLSChainLength uint64 `json:"tls_chain_length,omitempty"`
	TLSCertSubject string `json:"tls_cert_subject,omitempty"`
	TLSCertIssuer  string `json:"tls_cert_issuer,omitempty"`
	// TLSCertNotBefore and TLSCertNotAfter are RFC 3339.
	TLSCertNotBefore string   `json:"tls_cert_not_before,omitempty"`
	TLSCertNotAfter  string   `json:"tls_cert_not_after,omitempty"`
	TLSCertSANs      []string `json:"tls_cert_sans,omitempty"`
	// TLSCertSerial and TLSCertSHA256 are lower-case hexadecimal.
	TLSCertSerial string `json:"tls_cert_serial,omitempty"`
	TLSCertSHA256 string `json:"tls_cert_sha256,omitempty"`
	// TLSCertKey is algorithm and bits: RSA 2048.
	TLSCertKey                string `json:"tls_cert_key,omitempty"`
	TLSCertSignatureAlgorithm string `json:"tls_cert_signature_algorithm,omitempty"`
}

// ExecRequest is for [Host.ExecCommand].
type ExecRequest struct {
	Context Context `json:"context"`
	// Command is a program's name, looked for in the host's fixed search path, or its absolute path.
	Command string `json:"command"`
	// Args come without the program's name.
	Args []string `json:"args"`
	Dir  string   `json:"dir,omitempty"`
	// Env is NAME=value; the command sees no other variables.
	Env []string `json:"env,omitempty"`
}

// ExecResponse is the answer to an [ExecRequest].
type ExecResponse struct {
	Stdout string `json:"stdout"`
	Stderr string `json:"stderr"`
	// ExitCode is 128 plus the number for a signal, and -1 when it did not run.
	ExitCode        int32  `json:"exit_code"`
	DurationMs      uint64 `json:"duration_ms,omitempty"`
	IsTimeout       bool   `json:"is_timeout,omitempty"`
	StdoutTruncated bool   `json:"stdout_truncated,omitempty"`
	StderrTruncated bool   `json:"stderr_truncated,omitempty"`
	Error           *Error `json:"error,omitempty"`
}

// FileStatRequest is for [Host.FileStat].
type FileStatRequest struct {
	Context Context `json:"context"`
	// Path is absolute.
	Path string `json:"path"`
	// Follow asks for what a symbolic link at the end of the path leads to.
	Follow bool `json:"follow"`
}

// FileStatResponse is the answer to a [FileStatRequest].
type FileStatResponse struct {
	// Kind is file, directory, symlink, fifo, socket, block_device or char_device.
	Kind string `json:"kind"`
	Size uint64 `json:"size"`
	// Mode is four octal digits: 0640.
	Mode string `json:"mode"`
	UID  uint32 `json:"uid"`
	GID  uint32 `json:"gid"`
	// Owner and Group are names, where there are any.
	Owner string `json:"owner,omitempty"`
	Group string `json:"group,omitempty"`
	// MTime is RFC 3339, in UTC.
	MTime         string `json:"mtime"`
	NLink         uint64 `json:"nlink"`
	SymlinkTarget string `json:"symlink_target,omitempty"`
	// ResolvedPath is the file's real path.
	ResolvedPath string `json:"resolved_path"`
	Error        *Error `json:"error,omitempty"`
}

// The levels of a log line.
const (
	LevelDebug = "DEBUG"
	LevelInfo  = "INFO"
	LevelWarn  = "WARN"
	LevelError = "ERROR"
)

// LogRequest is one line for the operator.
type LogRequest struct {
	Context Context `json:"context"`
	Level   string  `json:"level"`
	Message string  `json:"message"`
	// Timestamp is RFC 3339.
	Timestamp  string      `json:"timestamp,omitempty"`
	Attributes []Attribute `json:"attrs,omitempty"`
}

// Attribute is one structured field of a log line.
type Attribute struct {
	Key   string `json:"key"`
	Type  string `json:"type"`
	Value any    `json:"value"`
}

// Attr makes an attribute with the name of its value's type.
func Attr(key string, value any) Attribute {
	return Attribute{Key: key, Type: typeName(value), Value: value}
}

func typeName(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case bool:
		return "bool"
	case int, int8, int16, int32, int64:
		return "int64"
	case uint, uint8, uint16, uint32, uint64:
		return "uint64"
	case float32, float64:
		return "float64"
	}
	return "any"
}

func (r DNSResponse) failure() *Error      { return r.Error }
func (r HTTPResponse) failure() *Error     { return r.Error }
func (r ConnectResponse) failure() *Error  { return r.Error }
func (r FileStatResponse) failure() *Error { return r.Error }

// A command that the deadline ended did run.
func (r ExecResponse) failure() *Error {
	if r.IsTimeout {
		return nil
	}
	return r.Error
}
