//! Blocks that the host knows of. Besides handing them out, this keeps a list of them and logs each deallocate: the
//! tests watch the host with it. A plugin that trusts its host makes do with an allocator.

const std = @import("std");
const host = @import("host.zig");
const allocator = std.heap.wasm_allocator;

var blocks: std.AutoHashMapUnmanaged(u32, []u8) = .empty;

pub export fn allocate(size: u32) u32 {
    if (size == 0) return 0;
    const memory = allocator.alloc(u8, size) catch return 0;
    const address: u32 = @intCast(@intFromPtr(memory.ptr));
    blocks.put(allocator, address, memory) catch {
        allocator.free(memory);
        return 0;
    };
    return address;
}

pub export fn deallocate(address: u32, size: u32) void {
    if (block(address, size)) |memory| {
        _ = blocks.remove(address);
        allocator.free(memory);
    } else {
        host.log(allocator, "ERROR", "deallocate: no such block", "size", "");
    }
    var digits: [10]u8 = undefined;
    const left = std.fmt.bufPrint(&digits, "{d}", .{blocks.count()}) catch unreachable;
    host.log(allocator, "DEBUG", "deallocate", "left", left);
}

/// The block at an address, if there is one, and of this size.
pub fn block(address: u32, size: u32) ?[]u8 {
    const memory = blocks.get(address) orelse return null;
    return if (memory.len == size) memory else null;
}

/// Hands the host a result, in a block that ends with its last byte; the host finds the length by reading the JSON.
pub fn give(result: []const u8) u32 {
    const address = allocate(@intCast(result.len));
    if (block(address, @intCast(result.len))) |memory| @memcpy(memory, result);
    return address;
}
