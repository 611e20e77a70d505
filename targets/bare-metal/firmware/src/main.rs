//! Quoin without an operating system: it looks into its flash for a plan, takes an address on the network, makes the plan's
//! observations with the plugins that are in its flash, and tells of each on its serial port. Then it sleeps until it is reset.
//!
//! | module | what it is |
//! |---|---|
//! | `board` | what is soldered together, and where in memory it shows: the only module that another board replaces |
//! | `ethernet` | the driver of the network chip, a device of smoltcp's |
//! | `serial` | the driver of the serial port, and the report on it |
//! | `clock`, `entropy` | time and randomness |
//! | `memory` | stack, heap and flash: what there is of them, and how much was used |
//! | `flash` | the plan and the plugins |
//! | `machine` | the engine's host: all of the above, as a plugin may have it |
//! | `checks` | the plan's observations, one after the other |
//! | `fault` | what is said in the end when something is broken |

#![no_std]
#![no_main]

extern crate alloc;

mod board;
mod checks;
mod clock;
mod entropy;
mod ethernet;
mod fault;
mod flash;
mod machine;
mod memory;
mod serial;

use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;
use entropy::Entropy;
use ethernet::Lan9118;
use machine::{Machine, Wait};
use quoin_frames::{Message, Plan, Started};
use quoin_net::Deadline;
use quoin_net::link::{Config, Limits, LocalStack, Options};
use serial::Serial;

/// What the cable may take to be one, and the other side to agree on a speed.
const LINK: Duration = Duration::from_secs(5);
/// What it may take to get addresses.
const ADDRESSES: Duration = Duration::from_secs(20);

#[cortex_m_rt::entry]
fn main() -> ! {
    memory::init_heap();
    let serial = Rc::new(Serial::open());
    serial.begin();
    if let Err(reason) = run(&serial) {
        serial.send(&Message::Stopped { reason });
    }
    loop {
        cortex_m::asm::wfi();
    }
}

fn run(serial: &Rc<Serial>) -> Result<(), String> {
    let core = cortex_m::Peripherals::take().ok_or("the processor is in use already")?;
    clock::start(core.SYST);
    let Plan { seed, net, profile } = flash::plan()?;
    let machine = Rc::new(connect(seed, &net)?);
    let addresses: Vec<_> =
        machine.stack.node(|node| node.addresses().iter().map(ToString::to_string).collect());
    serial.send(&Message::Started(Started {
        board: board::NAME.into(),
        quoin_version: env!("CARGO_PKG_VERSION").into(),
        addresses: addresses.join(", "),
        profile: profile.clone(),
    }));
    let usage = checks::run(&profile, &machine, serial);
    serial.send(&Message::Finished(usage));
    Ok(())
}

/// Takes an address on the network, as the plan says.
fn connect(seed: [u8; 32], net: &str) -> Result<Machine, String> {
    let options: Options = net.parse().map_err(|error| format!("the plan's network: {error}"))?;
    let mut chip = Lan9118::open(board::ethernet(), options.mac(), options.mtu())?;
    chip.link(Deadline::after(clock::now(), LINK))?;
    let entropy = Rc::new(Entropy::new(seed, chip.counter()));
    let limits =
        Limits { sockets: 8, receive: 8 << 10, send: 4 << 10, closing: 2, linger: Duration::from_secs(1) };
    let config = Config::new(&options, Some(chip.mac()), limits);
    let deadline = Deadline::after(clock::now(), ADDRESSES);
    let stack = LocalStack::open(chip, &config, Wait { entropy: Rc::clone(&entropy) }, deadline)
        .map_err(|error| format!("no address on the network: {error}"))?;
    Ok(Machine::new(stack, entropy))
}
