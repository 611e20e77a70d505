//! The grammar as `clap` has it, for what its companions make of one: scripts that complete the command line, manual pages.

use super::VERSION;
use super::grammar::{Arg, Command, Kind, Number, QUOIN};
use clap::builder::PossibleValuesParser;
use clap::{ArgAction, ValueHint};
use clap_complete::{generate, shells};
use std::io::{self, Write};

/// Writes the script for `shell`.
pub(super) fn write(shell: &str, to: &mut dyn Write) -> io::Result<()> {
    // The generator panics when it cannot write, so it writes to memory.
    let (mut command, mut script) = (command(), Vec::new());
    match shell {
        "zsh" => generate(shells::Zsh, &mut command, QUOIN.name, &mut script),
        "fish" => generate(shells::Fish, &mut command, QUOIN.name, &mut script),
        _ => generate(shells::Bash, &mut command, QUOIN.name, &mut script),
    }
    to.write_all(&script)
}

/// The command line's grammar, of which manual pages are made.
#[must_use]
pub fn command() -> clap::Command {
    convert(&QUOIN).version(VERSION)
}

fn convert(command: &'static Command) -> clap::Command {
    let grouped = command.options.iter().flat_map(|group| {
        let heading = Some(group.heading).filter(|heading| !heading.is_empty());
        group.args.iter().map(move |arg| argument(command, arg).long(arg.name).help_heading(heading))
    });
    let answers = command.answers.iter().map(|arg| argument(command, arg).long(arg.name));
    clap::Command::new(command.name)
        .about(command.about)
        .after_help(command.after_help)
        // The grammar has its own.
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .args(command.positional.iter().map(|arg| argument(command, arg)))
        .args(grouped.chain(answers))
        .subcommands(command.commands.iter().map(convert))
}

fn argument(command: &Command, arg: &'static Arg) -> clap::Arg {
    let excluded = command.conflicts.iter().filter_map(|(one, other)| match arg.name {
        name if name == *one => Some(*other),
        name if name == *other => Some(*one),
        _ => None,
    });
    let made = clap::Arg::new(arg.name)
        .short(arg.short)
        .help(arg.help)
        .required(arg.number == Number::Once)
        .conflicts_with_all(excluded);
    let Some((name, kind)) = arg.value else {
        return made.action(ArgAction::SetTrue);
    };
    let action = if arg.number == Number::Any { ArgAction::Append } else { ArgAction::Set };
    let made = made.value_name(name).hide_possible_values(true).default_values(arg.default).action(action);
    match kind {
        Kind::Text => made,
        Kind::File | Kind::Plugin => made.value_hint(ValueHint::FilePath),
        Kind::Directory => made.value_hint(ValueHint::DirPath),
        Kind::Word(words) => made.value_parser(PossibleValuesParser::new(words)),
    }
}
