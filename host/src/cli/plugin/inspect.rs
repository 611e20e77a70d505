//! `quoin plugin inspect`.

use super::{indented, kilobytes, named};
use crate::cli::args::Format;
use crate::cli::{Trouble, print};
use crate::plugin::{Inspection, Setup, Workbench};
use crate::report::{Escaped, write_json};
use std::io::{self, Write};

/// Shows all there is to know about a plugin. The exit status is 1 if it can't be used.
pub(crate) fn inspect(plugin: &str, format: Format) -> Result<u8, Trouble> {
    let (name, source) = named(plugin);
    let seen = Workbench::open(Setup::default())?.inspect(&name, &source)?;
    print(|to| match format {
        Format::Table => table(&seen, to),
        Format::Json => write_json(&seen, to),
    })?;
    Ok(u8::from(!seen.problems.is_empty()))
}

fn table(seen: &Inspection, to: &mut dyn Write) -> io::Result<()> {
    let size = kilobytes(seen.bytes);
    match &seen.generation {
        Some(generation) => write!(to, "{}: {generation} generation, {size}", Escaped(&seen.name))?,
        None => write!(to, "{}: no plugin, {size}", Escaped(&seen.name))?,
    }
    match seen.memory_bytes {
        Some(bytes) => writeln!(to, ", starts with {} KiB of memory", bytes >> 10)?,
        None => writeln!(to)?,
    }
    // What has to be done comes first.
    numbered("Problems", &seen.problems, to)?;
    numbered("Warnings", &seen.warnings, to)?;
    if let Some(metadata) = &seen.metadata {
        section("Description", to)?;
        let fields = [
            ("name", Some(&metadata.name)),
            ("version", Some(&metadata.version)),
            ("description", Some(&metadata.description)),
            ("platform", metadata.platform.as_ref()),
            ("sdk_version", metadata.sdk_version.as_ref()),
            ("min_host_version", metadata.min_host_version.as_ref()),
        ];
        for (name, text) in fields {
            if let Some(text) = text {
                writeln!(to, "  {name}: {}", Escaped(text))?;
            }
        }
        section("Capabilities", to)?;
        seen.capabilities.iter().try_for_each(|wanted| writeln!(to, "  {}", Escaped(wanted)))?;
        if seen.capabilities.is_empty() {
            writeln!(to, "  none")?;
        }
    }
    let exports = seen.exports.iter().map(|export| (export.name.clone(), &*export.ty));
    typed("Exports", &exports.collect::<Vec<_>>(), to)?;
    let imports = seen.imports.iter().map(|it| (format!("{}.{}", it.module, it.name), &*it.ty));
    typed("Imports", &imports.collect::<Vec<_>>(), to)?;
    if let Some(schema) = &seen.schema {
        section("Schema", to)?;
        indented(schema, to)?;
    }
    Ok(())
}

fn section(title: &str, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "\n{title}")
}

fn numbered(title: &str, list: &[String], to: &mut dyn Write) -> io::Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    section(title, to)?;
    list.iter()
        .zip(1..)
        .try_for_each(|(text, number): (_, u32)| writeln!(to, "  {number}. {}", Escaped(text)))
}

fn typed(title: &str, list: &[(String, &str)], to: &mut dyn Write) -> io::Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    section(title, to)?;
    let width = list.iter().map(|(name, _)| name.chars().count().min(40)).max().unwrap_or_default();
    list.iter()
        .try_for_each(|(name, ty)| writeln!(to, "  {:width$}  {}", Escaped(name).to_string(), Escaped(ty)))
}
