package plugin

// The host's own limits, as they are by default. Staying below them on our side makes an error with words out of what
// would otherwise end the plugin.
const (
	// maxResult is the longest result of describe, schema and observe.
	maxResult = 4 << 20
	// maxRequest is the longest request to a host function.
	maxRequest = 1 << 20
	// maxBlock is the largest block that allocate gives, which holds the longest response. More would end Go's runtime
	// where the memory does not suffice, which nothing can recover from.
	maxBlock = 16<<20 + 1
)
