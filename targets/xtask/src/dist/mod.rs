//! `cargo xtask dist`: from a commit to what an operator copies to a device, in `target/dist/`, and the proof that it
//! runs there.

mod archive;
mod compile;
mod package;
mod pairs;
mod prove;
mod sbom;
mod target;

use crate::{sums, toolchain};
use compile::Recipe;
use package::Label;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use target::Target;

/// Where a target's things are compiled. Each has a folder of its own: two builds in one would wait for each other.
fn builds(repository: &Path, name: &str) -> PathBuf {
    repository.join("target/dist-build").join(name)
}

/// What a binary has in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variant {
    /// All features.
    Full,
    /// None of the default features: no TLS, no network stack of our own, ASCII names.
    Small,
}

impl Variant {
    /// The package's name.
    const fn package(self) -> &'static str {
        match self {
            Self::Full => "quoin",
            Self::Small => "quoin-small",
        }
    }
}

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Order<'a> {
    targets: Vec<&'a str>,
    all: bool,
    prove: Proof,
    again: bool,
}

/// What is run of what was built.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Proof {
    #[default]
    Nothing,
    /// The binaries.
    Binaries,
    /// And the tests of the crates that they are made of, built for the same target.
    Crates,
}

impl<'a> Order<'a> {
    /// Reads the arguments after `dist`; nothing, where they are not understood.
    pub(crate) fn read(arguments: &[&'a str]) -> Option<Self> {
        let mut order = Self::default();
        for argument in arguments {
            match *argument {
                "--all" => order.all = true,
                "--run" => order.prove = order.prove.max(Proof::Binaries),
                "--prove" => order.prove = Proof::Crates,
                "--again" => order.again = true,
                option if option.starts_with('-') => return None,
                target => order.targets.push(target),
            }
        }
        (order.all == order.targets.is_empty()).then_some(order)
    }
}

/// What is the same for every target of a commit.
struct Commit<'a> {
    repository: &'a Path,
    /// Where it all goes.
    folder: PathBuf,
    version: String,
    /// When the commit was made: seconds since 1970.
    seconds: u64,
    /// The same, RFC 3339.
    time: String,
    /// What every package holds beside the binary.
    common: archive::Files,
}

/// Builds, packs and, with `--run` or `--prove`, runs what was ordered.
///
/// # Errors
///
/// What could not be built or is over its budget or fails; what came before it is in `target/dist/`.
pub(crate) fn run(repository: &Path, order: &Order<'_>) -> Result<String, String> {
    let targets = target::read(&repository.join("targets"))?;
    let chosen = choose(&targets, order)?;
    let commit = Commit::new(repository)?;
    let mut work = Vec::new();
    for (name, target) in chosen {
        work.push((name, target, Recipe::choose(repository, target)?));
    }
    // One at a time: what runs is timed, and an emulator has no second processor to spare.
    let proving = Mutex::new(());
    let lines = pairs::each(&work, |(name, target, recipe)| {
        let (mut programs, mut lines) = (Vec::new(), String::new());
        let small = target.budget.small.map(|budget| (Variant::Small, budget));
        for (variant, budget) in [(Variant::Full, target.budget.full)].into_iter().chain(small) {
            let (program, line) = commit.make(name, target, variant, budget, recipe, order.again)?;
            println!("{line}");
            lines += &format!("{line}\n");
            programs.push((variant, program));
        }
        let _turn = proving.lock().map_err(|_| format!("{name}: another target's proof broke off"))?;
        if order.prove >= Proof::Binaries {
            for (variant, program) in &programs {
                prove::run(repository, name, target, *variant, program)?;
            }
        }
        if order.prove == Proof::Crates {
            prove::crates(repository, name, target, recipe)?;
        }
        Ok(lines)
    })?;
    let installer = "install.sh";
    fs::copy(repository.join("targets").join(installer), commit.folder.join(installer))
        .map_err(|error| format!("{installer}: {error}"))?;
    sums::write(&commit.folder)?;
    if order.prove >= Proof::Binaries {
        package::prove(repository)?;
    }
    Ok(format!("{}in {}", lines.concat(), commit.folder.display()))
}

fn choose<'a>(
    targets: &'a BTreeMap<String, Target>,
    order: &Order<'_>,
) -> Result<Vec<(&'a str, &'a Target)>, String> {
    if order.all {
        return Ok(targets.iter().map(|(name, target)| (name.as_str(), target)).collect());
    }
    let known = || targets.keys().map(String::as_str).collect::<Vec<_>>().join(" ");
    order
        .targets
        .iter()
        .map(|&name| {
            let found = targets.get_key_value(name).map(|(name, target)| (name.as_str(), target));
            found.ok_or_else(|| format!("there is no target `{name}`; there are: {}", known()))
        })
        .collect()
}

impl<'a> Commit<'a> {
    fn new(repository: &'a Path) -> Result<Self, String> {
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.arg("-C").arg(repository).args(arguments).env("TZ", "UTC");
            toolchain::output(&mut git).map(|text| text.trim().to_owned())
        };
        // The commit's time is the time of all that is made of it: the same bytes tomorrow.
        let seconds = git(&["log", "-1", "--format=%ct"])?;
        let time = git(&["log", "-1", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%cd"])?;
        let folder = repository.join("target/dist");
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self {
            repository,
            folder,
            // All crates of the workspace have one version, this one, too.
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seconds: seconds.parse().map_err(|_| format!("git tells the commit's time as `{seconds}`"))?,
            time,
            common: package::common(repository)?,
        })
    }

    /// One binary with its packages and its list of parts, and a line that says how large it has become.
    fn make(
        &self,
        name: &str,
        target: &Target,
        variant: Variant,
        budget: u64,
        recipe: &Recipe,
        again: bool,
    ) -> Result<(PathBuf, String), String> {
        let read = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
        let builds = builds(self.repository, name);
        let binary = read(&recipe.build(self.repository, &builds, target, variant)?)?;
        if again {
            // Nothing is left of the first build, not even its folder's name.
            let other = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
            if read(&recipe.build(self.repository, other.path(), target, variant)?)? != binary {
                return Err(format!("{name}: a second build of the same source has other bytes"));
            }
        }
        let flash = archive::squashed(&binary)?;
        let line = format!(
            "{:<12} {name:<9} {:>9} bytes of {budget}, {flash:>9} in flash",
            variant.package(),
            binary.len(),
        );
        let mut limits = vec![("bytes long", binary.len(), budget)];
        if let (Variant::Small, Some(limit)) = (variant, target.budget.small_flash) {
            limits.push(("bytes of flash in a squashfs", flash, limit));
        }
        for (what, bytes, limit) in limits {
            if bytes as u64 > limit {
                return Err(format!(
                    "{} for {name} is {bytes} {what}, over its budget of {limit} (targets/*/target.toml)",
                    variant.package()
                ));
            }
        }
        let sha256 = sums::sha256(&binary);
        let subject = sbom::Subject {
            version: &self.version,
            sha256: &sha256,
            time: &self.time,
            toolchain: &recipe.toolchain,
        };
        let document = sbom::document(self.repository, target, variant, &subject)?;
        let label = Label { package: variant.package(), version: &self.version, seconds: self.seconds };
        let mut files = package::all(&label, name, target, &self.common, &binary)?;
        let program = format!("{}-{name}", variant.package());
        files.push((format!("{program}.cdx.json"), document.into_bytes()));
        files.push((program.clone(), binary));
        for (file, bytes) in files {
            let path = self.folder.join(file);
            fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        let program = self.folder.join(program);
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
            .map_err(|error| format!("{}: {error}", program.display()))?;
        Ok((program, line))
    }
}

#[cfg(test)]
mod tests {
    use super::{Order, Proof};

    #[test]
    fn an_order_is_for_named_targets_or_for_all() {
        let order = Order::read(&["mips", "--prove", "armv7"]).expect("an order");
        assert_eq!(order, Order { targets: vec!["mips", "armv7"], prove: Proof::Crates, ..Order::default() });
        let order = Order::read(&["--all", "--prove", "--run"]).expect("an order");
        assert_eq!(order.prove, Proof::Crates, "the more of the two");
        assert_eq!(Order::read(&["mips", "--run"]).map(|order| order.prove), Some(Proof::Binaries));
        assert!(Order::read(&["--all", "--again"]).is_some_and(|order| order.all && order.again));
        for wrong in [&[][..], &["--prove"], &["--all", "mips"], &["mips", "--proof"]] {
            assert_eq!(Order::read(wrong), None, "{wrong:?}");
        }
    }
}
