//! `quoin plugin`.

use super::args::Format;
use super::{Trouble, print};
use crate::report::Escaped;
use crate::run::{Describe, PluginSummary};
use std::io::{self, Write};

/// `quoin plugin list`.
pub(super) fn list(format: Format, describe: Describe) -> Result<u8, Trouble> {
    let plugins = describe()?;
    print(|to| match format {
        Format::Table => table(&plugins, to),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *to, &plugins)?;
            writeln!(to)
        }
    })
}

fn table(plugins: &[PluginSummary], to: &mut dyn Write) -> io::Result<()> {
    for plugin in plugins {
        let kilobytes = plugin.bytes.div_ceil(1000);
        writeln!(to, "{} {} ({kilobytes} KB)", Escaped(&plugin.name), Escaped(&plugin.version))?;
        writeln!(to, "  {}", Escaped(&plugin.description))?;
        for capability in &plugin.capabilities {
            writeln!(to, "  wants {}", Escaped(capability))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plugins() -> Vec<PluginSummary> {
        vec![PluginSummary {
            name: "file".into(),
            version: "1.0.0".into(),
            description: "Looks at a file".into(),
            bytes: 68_982,
            capabilities: vec!["fs:read:/**".into()],
        }]
    }

    #[test]
    fn people_see_a_paragraph_for_each() {
        let mut text = Vec::new();
        table(&plugins(), &mut text).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "file 1.0.0 (69 KB)\n  Looks at a file\n  wants fs:read:/**\n"
        );
    }
}
