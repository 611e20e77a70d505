//! [`Inspection`]: everything about a module that its author may want to know, sound or not.

use super::workbench::{LoadError, Workbench, bytes};
use crate::profile::PluginSource;
use quoin_abi::metadata::Metadata;
use serde::Serialize;
use serde_json::Value;

/// Everything about a module that its author may want to know.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// What it is called by: a built-in plugin's name, or its file's.
    pub name: String,
    /// The module's size in bytes.
    pub bytes: usize,
    /// Which form of the guest contract it speaks: `pointer`, `packed` or `manifest`.
    pub generation: Option<String>,
    /// Bytes of linear memory that it starts with.
    pub memory_bytes: Option<u64>,
    /// What it exports.
    pub exports: Vec<Export>,
    /// What it imports.
    pub imports: Vec<Import>,
    /// What it says about itself.
    pub metadata: Option<Metadata>,
    /// What it wants to be allowed, as `kind:pattern`, as far as that is well-formed.
    pub capabilities: Vec<String>,
    /// The JSON Schema of its configuration.
    pub schema: Option<Value>,
    /// What keeps it from being used, in the order in which one would fix it.
    pub problems: Vec<String>,
    /// What else is wrong with it.
    pub warnings: Vec<String>,
}

/// Something that a module exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Export {
    /// Its name.
    pub name: String,
    /// Its type: `(i32) -> i64`, or `a memory`.
    #[serde(rename = "type")]
    pub ty: String,
}

/// Something that a module imports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Import {
    /// The module that it is imported from.
    pub module: String,
    /// Its name there.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: String,
}

impl Workbench {
    /// Looks at a module, and asks it what it is if it can be asked.
    ///
    /// # Errors
    ///
    /// [`LoadError`] where it cannot even be read. All else that is wrong with it is in the [`Inspection`].
    pub fn inspect(&self, name: &str, source: &PluginSource) -> Result<Inspection, LoadError> {
        let bytes = bytes(name, source)?;
        let outline = self.engine.outline(&bytes);
        let mut seen = Inspection {
            name: name.into(),
            bytes: bytes.len(),
            generation: outline.generation.map(|generation| generation.to_string()),
            memory_bytes: outline.memory_bytes,
            exports: outline.exports.into_iter().map(|(name, ty)| Export { name, ty }).collect(),
            imports: outline
                .imports
                .into_iter()
                .map(|(module, name, ty)| Import { module, name, ty })
                .collect(),
            metadata: None,
            capabilities: Vec::new(),
            schema: None,
            problems: outline.problems.iter().map(ToString::to_string).collect(),
            warnings: Vec::new(),
        };
        if seen.problems.is_empty()
            && let Err(error) = self.answers(&mut seen, &bytes)
        {
            seen.problems.push(error.to_string());
        }
        Ok(seen)
    }

    fn answers(&self, seen: &mut Inspection, bytes: &[u8]) -> Result<(), LoadError> {
        let answers = self.ask(&seen.name, bytes)?;
        seen.metadata = answers.metadata.as_ref().ok().cloned();
        seen.schema = answers.schema.as_ref().ok().cloned();
        let plugin = self.finish(&seen.name, answers)?;
        seen.capabilities = plugin.declared().capabilities().map(ToString::to_string).collect();
        seen.warnings = plugin.warnings().iter().map(ToString::to_string).collect();
        for (field, text) in [("name", &plugin.metadata().name), ("version", &plugin.metadata().version)] {
            if text.is_empty() {
                seen.warnings.push(format!("its description has no `{field}`"));
            }
        }
        Ok(())
    }
}
