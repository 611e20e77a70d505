//! `cargo xtask plugins`: from the sources in `plugins/` to the modules in `plugins/dist/`, and the proof that the
//! one is what the other builds.

mod compile;
mod dist;
mod limits;
mod recipe;
mod stable;

use dist::Dist;
use recipe::Recipe;
use std::path::Path;

pub(crate) use stable::as_compiler;

/// Builds all plugins into `plugins/dist/`.
pub(crate) fn write(repository: &Path) -> Result<String, String> {
    let folder = repository.join("plugins/dist");
    // What is committed keeps its recipe where that is at hand, so that a rebuild changes no more than it has to.
    let recorded = Dist::read(&folder).ok().and_then(|dist| dist.recipe());
    let recipe = Recipe::choose(recorded)?;
    let dist = build(repository, &recipe, &repository.join("plugins/target"))?;
    dist.write(&folder)?;
    Ok(format!("{}in {}, with the {} recipe", dist.table(), folder.display(), recipe.name()))
}

/// Builds all plugins elsewhere and compares.
pub(crate) fn check(repository: &Path) -> Result<String, String> {
    let folder = repository.join("plugins/dist");
    let committed = Dist::read(&folder)?;
    let recorded = committed.recipe().ok_or_else(|| {
        format!(
            "{}/TOOLCHAIN names no recipe that is known here; run `cargo xtask plugins`",
            folder.display()
        )
    })?;
    let recipe = Recipe::only(recorded)?;
    if recipe.toolchain() != committed.toolchain() {
        return Err(format!(
            "plugins/dist can't be compared: another toolchain gives other bytes.\n\
             It was built with\n\n{}\nand here is\n\n{}\n\
             Install the former, or rebuild with `cargo xtask plugins` and commit plugins/dist with its TOOLCHAIN.",
            committed.toolchain(),
            recipe.toolchain()
        ));
    }
    let target = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
    let built = build(repository, &recipe, target.path())?;
    match committed.differences(&built).as_slice() {
        [] => Ok(format!("{}plugins/dist is what the source builds", built.table())),
        differences => Err(format!(
            "plugins/dist is not what the source builds:\n  {}\n\
             Run `cargo xtask plugins` and commit plugins/dist.",
            differences.join("\n  ")
        )),
    }
}

fn build(repository: &Path, recipe: &Recipe, target: &Path) -> Result<Dist, String> {
    let mut modules = Vec::new();
    for plugin in compile::plugins(&repository.join("plugins"))? {
        let bytes = compile::plugin(repository, recipe, target, &plugin)?;
        limits::check(&plugin, &bytes)?;
        modules.push((plugin, bytes));
    }
    Ok(Dist::new(modules, recipe.toolchain().to_owned()))
}
