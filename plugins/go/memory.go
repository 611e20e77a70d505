package plugin

import "fmt"

// blocks holds the memory that the host knows of, by address. Being in here is what pins a block: Go's garbage
// collector cannot see that the host has an address, and would use the memory again.
var blocks = map[uint32][]byte{}

// watcher is told of every deallocate.
var watcher func(left int, problem string)

// WatchBlocks has f called after each deallocate, with the number of blocks that the host still has to give back and
// what was wrong with this one, if anything was. It is for those who test a host.
func WatchBlocks(f func(left int, problem string)) {
	watcher = f
}

// allocate reserves a block for the host and answers its address, or 0 where it cannot.
func allocate(size uint32) uint32 {
	if size == 0 || size > maxBlock {
		return 0
	}
	return pin(make([]byte, size))
}

// deallocate takes back a block that allocate, or one of the contract's functions, has answered. What is no such block,
// or not of this size, is left alone.
func deallocate(ptr, size uint32) {
	problem := ""
	if _, err := readFromMemory(ptr, size); err != nil {
		problem = err.Error()
	} else {
		delete(blocks, ptr)
	}
	if watcher != nil {
		watcher(len(blocks), problem)
	}
}

// copyToMemory copies data into a block that ends with its last byte, and answers the block's address.
func copyToMemory(data []byte) uint32 {
	if len(data) == 0 {
		return 0
	}
	return pin(append(make([]byte, 0, len(data)), data...))
}

// readFromMemory answers the block at an address, which is the host's word and may be wrong.
func readFromMemory(ptr, size uint32) ([]byte, error) {
	block, known := blocks[ptr]
	switch {
	case !known:
		return nil, fmt.Errorf("there is no block at address %d", ptr)
	case uint64(len(block)) != uint64(size):
		return nil, fmt.Errorf("the block at address %d has %d bytes, not %d", ptr, len(block), size)
	}
	return block, nil
}

// marshalToPtr hands a value to the host as JSON, or the error that kept it from being JSON.
func marshalToPtr(value any) uint32 {
	return copyToMemory(answer(func() (any, error) { return value, nil }))
}

// successResponse hands the host evidence whose status is true.
func successResponse(data map[string]any) uint32 {
	return copyToMemory(answer(func() (any, error) { return flat(Evidence{Status: true, Data: data}) }))
}

// errorResponse hands the host an error.
func errorResponse(err error) uint32 {
	return copyToMemory(errorJSON(err))
}

func pin(block []byte) uint32 {
	ptr := address(block)
	blocks[ptr] = block
	return ptr
}
