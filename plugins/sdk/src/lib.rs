//! Write check plugins for Quoin: implement [`Plugin`], name it in [`export!`], and the module has every export of
//! the packed generation of the guest contract (`memory`, `allocate`, `deallocate`, `describe`, `schema`, `observe`).
//!
//! ```
//! use quoin_plugin::{Capability, Config, ErrorDetail, Fields, Host, Metadata, Observation, Plugin};
//!
//! struct Path(String);
//!
//! impl Config for Path {
//!     fn read(fields: &mut Fields) -> Result<Self, ErrorDetail> {
//!         fields.text("path")?.map(Path).ok_or_else(|| fields.missing("path"))
//!     }
//! }
//!
//! struct Size;
//!
//! impl Plugin for Size {
//!     type Config = Path;
//!
//!     const METADATA: Metadata = Metadata {
//!         name: "size",
//!         version: "0.1.0",
//!         description: "Is there anything in the file",
//!         platform: None,
//!         capabilities: &[Capability { kind: "fs", pattern: "read:/**" }],
//!     };
//!     const SCHEMA: &'static str = r#"{"type": "object", "required": ["path"],
//!         "properties": {"path": {"type": "string", "x-capability": "fs:read:{value}"}}}"#;
//!
//!     fn observe(Path(path): Path, host: &impl Host) -> Result<Observation, ErrorDetail> {
//!         let size = host.file_stat(&path, true)?.size;
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
//! A panic ends the module, which the host reports as an error observation; its message is logged first.
//!
//! # Features
//!
//! `std` (default) is for plugins that use the standard library. Without it the SDK is `no_std`, and in a module it
//! supplies the global allocator and the panic handler.

#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod answer;
#[cfg(not(target_family = "wasm"))]
pub mod fake;
mod fields;
mod host;
mod network;
mod plugin;
mod record;
mod time;
#[cfg(target_family = "wasm")]
#[expect(
    unsafe_code,
    reason = "the guest's side of the contract is addresses; every use says why it is sound"
)]
#[doc(hidden)]
pub mod wasm;

pub use fields::Fields;
pub use host::{Host, Level, Read};
pub use network::{Connection, HttpAnswer, HttpRequest, Lookup};
pub use plugin::{Capability, Config, Metadata, Observation, Plugin};
pub use quoin_abi::error::{ErrorDetail, ErrorType};
pub use quoin_abi::host::{
    Context, DnsRequest, ExecRequest, ExecResponse, FileStatResponse, SmtpRequest, TcpRequest,
};
pub use record::{describe, observe, schema};
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
