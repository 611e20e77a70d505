//! Makes the seeds of `module` from `wat/`: `cargo run --example seeds` in `fuzz/`. The other targets' seeds are text,
//! written by hand.

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    let seeds = fuzz.join("seeds/module");
    fs::create_dir_all(&seeds)?;
    for entry in fs::read_dir(fuzz.join("wat"))? {
        let path = entry?.path();
        // The guest of the target `result` is a template.
        if let Some(name) = path.file_stem().filter(|name| *name != "answers") {
            let wasm = wat::parse_file(&path).map_err(io::Error::other)?;
            fs::write(seeds.join(name).with_extension("wasm"), wasm)?;
        }
    }
    Ok(())
}
