//! The host functions, in the packed form: address and length of a JSON request in one value, and those of the response,
//! which is a block of ours, in the other.

const std = @import("std");
const memory = @import("memory.zig");
const Allocator = std.mem.Allocator;
const Object = @FieldType(std.json.Value, "object");

extern "quoin_host" fn file_stat(request: u64) u64;
extern "reglet_host" fn exec_command(request: u64) u64;
extern "reglet_host" fn log_message(request: u64) void;

pub fn fileStat(arena: Allocator, request: struct { path: []const u8, follow: bool }) !Object {
    return ask(arena, file_stat, request);
}

pub fn execCommand(arena: Allocator, request: struct { command: []const u8, args: []const []const u8 }) !Object {
    return ask(arena, exec_command, request);
}

/// Writes a line with one attribute to the host's log; without memory it writes none.
pub fn log(allocator: Allocator, level: []const u8, message: []const u8, key: []const u8, value: []const u8) void {
    const attribute = .{ .key = key, .type = "string", .value = value };
    const request = .{ .level = level, .message = message, .attrs = .{attribute} };
    const text = std.json.Stringify.valueAlloc(allocator, request, .{}) catch return;
    defer allocator.free(text);
    log_message(packed_(text));
}

fn ask(arena: Allocator, function: *const fn (u64) callconv(.c) u64, request: anytype) !Object {
    const text = try std.json.Stringify.valueAlloc(arena, request, .{});
    const answer = function(packed_(text));
    const address: u32 = @truncate(answer >> 32);
    const size: u32 = @truncate(answer);
    defer memory.deallocate(address, size);
    const response = memory.block(address, size) orelse return error.BadResponse;
    // Strings are copied, because the block is gone when they are used.
    const value = std.json.parseFromSliceLeaky(std.json.Value, arena, response, .{ .allocate = .alloc_always }) catch
        return error.BadResponse;
    return if (value == .object) value.object else error.BadResponse;
}

fn packed_(text: []const u8) u64 {
    return @as(u64, @intFromPtr(text.ptr)) << 32 | text.len;
}
