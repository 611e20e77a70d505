package plugin

// What the host calls. There is no length with the address of a result: the block ends with the JSON value's last byte,
// which is how the host finds its end and the size that it gives back.

//go:wasmexport allocate
func exportAllocate(size uint32) uint32 { return allocate(size) }

//go:wasmexport deallocate
func exportDeallocate(ptr, size uint32) { deallocate(ptr, size) }

//go:wasmexport describe
func exportDescribe() uint32 { return copyToMemory(answerDescribe(registered)) }

//go:wasmexport schema
func exportSchema() uint32 { return copyToMemory(answerSchema(registered)) }

//go:wasmexport observe
func exportObserve(ptr, size uint32) uint32 {
	config, err := readFromMemory(ptr, size)
	if err != nil {
		return errorResponse(&Error{Message: "the configuration: " + err.Error(), Type: TypeInternal, Code: "EFAULT"})
	}
	return copyToMemory(answerObserve(registered, &Host{}, config))
}
