//! What `--help` shows.

use super::grammar::{Arg, Group, Number};
use super::parse::Line;
use std::fmt::{self, Display};

/// What no line is longer than; the texts of the grammar are kept short enough for it.
const COLUMNS: usize = 80;

const BEFORE: &str = "Usage: ";

/// Where a usage goes on that takes more than a line.
const INDENT: usize = 10;

/// All about a command.
pub(super) struct Help<'a>(pub(super) &'a Line);

/// How a command is used.
pub(super) struct Usage<'a>(pub(super) &'a Line);

impl Display for Help<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(line) = self;
        let command = line.command;
        write!(f, "{}\n\n{}\n", command.about, Usage(line))?;
        let commands =
            command.commands.iter().map(|command| (command.name.to_owned(), command.about.to_owned()));
        list(f, "Commands", commands.collect())?;
        list(f, "Arguments", command.positional.iter().map(entry).collect())?;
        let plain = |group: &&Group| group.heading.is_empty();
        let own = command.options.iter().filter(plain).flat_map(|group| group.args);
        list(f, "Options", own.chain(command.answers).map(entry).collect())?;
        for group in command.options.iter().filter(|group| !plain(group)) {
            list(f, group.heading, group.args.iter().map(entry).collect())?;
        }
        if !command.after_help.is_empty() {
            write!(f, "\n{}\n", command.after_help)?;
        }
        Ok(())
    }
}

/// Two columns under a heading; nothing where there is nothing.
fn list(f: &mut fmt::Formatter<'_>, heading: &str, entries: Vec<(String, String)>) -> fmt::Result {
    if entries.is_empty() {
        return Ok(());
    }
    write!(f, "\n{heading}:\n")?;
    let width = entries.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, help) in entries {
        writeln!(f, "  {name:width$}  {help}")?;
    }
    Ok(())
}

/// What a list of arguments shows of one. Options without a letter are lined up with those that have one.
fn entry(arg: &Arg) -> (String, String) {
    let letter = match arg.short {
        Some(letter) => format!("-{letter}, "),
        None if arg.is_positional() => String::new(),
        None => "    ".to_owned(),
    };
    let default = arg.default.map(|default| format!(" [default: {default}]")).unwrap_or_default();
    (format!("{letter}{}", shown(arg)), format!("{}{default}", arg.help))
}

/// `--output <FILE>`, `--quiet` or `<PROFILE>`.
pub(super) fn shown(arg: &Arg) -> String {
    match arg.value {
        Some((value, _)) if arg.is_positional() => format!("<{value}>"),
        Some((value, _)) => format!("--{} <{value}>", arg.name),
        None => format!("--{}", arg.name),
    }
}

impl Display for Usage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(line) = self;
        let command = line.command;
        let grouped = || command.options.iter().flat_map(|group| group.args);
        let optional = grouped().any(|arg| arg.number != Number::Once).then(|| "[OPTIONS]".to_owned());
        let required =
            grouped().filter(|arg| arg.number == Number::Once).chain(command.positional).map(shown);
        let next = (!command.commands.is_empty()).then(|| "<COMMAND>".to_owned());
        let mut text = line.names.join(" ");
        let mut column = BEFORE.len() + text.len();
        for word in optional.into_iter().chain(required).chain(next) {
            let fits = column + 1 + word.len() <= COLUMNS;
            let before = if fits { " ".to_owned() } else { format!("\n{:INDENT$}", "") };
            column = if fits { column + 1 } else { INDENT } + word.len();
            text.extend([before, word]);
        }
        write!(f, "{BEFORE}{text}")
    }
}
