//! An author's test of a finished module over Quoin's library. The guide shows it.

use quoin::plugin::{Setup, Workbench};
use serde_json::json;
use std::error::Error;
use std::time::Duration;

#[test]
fn the_list_of_accounts_is_readable() -> Result<(), Box<dyn Error>> {
    let bench = Workbench::open(Setup::default())?;
    let plugin = bench.load("../plugins/dist/file.wasm")?;
    assert_eq!(plugin.metadata().name, "file");
    let config = plugin.configure(json!({"path": "/etc/passwd"}))?;
    let seen = plugin.observe(&config, Duration::from_secs(5));
    assert!(seen.evidence()?.status);
    assert_eq!(seen.evidence()?.data["mode"], "0644");
    assert!(plugin.configure(json!({"path": 7})).is_err());
    Ok(())
}
