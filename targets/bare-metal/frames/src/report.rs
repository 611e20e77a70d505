//! [`Message`]: a report, as it happens.

use crate::{Framed, Profile};
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// One frame of a report: first [`Message::Started`], in the end [`Message::Finished`] or [`Message::Stopped`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// The board has its plan and its addresses.
    Started(Started),
    /// A plugin has something to say.
    Log(Log),
    /// An observation has been made. They come in the order of the profile, none left out.
    Observed(Observed),
    /// All have been made.
    Finished(Usage),
    /// There is no going on. It may come instead of [`Message::Started`], too.
    Stopped {
        /// Why, and what to do about it.
        reason: String,
    },
}

impl Framed for Message {
    const KIND: u8 = b'R';
    const NAME: &'static str = "report";
}

/// Who reports, and of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The board's name.
    pub board: String,
    /// The version of Quoin in it.
    pub quoin_version: String,
    /// Its addresses on the network, separated by commas.
    pub addresses: String,
    /// What it checks.
    pub profile: Profile,
}

/// How serious a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// For the plugin's author.
    Debug,
    /// Progress.
    Info,
    /// Something odd.
    Warn,
    /// Something failed.
    Error,
}

/// A line that a plugin wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// How serious.
    pub level: Level,
    /// Who wrote it.
    pub plugin: String,
    /// The text.
    pub message: String,
}

/// What became of an observation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// The contract's evidence in JSON; or why there is none, the contract's error in JSON.
    pub outcome: Result<String, String>,
    /// How long it took.
    pub microseconds: u64,
    /// What the plugin's instructions cost.
    pub fuel: u64,
    /// The plugin's memory, in bytes.
    pub memory: u32,
}

/// What all of it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// From the start of the first observation to the end of the last.
    pub microseconds: u64,
    /// Bytes of flash that the firmware has, its plugins among them.
    pub flash: u32,
    /// Bytes of static memory.
    pub statics: u32,
    /// Bytes of the heap that were in use at once, at most.
    pub heap: u32,
    /// Bytes that the heap has.
    pub heap_size: u32,
    /// Bytes of the stack that were in use at once, at most.
    pub stack: u32,
    /// Bytes that the stack has.
    pub stack_size: u32,
}
