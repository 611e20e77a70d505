package plugin

import (
	"runtime"
	"unsafe"
)

// Host is the machine, as far as the operator lets the plugin see it.
type Host struct{}

// exchange sends a request and answers the response, with a function that gives the response's block back.
func (h *Host) exchange(_ string, function func(uint64) uint64, request []byte) ([]byte, func(), error) {
	response := function(packed(request))
	runtime.KeepAlive(request)
	ptr, size := uint32(response>>32), uint32(response)
	block, err := readFromMemory(ptr, size)
	return block, func() { deallocate(ptr, size) }, err
}

func (h *Host) log(request []byte) {
	logMessage(packed(request))
	runtime.KeepAlive(request)
}

func packed(request []byte) uint64 {
	return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(request))))<<32 | uint64(len(request))
}
