//! What is said in the end when something is broken. Then the board stands still, until somebody resets it.

#![allow(
    unsafe_code,
    reason = "that the handler of a fault is unsafe is cortex-m-rt's rule, and its macro's doing"
)]

use crate::serial::Serial;
use alloc::format;
use core::panic::PanicInfo;
use cortex_m_rt::ExceptionFrame;
use quoin_frames::Message;

fn stop(reason: alloc::string::String) -> ! {
    let serial = Serial::open();
    serial.begin();
    serial.send(&Message::Stopped { reason });
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(panic: &PanicInfo<'_>) -> ! {
    stop(format!("a defect of the firmware: {panic}"))
}

#[cortex_m_rt::exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    stop(format!("a defect of the firmware: the processor met a fault at {:#010x}", frame.pc()))
}
