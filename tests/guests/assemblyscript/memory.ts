// Blocks that the host knows of. They are the allocator's, out of the garbage collector's sight. Besides handing them
// out, this keeps a list of them and logs each deallocate: the tests watch the host with it.

import { log } from "./host";

const sizes = new Map<u32, u32>();

export function allocate(size: u32): u32 {
  // heap.alloc traps where it should answer 0, so what is too much for it has to be known before.
  if (size == 0 || size > 0x2000000) return 0;
  const address = u32(heap.alloc(size));
  sizes.set(address, size);
  return address;
}

export function deallocate(address: u32, size: u32): void {
  if (block(address, size)) {
    sizes.delete(address);
    heap.free(address);
  } else {
    log("ERROR", "deallocate: no such block", "size", size.toString());
  }
  log("DEBUG", "deallocate", "left", sizes.size.toString());
}

export { deallocate as release };

// Whether there is a block at this address, and of this size.
export function block(address: u32, size: u32): bool {
  return sizes.has(address) && sizes.get(address) == size;
}

// A copy of a block, as text.
export function text(address: u32, size: u32): string {
  return String.UTF8.decodeUnsafe(address, size);
}

// Hands the host a result, in a block that ends with its last byte; the host finds the length by reading the JSON.
export function give(result: string): u32 {
  const size = String.UTF8.byteLength(result);
  const address = allocate(size);
  if (address != 0) String.UTF8.encodeUnsafe(changetype<usize>(result), result.length, address);
  return address;
}
