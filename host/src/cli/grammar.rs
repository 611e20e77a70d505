//! The command line's grammar: what there is to say. `parse.rs` goes by it, and help, completions and manual pages are made
//! of it.

use super::args::{self, Format, Request};
use super::parse::{Line, Stop};
use crate::profile::Severity;
#[cfg(feature = "authoring")]
use crate::scaffold::{self, Language};

/// `quoin`, or one of its commands.
pub(super) struct Command {
    pub(super) name: &'static str,
    /// What it does; of all but `quoin` itself in one line.
    pub(super) about: &'static str,
    /// What it takes by position, in this order.
    pub(super) positional: &'static [Arg],
    pub(super) options: &'static [Group],
    /// Options that end it with an answer.
    pub(super) answers: &'static [Arg],
    /// Options that exclude each other.
    pub(super) conflicts: &'static [(&'static str, &'static str)],
    /// What one of has to follow.
    pub(super) commands: &'static [Command],
    /// What help ends with.
    pub(super) after_help: &'static str,
    /// Makes something of what was given; `None` where a command has to follow.
    pub(super) read: Option<Read>,
}

/// Makes something of what was given of one command.
pub(super) type Read = fn(&Line) -> Result<Request, Stop>;

/// Options with something in common.
pub(super) struct Group {
    /// What they have in common; empty for those without a heading of their own.
    pub(super) heading: &'static str,
    pub(super) args: &'static [Arg],
}

/// An option, or what is given by position.
#[derive(Clone, Copy)]
pub(super) struct Arg {
    /// `output` of `--output`.
    pub(super) name: &'static str,
    /// `o` of `-o`.
    pub(super) short: Option<char>,
    /// What its value is called, and is; `None` for a switch.
    pub(super) value: Option<(&'static str, Kind)>,
    pub(super) help: &'static str,
    pub(super) number: Number,
    /// The value where none is given.
    pub(super) default: Option<&'static str>,
}

/// What a value is, as far as a shell that completes it can know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A plugin's name or the path of a module.
    Plugin,
    File,
    Directory,
    /// One of these.
    Word(&'static [&'static str]),
}

/// How often it may be given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    AtMostOnce,
    Once,
    Any,
}

impl Command {
    const NEW: Self = Self {
        name: "",
        about: "",
        positional: &[],
        options: &[],
        answers: &[HELP],
        conflicts: &[],
        commands: &[],
        after_help: "",
        read: None,
    };

    /// All its options.
    pub(super) fn options(&self) -> impl Iterator<Item = &'static Arg> + use<> {
        self.options.iter().flat_map(|group| group.args).chain(self.answers)
    }

    /// All that can be given.
    pub(super) fn args(&self) -> impl Iterator<Item = &'static Arg> + use<> {
        self.positional.iter().chain(self.options())
    }
}

impl Arg {
    const fn switch(name: &'static str, help: &'static str) -> Self {
        Self { name, short: None, value: None, help, number: Number::AtMostOnce, default: None }
    }

    const fn option(name: &'static str, value: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { value: Some((value, kind)), ..Self::switch(name, help) }
    }

    /// What has to be given, by position.
    const fn positional(value: &'static str, kind: Kind, help: &'static str) -> Self {
        Self::option(value, value, kind, help).once()
    }

    /// Whether its place says what it is: its name is then its value's.
    pub(super) fn is_positional(&self) -> bool {
        self.value.is_some_and(|(value, _)| value == self.name)
    }

    const fn short(self, short: char) -> Self {
        Self { short: Some(short), ..self }
    }

    const fn once(self) -> Self {
        Self { number: Number::Once, ..self }
    }

    const fn any(self) -> Self {
        Self { number: Number::Any, ..self }
    }

    const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }
}

// Nothing is wrapped: every text is kept short enough for 80 columns.

const ABOUT: &str = "\
Audit a device.

Quoin runs the checks of a profile and reports what passed, what failed and the
values it saw. Every check is a small WebAssembly plugin, run in a sandbox that
gives it nothing but what its configuration needs.";

const EXAMPLES: &str = "\
Examples:
  quoin check base.yaml                          audit this machine
  quoin check base.yaml --format json -o r.json  keep the report for a program
  quoin check base.yaml --root ./unpacked        audit a firmware image
  quoin check base.yaml --net bridge:br-guest    be one more guest there

Exit status:
  0    every control passed or was skipped
  1    a control failed or ended in an error
  2    the run could not take place: usage, profile, plugin, network or file
  130  interrupted; 143, terminated. The report has what had finished";

const INSPECT_STATUS: &str = "\
Exit status:
  0  it can be used
  1  it cannot, and the problems are listed in the order to fix them
  2  it cannot be read";

#[cfg(feature = "authoring")]
const TEST_EXAMPLES: &str = "\
Examples:
  quoin plugin test file --config '{\"path\": \"/etc/hosts\"}'
  quoin plugin test ./door.wasm --config @door.json --expect '!data.open'

Exit status:
  0  it passed
  1  it failed or ended in an error
  2  it could not take place: usage, plugin or configuration";

pub(super) static QUOIN: Command = Command {
    name: "quoin",
    about: ABOUT,
    after_help: EXAMPLES,
    answers: &[HELP, VERSION],
    commands: &[
        CHECK,
        PLUGIN,
        Command {
            name: "version",
            about: "Print the version",
            read: Some(|_| Ok(Request::Version)),
            ..Command::NEW
        },
        #[cfg(feature = "completions")]
        Command {
            name: "completions",
            about: "Print a script that completes the command line in a shell",
            positional: &[Arg::positional("SHELL", Kind::Word(args::SHELLS), "bash, zsh or fish")],
            read: Some(args::completions),
            ..Command::NEW
        },
    ],
    ..Command::NEW
};

const CHECK: Command = Command {
    name: "check",
    about: "Run the checks of a profile and report",
    after_help: EXAMPLES,
    positional: &[Arg::positional("PROFILE", Kind::File, "The profile, a YAML file")],
    options: &[
        Group {
            heading: "",
            args: &[
                Arg::switch("validate", "Run nothing: say whether it could be run as it is"),
                FORMAT,
                Arg::option(
                    "output",
                    "FILE",
                    Kind::File,
                    "Replace a file with the report, once it is complete",
                )
                .short('o'),
                Arg::switch("quiet", "Show only what failed or erred, and no progress").short('q'),
                Arg::switch("verbose", "Show all that was expected and seen, and logs").short('v'),
                Arg::option("jobs", "N", Kind::Text, "Observations at once [default: cores, at least 4]")
                    .short('j'),
                Arg::option("timeout", "DURATION", Kind::Text, "Time for the whole run, such as 90s or 5m"),
            ],
        },
        TARGET,
        Group {
            heading: "Which controls (what they depend on is run too)",
            args: &[
                Arg::option("control", "ID", Kind::Text, "This one; may be repeated").any(),
                Arg::option("tag", "TAG", Kind::Text, "With this tag; any of them, if repeated").any(),
                Arg::option(
                    "severity",
                    "LEVEL",
                    Kind::Word(&Severity::WORDS),
                    "At least this severe: low, medium, high or critical",
                ),
            ],
        },
        PERMISSIONS,
    ],
    conflicts: &[("validate", "output"), ("quiet", "verbose")],
    read: Some(args::check),
    ..Command::NEW
};

const PLUGIN: Command = Command {
    name: "plugin",
    about: "Look at plugins, try them, or begin one",
    commands: &[
        Command {
            name: "list",
            about: "List them, with what they want to be allowed",
            options: &[Group { heading: "", args: &[FORMAT] }],
            read: Some(args::list),
            ..Command::NEW
        },
        #[cfg(feature = "authoring")]
        Command {
            name: "new",
            about: "Begin a plugin of your own, in Rust or in Go",
            positional: &[Arg::positional("NAME", Kind::Text, "Lower-case letters, digits and hyphens")],
            options: &[Group {
                heading: "",
                args: &[
                    Arg::option("lang", "LANG", Kind::Word(&Language::WORDS), "The language: rust or go")
                        .or("rust"),
                    Arg::option("description", "TEXT", Kind::Text, "What it checks, in a line").once(),
                    Arg::option(
                        "capability-kind",
                        "KIND",
                        Kind::Word(&scaffold::Kind::WORDS),
                        "What it asks for: fs, network, exec or env",
                    )
                    .once(),
                    Arg::option(
                        "capability-pattern",
                        "PATTERN",
                        Kind::Text,
                        "The most of that it wants: \"read:/etc/**\"",
                    )
                    .once(),
                    Arg::option("dir", "DIR", Kind::Directory, "Where its folder goes").or("plugins"),
                ],
            }],
            read: Some(args::new),
            ..Command::NEW
        },
        Command {
            name: "inspect",
            about: "Show what a plugin is, and all that is wrong with it",
            after_help: INSPECT_STATUS,
            positional: &[MODULE],
            options: &[Group { heading: "", args: &[FORMAT] }],
            read: Some(args::inspect),
            ..Command::NEW
        },
        #[cfg(feature = "authoring")]
        Command {
            name: "test",
            about: "Make one observation, and show what it saw and took",
            after_help: TEST_EXAMPLES,
            positional: &[MODULE],
            options: &[
                Group {
                    heading: "",
                    args: &[
                        Arg::option("config", "JSON", Kind::Text, "What it is told: JSON, or @FILE").or("{}"),
                        Arg::option(
                            "expect",
                            "EXPR",
                            Kind::Text,
                            "What has to be true: data.exists; may be repeated",
                        )
                        .any(),
                        Arg::option(
                            "timeout",
                            "DURATION",
                            Kind::Text,
                            "Time for the observation, such as 5s",
                        )
                        .or("30s"),
                        FORMAT,
                    ],
                },
                TARGET,
                PERMISSIONS,
            ],
            read: Some(args::test),
            ..Command::NEW
        },
    ],
    ..Command::NEW
};

/// `parse.rs` gives the answers.
pub(super) const HELP: Arg = Arg::switch("help", "Print help").short('h');
pub(super) const VERSION: Arg = Arg::switch("version", "Print version").short('V');

const MODULE: Arg = Arg::positional("FILE", Kind::Plugin, "A module, or a built-in plugin's name");

const FORMAT: Arg =
    Arg::option("format", "FORM", Kind::Word(&Format::WORDS), "Table, or json for programs").or("table");

const TARGET: Group = Group {
    heading: "",
    args: &[
        Arg::option("root", "DIR", Kind::Directory, "Audit an unpacked image: no commands, no sockets"),
        Arg::option("net", "FORM:NAME", Kind::Text, "Be a host of its own: bridge:br0,dhcp raw: tap: tun:"),
        Arg::option("ca-file", "FILE", Kind::File, "Trust these authorities (PEM), not the system's"),
    ],
};

const PERMISSIONS: Group = Group {
    heading: "What plugins may do beyond what their configuration needs",
    args: &[
        Arg::option(
            "grant",
            "KIND:PATTERN",
            Kind::Text,
            "A capability: fs:read:/etc/**, exec:id; repeatable",
        )
        .any(),
        Arg::switch("trust-plugins", "Everything that the plugin itself asks for"),
    ],
};
