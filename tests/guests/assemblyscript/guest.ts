// The authoring guide's contract in AssemblyScript: a plugin that compares a file's permissions with those that it
// should have and, when asked, runs a command.
//
// It reads JSON but decodes none: texts and numbers are copied from the configuration into requests, and from responses
// into evidence, in the form in which they came.

import { exec_command, file_stat, log } from "./host";
import { member } from "./json";
import { block, give, release, text } from "./memory";

export { allocate, deallocate } from "./memory";

export function describe(): u32 {
  return give(
    '{"name":"assemblyscript","version":"0.1.0","description":"Are a file\'s permissions as they should be",' +
      '"capabilities":[{"kind":"fs","pattern":"read:/**"},{"kind":"exec","pattern":"**"}]}',
  );
}

export function schema(): u32 {
  return give(
    '{"type":"object","required":["path"],"properties":{' +
      '"path":{"type":"string","x-capability":"fs:read:{value}"},' +
      '"mode":{"type":"string"},' +
      '"command":{"type":"string","x-capability":"exec:{value}"}}}',
  );
}

export function observe(address: u32, size: u32): u32 {
  if (!block(address, size)) return give(failed('"the configuration lies in no block of mine"'));
  return give(check(text(address, size)));
}

function check(config: string): string {
  const path = member(config, "path");
  const mode = member(config, "mode");
  const command = member(config, "command");
  if (path == "") return failed('"configuration: `path` is missing"');
  if (!path.startsWith('"')) return failed('"configuration: `path` has to be text"');
  if ((mode != "" && !mode.startsWith('"')) || (command != "" && !command.startsWith('"')))
    return failed('"configuration: `mode` and `command` have to be text"');
  log("INFO", "looking", "path", path);

  const file = ask(file_stat, `{"follow":true,"path":${path}}`);
  if (member(file, "error") != "") return failed(member(file, "error"));
  let status = mode == "" || mode == member(file, "mode");
  let evidence = `"path":${path},"kind":${member(file, "kind")},"mode":${member(file, "mode")},"size":${member(file, "size")}`;
  if (command != "") {
    const ran = ask(exec_command, `{"args":[],"command":${command}}`);
    if (member(ran, "error") != "") return failed(member(ran, "error"));
    evidence += `,"stdout":${member(ran, "stdout")},"exit_code":${member(ran, "exit_code")}`;
    status = status && member(ran, "exit_code") == "0";
  }
  return `{"status":${status},${evidence}}`;
}

// `error` is JSON: a text, or a record from the host.
function failed(error: string): string {
  return `{"status":false,"error":${error}}`;
}

// Sends a request and answers the response. The host calls `allocate` before it returns, where the garbage collector
// may run: it must not take the request for garbage because no one but the host has its address.
function ask(call: (request: u64) => u64, request: string): string {
  const bytes = String.UTF8.encode(request);
  const pointer = changetype<usize>(bytes);
  __pin(pointer);
  const answer = call((u64(pointer) << 32) | u64(bytes.byteLength));
  __unpin(pointer);
  const address = u32(answer >> 32);
  const response = text(address, u32(answer));
  release(address, u32(answer));
  return response;
}
