package main

import (
	"encoding/json"
	"fmt"
	"unsafe"
)

// The blocks that the host knows of, by address; being in here keeps the garbage collector away from them.
var pinned = map[uint32][]byte{}

//go:wasmexport allocate
func allocate(size uint32) uint32 {
	if size == 0 {
		return 0
	}
	return pin(make([]byte, size))
}

//go:wasmexport deallocate
func deallocate(address, size uint32) {
	block, ok := pinned[address]
	switch {
	case !ok:
		log("ERROR", fmt.Sprintf("deallocate: %d is no block", address))
	case uint32(len(block)) != size:
		log("ERROR", fmt.Sprintf("deallocate: a block of %d bytes was given back as %d", len(block), size))
	}
	delete(pinned, address)
	log("DEBUG", "deallocate", attribute{"left", "int64", fmt.Sprint(len(pinned))})
}

func pin(block []byte) uint32 {
	address := uint32(uintptr(unsafe.Pointer(unsafe.SliceData(block))))
	pinned[address] = block
	return address
}

// Hands a value to the host, in a block that ends with the value's last byte.
func give(value any) uint32 {
	text, err := json.Marshal(value)
	if err != nil {
		return 0
	}
	return pin(append(make([]byte, 0, len(text)), text...))
}
