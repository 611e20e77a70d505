//! Write check plugins for Quoin: implement [`Plugin`], name it in [`export!`], and the module has every export of
//! the packed generation of the guest contract (`memory`, `allocate`, `deallocate`, `describe`, `schema`, `observe`).
//!
//! ```
//! use quoin_plugin::{Capability, Config, ErrorDetail, Host, Metadata, Observation, Plugin};
//!
//! #[derive(Config)]
//! struct Question {
//!     /// The file to look at.
//!     #[config(capability = "fs:read:{value}")]
//!     path: String,
//! }
//!
//! struct Size;
//!
//! impl Plugin for Size {
//!     type Config = Question;
//!
//!     const METADATA: Metadata = Metadata {
//!         name: "size",
//!         version: "0.1.0",
//!         description: "Is there anything in the file",
//!         platform: None,
//!         capabilities: &[Capability { kind: "fs", pattern: "read:/**" }],
//!     };
//!
//!     fn observe(question: Question, host: &impl Host) -> Result<Observation, ErrorDetail> {
//!         let size = host.file_stat(&question.path, true)?.size;
//!         log::debug!("{} has {size} bytes", question.path);
//!         Ok(Observation::new(size > 0).with("size", size))
//!     }
//! }
//!
//! quoin_plugin::export!(Size);
//! # fn main() {}
//! ```
//!
//! A plugin asks the machine through [`Host`] only. In a module that is the engine; natively it is a
//! [`fake::FakeHost`] that a test fills with what the plugin shall see, so that `cargo test` needs no WebAssembly.
//!
//! What is logged with the crate [`log`] goes to the host. A panic's message does too; then the module ends, and the
//! host makes an error of it, of type `panic`, with that message.
//!
//! # Features
//!
//! `std` (default) is for plugins that use the standard library. Without it the SDK is `no_std`, and in a module it
//! supplies the global allocator and the panic handler.

#![no_std]

extern crate alloc;
// So that what is derived here finds the crate by its name.
extern crate self as quoin_plugin;
#[cfg(any(feature = "std", not(target_family = "wasm")))]
extern crate std;

mod answer;
#[cfg(not(target_family = "wasm"))]
pub mod fake;
mod fields;
mod host;
mod logger;
mod network;
mod plugin;
mod record;
mod setting;
mod time;
#[cfg(target_family = "wasm")]
#[expect(
    unsafe_code,
    reason = "the guest's side of the contract is addresses; every use says why it is sound"
)]
#[doc(hidden)]
pub mod wasm;

pub use fields::{Fields, wrong};
pub use host::{Host, Read};
pub use log;
pub use network::{Connection, HttpAnswer, HttpRequest, Lookup};
pub use plugin::{Capability, Config, Metadata, Observation, Plugin};
pub use quoin_abi::error::{ErrorDetail, ErrorType};
pub use quoin_abi::evidence::Evidence;
pub use quoin_abi::host::{
    Context, DnsRequest, ExecRequest, ExecResponse, FileStatResponse, SmtpRequest, TcpRequest,
};
pub use quoin_plugin_derive::{Config, Setting};
pub use record::{describe, observe, schema};
pub use serde_json::{Map, Value};
pub use setting::{Milliseconds, NonEmpty, Port, Schema, Setting, Wrong};
pub use time::rfc3339;

/// Makes a [`Plugin`] the plugin of this module: defines the exports that the host calls. Natively it does nothing but
/// check the type.
#[macro_export]
macro_rules! export {
    ($plugin:ty) => {
        const _: () = {
            const fn is_plugin<P: $crate::Plugin>() {}
            is_plugin::<$plugin>();
        };

        #[cfg(target_family = "wasm")]
        const _: () = {
            #[unsafe(no_mangle)]
            extern "C" fn allocate(size: u32) -> u32 {
                $crate::wasm::allocate(size)
            }
            #[unsafe(no_mangle)]
            extern "C" fn deallocate(address: u32, size: u32) {
                $crate::wasm::deallocate(address, size);
            }
            #[unsafe(no_mangle)]
            extern "C" fn describe() -> u64 {
                $crate::wasm::describe::<$plugin>()
            }
            #[unsafe(no_mangle)]
            extern "C" fn schema() -> u64 {
                $crate::wasm::schema::<$plugin>()
            }
            #[unsafe(no_mangle)]
            extern "C" fn observe(address: u32, length: u32) -> u64 {
                $crate::wasm::observe::<$plugin>(address, length)
            }
        };
    };
}
