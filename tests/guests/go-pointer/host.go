package main

import (
	"encoding/json"
	"runtime"
	"strings"
	"unsafe"
)

// The packed form: address and length of a JSON request in one value.
//
//go:wasmimport reglet_host log_message
func logMessage(request uint64)

// The positional form: it answers the address of a JSON object, in a block from our own allocate.
//
//go:wasmimport reglet_host tcp_connect
func tcpConnect(host unsafe.Pointer, hostSize uint32, port unsafe.Pointer, portSize, timeoutMs, tls uint32) uint32

type attribute struct {
	Key   string `json:"key"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

func log(level, message string, attributes ...attribute) {
	request, err := json.Marshal(map[string]any{"level": level, "message": message, "attrs": attributes})
	if err != nil {
		return
	}
	address := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(request))))
	logMessage(address<<32 | uint64(len(request)))
	runtime.KeepAlive(request)
}

// What the host answers, without what differs from run to run.
func connect(host, port string) map[string]any {
	address := tcpConnect(
		unsafe.Pointer(unsafe.StringData(host)), uint32(len(host)),
		unsafe.Pointer(unsafe.StringData(port)), uint32(len(port)),
		1000, 0)
	runtime.KeepAlive(host)
	runtime.KeepAlive(port)
	block, ok := pinned[address]
	if !ok {
		return map[string]any{"status": false, "error": "the answer lies in no block of mine"}
	}
	// The host puts a NUL behind it, inside the block.
	defer deallocate(address, uint32(len(block)))
	var answer map[string]any
	if err := json.Unmarshal([]byte(strings.TrimRight(string(block), "\x00")), &answer); err != nil {
		return map[string]any{"status": false, "error": err.Error()}
	}
	delete(answer, "response_time_ms")
	return answer
}
