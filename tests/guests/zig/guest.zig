//! The authoring guide's contract in Zig: a plugin that compares a file's permissions with those that it should have
//! and, when asked, runs a command.

const std = @import("std");
const memory = @import("memory.zig");
const host = @import("host.zig");
const Value = std.json.Value;

export fn describe() u32 {
    return memory.give(
        \\{"name":"zig","version":"0.1.0","description":"Are a file's permissions as they should be",
        \\"capabilities":[{"kind":"fs","pattern":"read:/**"},{"kind":"exec","pattern":"**"}]}
    );
}

export fn schema() u32 {
    return memory.give(
        \\{"type":"object","required":["path"],"properties":{
        \\"path":{"type":"string","x-capability":"fs:read:{value}"},
        \\"mode":{"type":"string"},
        \\"command":{"type":"string","x-capability":"exec:{value}"}}}
    );
}

export fn observe(address: u32, size: u32) u32 {
    // All that an observation needs is freed at once, when its result has a block of its own.
    var arena = std.heap.ArenaAllocator.init(std.heap.wasm_allocator);
    defer arena.deinit();
    const config = memory.block(address, size) orelse return memory.give(
        \\{"status":false,"error":"the configuration lies in no block of mine"}
    );
    const evidence = check(arena.allocator(), config) catch |problem| switch (problem) {
        error.OutOfMemory => return 0,
        error.BadResponse => failed("the host's response makes no sense"),
    };
    const text = std.json.Stringify.valueAlloc(arena.allocator(), evidence, .{ .emit_null_optional_fields = false }) catch return 0;
    return memory.give(text);
}

/// The result, in the flat form of the pointer generation; what is null is left out.
const Evidence = struct {
    status: bool,
    @"error": ?Value = null,
    path: ?Value = null,
    kind: ?Value = null,
    mode: ?Value = null,
    size: ?Value = null,
    stdout: ?Value = null,
    exit_code: ?Value = null,
};

fn check(arena: std.mem.Allocator, text: []const u8) !Evidence {
    const config = std.json.parseFromSliceLeaky(Value, arena, text, .{}) catch return failed("configuration: no JSON");
    if (config != .object) return failed("configuration: it has to be an object");
    const path = config.object.get("path") orelse return failed("configuration: `path` is missing");
    if (path != .string) return failed("configuration: `path` has to be text");
    const mode = config.object.get("mode");
    if (mode != null and mode.? != .string) return failed("configuration: `mode` has to be text");
    const command = config.object.get("command");
    if (command != null and command.? != .string) return failed("configuration: `command` has to be text");

    host.log(arena, "INFO", "looking", "path", path.string);
    const file = try host.fileStat(arena, .{ .path = path.string, .follow = true });
    if (file.get("error")) |problem| return .{ .status = false, .@"error" = problem };
    var evidence = Evidence{
        .status = mode == null or same(mode.?, file.get("mode")),
        .path = path,
        .kind = file.get("kind"),
        .mode = file.get("mode"),
        .size = file.get("size"),
    };
    if (command) |name| {
        const ran = try host.execCommand(arena, .{ .command = name.string, .args = &.{} });
        if (ran.get("error")) |problem| return .{ .status = false, .@"error" = problem };
        evidence.stdout = ran.get("stdout");
        evidence.exit_code = ran.get("exit_code");
        evidence.status = evidence.status and if (evidence.exit_code) |code| code == .integer and code.integer == 0 else false;
    }
    return evidence;
}

fn same(wanted: Value, found: ?Value) bool {
    const value = found orelse return false;
    return value == .string and std.mem.eql(u8, wanted.string, value.string);
}

fn failed(message: []const u8) Evidence {
    return .{ .status = false, .@"error" = .{ .string = message } };
}
