//! `quoin plugin list`.

use super::kilobytes;
use crate::builtin::BUILTINS;
use crate::cli::args::Format;
use crate::cli::{Trouble, print};
use crate::plugin::{Setup, Workbench};
use crate::profile::PluginSource;
use crate::report::{Escaped, write_json};
use serde::Serialize;
use std::io::{self, Write};

/// What a plugin of this binary says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Summary {
    name: String,
    version: String,
    description: String,
    bytes: usize,
    capabilities: Vec<String>,
}

/// Lists the plugins in this binary.
pub(crate) fn list(format: Format) -> Result<u8, Trouble> {
    let bench = Workbench::open(Setup::default())?;
    let mut plugins = Vec::new();
    for builtin in BUILTINS {
        let plugin = bench
            .load_from(builtin.name, &PluginSource::BuiltIn)
            .map_err(|error| Trouble::new(format!("plugin {}: {error}", builtin.name)))?;
        plugins.push(Summary {
            name: builtin.name.to_owned(),
            version: plugin.metadata().version.clone(),
            description: plugin.metadata().description.clone(),
            bytes: builtin.wasm().len(),
            capabilities: plugin.declared().capabilities().map(ToString::to_string).collect(),
        });
    }
    print(|to| match format {
        Format::Table => table(&plugins, to),
        Format::Json => write_json(&plugins, to),
    })
}

fn table(plugins: &[Summary], to: &mut dyn Write) -> io::Result<()> {
    for plugin in plugins {
        let size = kilobytes(plugin.bytes);
        writeln!(to, "{} {} ({size})", Escaped(&plugin.name), Escaped(&plugin.version))?;
        writeln!(to, "  {}", Escaped(&plugin.description))?;
        for capability in &plugin.capabilities {
            writeln!(to, "  wants {}", Escaped(capability))?;
        }
    }
    Ok(())
}
