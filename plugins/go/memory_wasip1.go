package plugin

import "unsafe"

// address is where a block lies in the module's memory. Go's garbage collector never moves it.
func address(block []byte) uint32 {
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(block))))
}
