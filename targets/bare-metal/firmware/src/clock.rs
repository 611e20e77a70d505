//! Time since power-on, by the processor's timer, which also wakes whoever sleeps. There is no calendar.

use crate::board::{TICK, TICK_CYCLES};
use core::cell::Cell;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{SCB, SYST};
use critical_section::Mutex;
use quoin_net::Instant;

static TICKS: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

/// Lets it run.
pub fn start(mut timer: SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(TICK_CYCLES - 1);
    timer.clear_current();
    timer.enable_interrupt();
    timer.enable_counter();
}

#[cortex_m_rt::exception]
fn SysTick() {
    critical_section::with(|section| {
        let ticks = TICKS.borrow(section);
        ticks.set(ticks.get() + 1);
    });
}

/// Now.
pub fn now() -> Instant {
    let (ticks, left) = critical_section::with(|section| {
        let left = SYST::get_current();
        let ticks = TICKS.borrow(section).get();
        // A tick that has come while nobody listens is not counted yet; the counter is past it when it is read again.
        if SCB::is_pendst_pending() { (ticks + 1, SYST::get_current()) } else { (ticks, left) }
    });
    let tick = u64::try_from(TICK.as_nanos()).unwrap_or(u64::MAX);
    let cycles = u64::from((TICK_CYCLES - 1).saturating_sub(left));
    Instant::from_nanos(ticks * tick + cycles * tick / u64::from(TICK_CYCLES))
}

/// Sleeps until something happens; that is the next tick at the latest.
pub fn sleep() {
    cortex_m::asm::wfi();
}
