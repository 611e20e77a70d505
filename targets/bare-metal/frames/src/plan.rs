//! [`Plan`]: what a board is to do.

use crate::Framed;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The most bytes of a plan's frame: what boards set aside for it in their flash.
pub const PLAN_BYTES: usize = 64 << 10;

/// What a board is to do, as it lies in its flash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What the board's randomness comes from. It is never sent.
    pub seed: [u8; 32],
    /// How it reaches the network: the text of `quoin_net::link::Options`.
    pub net: String,
    /// What it is to check.
    pub profile: Profile,
}

impl Framed for Plan {
    const KIND: u8 = b'P';
    const NAME: &'static str = "plan";
}

/// A profile, as far as a board needs it to check it and a report to tell of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its version; empty if it says none.
    pub version: String,
    /// The controls, in the order in which they are looked at.
    pub controls: Vec<Control>,
}

/// One thing that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Unique in its profile.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it means and what to do about it.
    pub description: Option<String>,
    /// The word for how much a failure matters.
    pub severity: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Words to select it by.
    pub tags: Vec<String>,
    /// Milliseconds that all of its observations together may take.
    pub timeout_ms: u64,
    /// What is looked at.
    pub observations: Vec<Observation>,
}

/// One question to one plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The plugin's name.
    pub plugin: String,
    /// What it is told: a JSON object, with the defaults of its schema filled in.
    pub config: String,
    /// What its configuration needs, each `kind:pattern`. What the plugin itself declares is the board's to find out.
    pub capabilities: Vec<String>,
    /// What has to be true of the evidence, which the reader of the report decides.
    pub expect: Vec<String>,
}
