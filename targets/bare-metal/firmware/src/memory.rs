//! Stack, heap and flash: where the linker script (`memory/`) puts them, and how much of them was used at most.

#![expect(
    unsafe_code,
    reason = "the linker script's symbols are known to nobody else, and an allocator is unsafe by nature"
)]

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{self, addr_of};
use core::sync::atomic::{AtomicUsize, Ordering};
use embedded_alloc::LlffHeap;

unsafe extern "C" {
    static _plan_start: u8;
    static _plan_end: u8;
    static _heap_start: u8;
    static _heap_end: u8;
    static _stack_start: u32;
    static _stack_end: u32;
    static __sdata: u8;
    static __edata: u8;
    static __sidata: u8;
    static __ebss: u8;
}

/// What cortex-m-rt's `paint-stack` fills the stack with before anything runs.
const PAINT: u32 = 0xcccc_cccc;

/// A heap that remembers how full it was.
struct Heap {
    heap: LlffHeap,
    most: AtomicUsize,
}

#[global_allocator]
static HEAP: Heap = Heap { heap: LlffHeap::empty(), most: AtomicUsize::new(0) };

// SAFETY: every call is passed on as it is.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        let block = unsafe { self.heap.alloc(layout) };
        self.most.fetch_max(self.heap.used(), Ordering::Relaxed);
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's.
        unsafe { self.heap.dealloc(block, layout) }
    }
}

fn distance(from: *const u8, to: *const u8) -> usize {
    to as usize - from as usize
}

/// Makes the heap. Nothing may be allocated before, and it is called once: by `main`, first of all.
pub fn init_heap() {
    // SAFETY: the linker script keeps this memory for the heap, and nothing else points there.
    unsafe { HEAP.heap.init(addr_of!(_heap_start) as usize, heap_size()) }
}

/// Bytes that the heap has.
pub fn heap_size() -> usize {
    distance(&raw const _heap_start, &raw const _heap_end)
}

/// Bytes of the heap that were in use at once, at most.
pub fn heap_most() -> usize {
    HEAP.most.load(Ordering::Relaxed)
}

/// Bytes that the stack has.
pub fn stack_size() -> usize {
    distance((&raw const _stack_end).cast(), (&raw const _stack_start).cast())
}

/// Bytes of the stack that were in use at once, at most.
pub fn stack_most() -> usize {
    let words = stack_size() / size_of::<u32>();
    let end = &raw const _stack_end;
    // SAFETY: the words of the stack, which the linker script keeps for it; others are written meanwhile, but below those that
    // are in use none is.
    let painted =
        (0..words).take_while(|word| unsafe { ptr::read_volatile(end.add(*word)) } == PAINT).count();
    (words - painted) * size_of::<u32>()
}

/// Bytes of static memory.
pub fn statics() -> usize {
    distance(&raw const __sdata, &raw const __ebss)
}

/// Bytes of flash that the firmware has: code, constants, and what is copied to static memory when it starts.
pub fn flash() -> usize {
    // Flash begins at 0, where the processor looks for its vectors.
    (&raw const __sidata) as usize + distance(&raw const __sdata, &raw const __edata)
}

/// The part of flash where the plan is, or whatever else is there, and its address.
pub fn plan() -> (&'static [u8], usize) {
    let start = &raw const _plan_start;
    // SAFETY: the linker script keeps this part of flash for the plan, and nothing writes there while the firmware runs.
    let bytes = unsafe { core::slice::from_raw_parts(start, distance(start, &raw const _plan_end)) };
    (bytes, start as usize)
}
