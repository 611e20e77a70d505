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
    let positional = command.positional.iter().map(argument);
    let options = command.options.iter().flat_map(|group| {
        let heading = Some(group.heading).filter(|heading| !heading.is_empty());
        group.args.iter().map(move |arg| {
            let made = argument(arg).long(arg.name);
            heading.map_or(made.clone(), |heading| made.help_heading(heading))
        })
    });
    clap::Command::new(command.name)
        .about(command.about)
        .after_help(command.after_help)
        .disable_help_subcommand(true)
        .args(positional.chain(options))
        .subcommands(command.commands.iter().map(convert))
}

fn argument(arg: &'static Arg) -> clap::Arg {
    let mut made = clap::Arg::new(arg.name).help(arg.help).required(arg.number == Number::Once);
    if let Some(letter) = arg.short {
        made = made.short(letter);
    }
    let Some((name, kind)) = arg.value else {
        return made.action(ArgAction::SetTrue);
    };
    made = made.value_name(name).hide_possible_values(true);
    if let Some(default) = arg.default {
        made = made.default_value(default);
    }
    if arg.number == Number::Any {
        made = made.action(ArgAction::Append);
    }
    match kind {
        Kind::Text => made,
        Kind::File => made.value_hint(ValueHint::FilePath),
        Kind::Directory => made.value_hint(ValueHint::DirPath),
        Kind::Word(words) => made.value_parser(PossibleValuesParser::new(words)),
    }
}
