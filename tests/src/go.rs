//! Go, which builds guests and whose own test programs are guests.

use crate::build::{root, succeed, target};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Go to build with: 1.24 or later.
///
/// # Panics
///
/// Where `QUOIN_GO` does not name one. Tests are not skipped for want of a tool: no one would notice.
#[must_use]
pub fn go() -> PathBuf {
    let Some(go) = std::env::var_os("QUOIN_GO") else {
        panic!(
            "QUOIN_GO has to name a Go, 1.24 or later: run the tests with tests/run, or this one with \
             QUOIN_GO=$(tests/provision/go) cargo test -p quoin-tests"
        );
    };
    go.into()
}

/// Go as a cross compiler for guests. It uses what is here, the network never.
#[must_use]
pub fn command() -> Command {
    let mut command = Command::new(go());
    command.env("GOOS", "wasip1").env("GOARCH", "wasm").env("GOCACHE", target().join("go/cache"));
    command.env("GOTOOLCHAIN", "local").env("GOPROXY", "off").env("GOENV", "off").env("GOFLAGS", "");
    command
}

/// The directory of the Go distribution.
#[must_use]
pub fn goroot() -> PathBuf {
    succeed(command().args(["env", "GOROOT"])).trim().into()
}

/// Builds the guest in `tests/guests/NAME` as a plugin and answers the module's path.
#[must_use]
pub fn plugin(name: &str) -> PathBuf {
    build(name, &root().join("tests/guests").join(name))
}

/// Builds the plugin in `source` and answers the path of the module, which is called `name`.
#[must_use]
pub fn build(name: &str, source: &Path) -> PathBuf {
    let module = target().join("go").join(name).with_extension("wasm");
    succeed(command().current_dir(source).args(["build", "-buildmode=c-shared", "-o"]).arg(&module).arg("."));
    module
}

/// Builds the test program of a package of Go's standard library into `directory` and answers the module's path.
#[must_use]
pub fn standard_test(package: &str, directory: &Path) -> PathBuf {
    let module = directory.join("test.wasm");
    let source = goroot().join("src");
    succeed(
        command().current_dir(source).args(["test", "-c", "-ldflags=-s", "-o"]).arg(&module).arg(package),
    );
    module
}
