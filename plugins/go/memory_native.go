//go:build !wasip1

package plugin

var lastAddress uint32

// address is a number like an address, for tests of what does not depend on it being one.
func address([]byte) uint32 {
	lastAddress += 8
	return lastAddress
}
