// As much JSON as a plugin needs whose texts pass through it unread. What the host sends is valid.

// The value of a member of an object, as it is written there; empty where it is missing. A null is a value.
export function member(object: string, name: string): string {
  let at = skipBlanks(object, 0) + 1;
  while (at < object.length) {
    at = skipBlanks(object, at);
    if (object.charCodeAt(at) != 0x22) break;
    const key = at + 1;
    at = skipString(object, at);
    const found = object.substring(key, at - 1) == name;
    const value = skipBlanks(object, skipBlanks(object, at) + 1);
    at = skipValue(object, value);
    if (found) return object.substring(value, at);
    at = skipBlanks(object, at) + 1;
  }
  return "";
}

function isBlank(code: i32): bool {
  return code == 0x20 || code == 0x09 || code == 0x0a || code == 0x0d;
}

function skipBlanks(json: string, at: i32): i32 {
  while (at < json.length && isBlank(json.charCodeAt(at))) at++;
  return at;
}

// Where the string that starts at `at` ends, behind its quote.
function skipString(json: string, at: i32): i32 {
  for (at++; at < json.length && json.charCodeAt(at) != 0x22; at++) {
    if (json.charCodeAt(at) == 0x5c) at++;
  }
  return at + 1;
}

// Where the value that starts at `at` ends.
function skipValue(json: string, at: i32): i32 {
  let depth = 0;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code == 0x22) {
      at = skipString(json, at);
      if (depth == 0) return at;
    } else if (code == 0x7b || code == 0x5b) {
      depth++;
      at++;
    } else if (code == 0x7d || code == 0x5d) {
      if (depth == 0) return at;
      depth--;
      at++;
      if (depth == 0) return at;
    } else if (depth == 0 && (code == 0x2c || isBlank(code))) {
      return at;
    } else {
      at++;
    }
  }
  return at;
}
