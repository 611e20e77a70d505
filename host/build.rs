//! What has to be made before the program is compiled: the embedded plugins and what `quoin plugin new` writes, both
//! packed; and how the release build's program is linked, without what would unwind. `docs/rationale.md` has the
//! reasons.

#[path = "build/scaffold.rs"]
mod scaffold;
#[path = "src/unpack.rs"]
mod unpack;

use lzma_rust2::{LzmaOptions, LzmaWriter};
use std::env;
use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The plugin whose module the others' are packed with (`src/builtin.rs`).
const BASE: &str = "file";

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    modules(&here.join("../plugins/dist"), out)?;
    for script in ["release.ld", "static.ld"] {
        println!("cargo::rerun-if-changed={script}");
    }
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|own| own == value);
    // `PROFILE` is `release` for what inherits from it, too.
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") {
        println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
        let mut script = fs::read_to_string(here.join("release.ld"))?;
        // Said by who links a static program (`cargo xtask dist`): of a target alone it can't be told.
        if env::var_os("CARGO_CFG_QUOIN_STATIC").is_some() {
            script += &fs::read_to_string(here.join("static.ld"))?;
        }
        // Of several scripts, the linker would take the last.
        let path = out.join("link.ld");
        fs::write(&path, script)?;
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", path.display());
    }
    if env::var_os("CARGO_FEATURE_AUTHORING").is_some() {
        scaffold::write(out)?;
    }
    Ok(())
}

/// Packs each module in `dist` into `out`.
fn modules(dist: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", dist.display());
    let base = fs::read(dist.join(BASE).with_extension("wasm"))?;
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        let Some(name) = path.file_stem().filter(|_| path.extension().is_some_and(|it| it == "wasm")) else {
            continue;
        };
        let dictionary = if name == BASE { &[][..] } else { &base };
        fs::write(out.join(name).with_extension("lzma"), pack(&fs::read(&path)?, dictionary)?)?;
    }
    Ok(())
}

/// What `src/unpack.rs` unpacks.
fn pack(bytes: &[u8], dictionary: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    // Compresses most, and slowest.
    let mut options = LzmaOptions::with_preset(9);
    (options.lc, options.lp, options.pb) = unpack::BITS;
    options.nice_len = LzmaOptions::NICE_LEN_MAX;
    options.dict_size = unpack::window(dictionary.len(), bytes.len()).ok_or("too long")?;
    options.preset_dict = Some(dictionary.to_vec()).filter(|dictionary| !dictionary.is_empty());
    let length = u32::try_from(bytes.len())?.to_le_bytes().to_vec();
    let mut writer = LzmaWriter::new_no_header(length, &options, false)?;
    writer.write_all(bytes)?;
    let packed = writer.finish()?;
    if unpack::unpack(&packed, dictionary).as_deref() != Some(bytes) {
        return Err("what was packed can't be unpacked".into());
    }
    Ok(packed)
}
