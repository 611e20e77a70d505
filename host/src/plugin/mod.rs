//! One plugin: found, loaded, described, configured and asked.
//!
//! A run does this with the plugins of a profile, `quoin plugin` with one, and an author's test with their own:
//!
//! ```
//! use quoin::plugin::{Setup, Workbench};
//! use serde_json::json;
//! use std::time::Duration;
//!
//! let bench = Workbench::open(Setup::default())?;
//! # let door = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/dist/file.wasm");
//! let plugin = bench.load(door)?; // a path, such as "door.wasm"
//! assert_eq!(plugin.metadata().name, "file");
//!
//! // Defaults are filled in, and what does not fit the plugin's schema is an error.
//! let config = plugin.configure(json!({"path": "/proc/uptime"}))?;
//! assert!(plugin.configure(json!(["/proc/uptime"])).is_err());
//!
//! // A fresh instance, which may do what its configuration needs and nothing else.
//! let seen = plugin.observe(&config, Duration::from_secs(5));
//! let evidence = seen.evidence()?;
//! assert!(evidence.status);
//! assert_eq!(evidence.data["exists"], true);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod inspection;
mod loaded;
mod platform;
mod seen;
mod setup;
mod workbench;

pub use inspection::{Export, Import, Inspection};
pub use loaded::Plugin;
pub use seen::Seen;
pub use setup::{OpenError, Setup};
pub use workbench::{LoadError, Workbench};
