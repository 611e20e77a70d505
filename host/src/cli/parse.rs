//! From the words of a command line to what of the grammar was given.

use super::grammar::{Arg, Command, Kind, Number};
use super::help::{Help, Usage, shown};
use crate::nearest::nearest;
use crate::report::Escaped;
use lexopt::Arg as Word;
use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::path::PathBuf;

/// What was given, of one command.
pub(super) struct Line {
    pub(super) command: &'static Command,
    /// The names of the commands that led there.
    pub(super) names: Vec<&'static str>,
    given: Vec<(&'static Arg, OsString)>,
}

/// Why nothing is run: an answer for the user.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) text: String,
    /// Whether it is an answer to a mistake.
    pub(super) mistake: bool,
}

/// Reads a command line, the program's name first.
///
/// # Errors
///
/// Help or the version, where it was asked for, or what is wrong with the line.
pub(super) fn parse(root: &'static Command, words: impl IntoIterator<Item = OsString>) -> Result<Line, Stop> {
    let mut parser = lexopt::Parser::from_iter(words);
    let mut line = Line { command: root, names: vec![root.name], given: Vec::new() };
    loop {
        let word = match parser.next() {
            Ok(Some(word)) => word,
            Ok(None) => break,
            Err(error) => return Err(line.wrong(error, "")),
        };
        let arg = match word {
            Word::Long("help") | Word::Short('h') => return Err(line.help(false)),
            Word::Long("version") | Word::Short('V') if line.names.len() == 1 => {
                let text = format!("{} {}\n", root.name, super::VERSION);
                return Err(Stop { text, mistake: false });
            }
            Word::Long(name) => {
                let known = line.command.options().find(|arg| arg.name == name);
                known.ok_or_else(|| line.unknown_option(name))?
            }
            Word::Short(letter) => {
                let known = line.command.options().find(|arg| arg.short == Some(letter));
                known.ok_or_else(|| line.unexpected(&format!("-{letter}"), ""))?
            }
            Word::Value(word) if !line.command.commands.is_empty() => {
                line.enter(&word)?;
                continue;
            }
            Word::Value(word) => {
                line.place(word)?;
                continue;
            }
        };
        let value = match arg.value {
            None => OsString::new(),
            Some(_) => match parser.optional_value() {
                Some(value) => value,
                None => value(&mut parser).ok_or_else(|| {
                    line.wrong(
                        format_args!("a value is required for '{}' but none was given", shown(arg)),
                        "",
                    )
                })?,
            },
        };
        line.give(arg, value)?;
    }
    line.complete()?;
    Ok(line)
}

/// The next word, unless it looks like an option: that would be one whose value was forgotten.
fn value(parser: &mut lexopt::Parser) -> Option<OsString> {
    let mut words = parser.try_raw_args()?;
    let word = words.peek()?;
    let option = word.len() > 1 && word.as_encoded_bytes().starts_with(b"-");
    if option { None } else { words.next() }
}

impl Line {
    /// Help, which was asked for unless it answers a `mistake`.
    pub(super) fn help(&self, mistake: bool) -> Stop {
        Stop { text: Help(self).to_string(), mistake }
    }

    /// Whether a switch was given.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// The last value given, or else the default.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.values(name).last().map(|value| value.to_string_lossy().into_owned())
    }

    /// The last value given, or else the default; of what has to be given or has a default.
    pub(super) fn word(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    /// A path, which may be any bytes.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        self.values(name).last().map(PathBuf::from)
    }

    /// All values given, or else the default, as text.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.values(name).map(|value| value.to_string_lossy().into_owned()).collect()
    }

    /// Makes something of a value that [`Line::text`] answered.
    ///
    /// # Errors
    ///
    /// For the user, where `read` can't.
    pub(super) fn read<T, E: Display>(
        &self,
        name: &str,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Stop> {
        read(text).map_err(|why| match self.arg(name) {
            Some(arg) => self.invalid(arg, OsStr::new(text), &format!(": {why}")),
            None => self.wrong(why, ""),
        })
    }

    fn arg(&self, name: &str) -> Option<&'static Arg> {
        self.command.positional.iter().chain(self.command.options()).find(|arg| arg.name == name)
    }

    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a OsStr> {
        let given = self.given.iter().filter(move |(arg, _)| arg.name == name).map(|(_, value)| &**value);
        let default = self.arg(name).and_then(|arg| arg.default).filter(|_| !self.gave(name));
        given.chain(default.map(OsStr::new))
    }

    fn gave(&self, name: &str) -> bool {
        self.given.iter().any(|(arg, _)| arg.name == name)
    }

    /// Goes on to a command of this one.
    fn enter(&mut self, word: &OsStr) -> Result<(), Stop> {
        let word = word.to_string_lossy();
        let commands = self.command.commands;
        self.command = commands.iter().find(|command| command.name == word).ok_or_else(|| {
            let near = nearest(&word, commands.iter().map(|command| command.name));
            let tip = near.map(|near| format!("a similar command exists: '{near}'")).unwrap_or_default();
            self.wrong(format_args!("unrecognized command '{}'", Escaped(&word)), &tip)
        })?;
        self.names.push(self.command.name);
        Ok(())
    }

    /// Takes a word that is no option and belongs to none.
    fn place(&mut self, word: OsString) -> Result<(), Stop> {
        let free = self.command.positional.iter().find(|arg| !self.gave(arg.name));
        let arg = free.ok_or_else(|| self.unexpected(&word.to_string_lossy(), ""))?;
        self.give(arg, word)
    }

    fn give(&mut self, arg: &'static Arg, value: OsString) -> Result<(), Stop> {
        if arg.number != Number::Any && self.gave(arg.name) {
            return Err(self.wrong(format_args!("'{}' cannot be used more than once", shown(arg)), ""));
        }
        match (arg.value, value.to_str()) {
            (Some((_, Kind::Word(words))), text) if !text.is_some_and(|text| words.contains(&text)) => {
                let near = nearest(&value.to_string_lossy(), words.iter().copied());
                let near = near.map(|near| format!("\n\n  tip: a similar value exists: '{near}'"));
                let why = format!("\n  [possible values: {}]{}", words.join(", "), near.unwrap_or_default());
                return Err(self.invalid(arg, &value, &why));
            }
            (Some((_, Kind::Text)), None) => return Err(self.invalid(arg, &value, ": it is not UTF-8")),
            _ => {}
        }
        self.given.push((arg, value));
        Ok(())
    }

    /// Holds the whole line against what the command asks for.
    fn complete(&self) -> Result<(), Stop> {
        let missing: Vec<_> = (self.command.positional.iter().chain(self.command.options()))
            .filter(|arg| arg.number == Number::Once && !self.gave(arg.name))
            .map(|arg| format!("\n  {}", shown(arg)))
            .collect();
        if !missing.is_empty() {
            let missing = missing.concat();
            return Err(self.wrong(format_args!("required arguments were not given:{missing}"), ""));
        }
        match self.command.conflicts.iter().find(|(one, other)| self.gave(one) && self.gave(other)) {
            Some((one, other)) => {
                Err(self.wrong(format_args!("'--{one}' cannot be used with '--{other}'"), ""))
            }
            None => Ok(()),
        }
    }

    fn invalid(&self, arg: &Arg, value: &OsStr, why: &str) -> Stop {
        let value = value.to_string_lossy();
        self.wrong(format_args!("invalid value '{}' for '{}'{why}", Escaped(&value), shown(arg)), "")
    }

    fn unknown_option(&self, name: &str) -> Stop {
        let near = nearest(name, self.command.options().map(|arg| arg.name));
        let tip = near.map(|near| format!("a similar option exists: '--{near}'")).unwrap_or_default();
        self.unexpected(&format!("--{name}"), &tip)
    }

    fn unexpected(&self, word: &str, tip: &str) -> Stop {
        self.wrong(format_args!("unexpected argument '{}'", Escaped(word)), tip)
    }

    /// Something is wrong with the line.
    fn wrong(&self, what: impl Display, tip: &str) -> Stop {
        let tip = if tip.is_empty() { String::new() } else { format!("\n  tip: {tip}\n") };
        let text = format!(
            "error: {what}\n{tip}\nUsage: {}\n\nFor more information, try '{} --help'.\n",
            Usage(self),
            self.names.join(" ")
        );
        Stop { text, mistake: true }
    }
}

#[cfg(test)]
mod tests {
    use super::super::grammar::QUOIN;
    use super::*;
    use std::collections::BTreeSet;
    use std::os::unix::ffi::OsStringExt as _;

    fn of(words: &[&[u8]]) -> Result<Line, Stop> {
        parse(&QUOIN, words.iter().map(|word| OsString::from_vec(word.to_vec())))
    }

    #[test]
    fn a_path_may_be_any_bytes_and_a_text_may_not() {
        let line = of(&[b"quoin", b"check", b"--root=\xff", b"\xfe"]).unwrap();
        assert_eq!(line.path("root").unwrap().into_os_string().into_vec(), b"\xff");
        assert_eq!(line.path("PROFILE").unwrap().into_os_string().into_vec(), b"\xfe");
        for (option, shown) in [("--tag", "--tag <TAG>"), ("--format", "--format <FORM>")] {
            let stop = of(&[b"quoin", b"check", option.as_bytes(), b"\xff", b"p"]).err().unwrap();
            let begin = format!("error: invalid value '\u{fffd}' for '{shown}'");
            assert!(stop.mistake && stop.text.starts_with(&begin), "{}", stop.text);
        }
    }

    #[test]
    fn values_come_from_the_line_or_are_the_default() {
        let line =
            of(&[b"quoin", b"check", b"-qj4", b"p", b"--tag", b"a", b"--tag=b", b"--output", b"-"]).unwrap();
        assert_eq!(line.texts("tag"), ["a", "b"]);
        assert_eq!((line.word("jobs").as_str(), line.word("format").as_str()), ("4", "table"));
        assert_eq!((line.word("output").as_str(), line.text("timeout")), ("-", None));
        assert!(line.has("quiet") && !line.has("verbose"));
    }

    /// What the grammar says of every command is in order.
    fn sound(command: &'static Command, seen: &mut usize) {
        let args: Vec<_> = command.positional.iter().chain(command.options()).collect();
        let names: BTreeSet<_> = args.iter().map(|arg| arg.name).collect();
        let letters: BTreeSet<_> = args.iter().filter_map(|arg| arg.short).collect();
        assert_eq!(names.len(), args.len(), "{}", command.name);
        assert_eq!(letters.len(), args.iter().filter(|arg| arg.short.is_some()).count(), "{}", command.name);
        assert!(command.conflicts.iter().all(|(one, other)| names.contains(one) && names.contains(other)));
        assert_eq!(command.read.is_none(), !command.commands.is_empty(), "{}", command.name);
        *seen += 1;
        command.commands.iter().for_each(|command| sound(command, seen));
    }

    #[test]
    fn the_grammar_is_sound() {
        let mut seen = 0;
        sound(&QUOIN, &mut seen);
        assert!(seen > 4);
    }
}
