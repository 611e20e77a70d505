//! One plugin crate to one module.

use super::recipe::{Recipe, TARGET};
use super::stable;
use crate::toolchain;
use std::fs;
use std::path::Path;

/// The folders of `plugins/` that hold a plugin: all with a manifest but the SDK.
///
/// # Errors
///
/// Where the folder can't be read.
pub(crate) fn plugins(folder: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut plugins: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != "sdk")
        .collect();
    plugins.sort_unstable();
    Ok(plugins)
}

/// Builds the plugin in folder `plugin`, whose crate is `quoin-plugin-` and the folder's name, and answers its module.
///
/// Each plugin is built by a command of its own: in one, cargo would give all of them the features that any of them
/// asks the SDK for.
///
/// # Errors
///
/// Where cargo fails; it has said why.
pub(crate) fn plugin(
    repository: &Path,
    recipe: &Recipe,
    target: &Path,
    plugin: &str,
) -> Result<Vec<u8>, String> {
    let package = format!("quoin-plugin-{plugin}");
    let mut cargo = recipe.cargo_build();
    cargo.arg("--package").arg(&package).arg("--target-dir").arg(target);
    cargo.current_dir(repository.join("plugins"));
    stable::apply(&mut cargo, repository, target, recipe.flags())?;
    toolchain::run(&mut cargo, &format!("plugin {plugin} does not build"))?;
    let module = format!("{}.wasm", package.replace('-', "_"));
    let path = target.join(TARGET).join("release").join(module);
    fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
}
