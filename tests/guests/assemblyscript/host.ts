// The host functions, in the packed form: address and length of a JSON request in one value, and those of the response,
// which is a block of ours, in the other.

@external("quoin_host", "file_stat")
export declare function file_stat(request: u64): u64;

@external("reglet_host", "exec_command")
export declare function exec_command(request: u64): u64;

@external("reglet_host", "log_message")
declare function log_message(request: u64): void;

// Writes a line with one attribute, whose value is JSON, to the host's log.
export function log(level: string, message: string, key: string, value: string): void {
  const bytes = String.UTF8.encode(
    `{"level":"${level}","message":"${message}","attrs":[{"key":"${key}","type":"string","value":${value}}]}`,
  );
  log_message((u64(changetype<usize>(bytes)) << 32) | u64(bytes.byteLength));
}

// What the compiler calls where the language would throw: without an exception to catch, it ends the plugin.
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  unreachable();
}
