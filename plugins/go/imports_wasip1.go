package plugin

// The host functions in the packed form: the address and the length of a JSON request in one value, and of the response
// in the other. A module imports those that its plugin calls; the linker drops the rest.

//go:wasmimport reglet_host dns_lookup
func dnsLookup(request uint64) uint64

//go:wasmimport reglet_host http_request
func httpRequest(request uint64) uint64

//go:wasmimport reglet_host tcp_connect
func tcpConnect(request uint64) uint64

//go:wasmimport reglet_host smtp_connect
func smtpConnect(request uint64) uint64

//go:wasmimport reglet_host exec_command
func execCommand(request uint64) uint64

//go:wasmimport reglet_host log_message
func logMessage(request uint64)

//go:wasmimport quoin_host file_stat
func fileStat(request uint64) uint64
