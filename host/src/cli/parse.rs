//! From the words of a command line to what of the grammar was given.

use super::grammar::{Arg, Command, HELP, Kind, Number, VERSION};
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
            Err(lexopt::Error::UnexpectedValue { option, value }) => {
                let value = value.to_string_lossy();
                let what = format_args!("'{option}' takes no value, but '{}' was given", Escaped(&value));
                return Err(line.wrong(what, ""));
            }
            Err(error) => return Err(line.wrong(error, "")),
        };
        let arg = match word {
            Word::Long(name) => {
                let known = line.command.options().find(|arg| arg.name == name);
                known.ok_or_else(|| line.unknown(&format!("--{name}"), name))?
            }
            Word::Short(letter) => {
                let known = line.command.options().find(|arg| arg.short == Some(letter));
                known.ok_or_else(|| line.unknown(&format!("-{letter}"), ""))?
            }
            Word::Value(word) => {
                if line.command.commands.is_empty() {
                    line.place(word)?
                } else {
                    line.enter(&word)?
                }
                continue;
            }
        };
        if arg.name == HELP.name {
            return Err(line.help(false));
        }
        if arg.name == VERSION.name {
            return Err(Stop { text: format!("{} {}\n", root.name, super::VERSION), mistake: false });
        }
        let value = match arg.value {
            None => OsString::new(),
            Some(_) => match parser.optional_value() {
                Some(value) => value,
                None => value(&mut parser).map_err(|next| line.missing(arg, next))?,
            },
        };
        line.give(arg, value)?;
    }
    line.complete()?;
    Ok(line)
}

/// The next word, unless it looks like an option: that would be one whose value was forgotten. Then it is the error.
fn value(parser: &mut lexopt::Parser) -> Result<OsString, Option<OsString>> {
    let mut words = parser.try_raw_args().ok_or(None)?;
    match words.peek() {
        Some(word) if word.len() > 1 && word.as_encoded_bytes().starts_with(b"-") => {
            Err(Some(word.to_owned()))
        }
        _ => words.next().ok_or(None),
    }
}

impl Line {
    /// Help, which was asked for unless it answers a `mistake`.
    pub(super) fn help(&self, mistake: bool) -> Stop {
        Stop { text: Help(self).to_string(), mistake }
    }

    /// Whether it was given.
    pub(super) fn gave(&self, name: &str) -> bool {
        self.given.iter().any(|(arg, _)| arg.name == name)
    }

    /// The last value given, or else the default, as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.values(name).last().map(|value| value.to_string_lossy().into_owned())
    }

    /// The last value given, or else the default, as a path, which may be any bytes.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        self.values(name).last().map(PathBuf::from)
    }

    /// Makes something of the last value given, or else of the default; of what has to be given or has one.
    ///
    /// # Errors
    ///
    /// For the user, where `read` can't.
    pub(super) fn read<T, E: Display>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Stop> {
        self.made(name, &self.text(name).unwrap_or_default(), read)
    }

    /// The same of what need not be given.
    ///
    /// # Errors
    ///
    /// For the user, where `read` can't.
    pub(super) fn read_any<T, E: Display>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Stop> {
        self.text(name).map(|text| self.made(name, &text, read)).transpose()
    }

    /// Makes something of each value given.
    ///
    /// # Errors
    ///
    /// For the user, where `read` can't.
    pub(super) fn read_all<T, E: Display>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, Stop> {
        self.values(name).map(|value| self.made(name, &value.to_string_lossy(), &read)).collect()
    }

    fn made<T, E: Display>(
        &self,
        name: &str,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Stop> {
        read(text).map_err(|why| self.invalid(name, text, &format!(": {why}"), ""))
    }

    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a OsStr> {
        let arg = self.command.args().find(|arg| arg.name == name);
        debug_assert!(arg.is_some(), "`{}` has no {name}", self.names.join(" "));
        let given = self.given.iter().filter(move |(arg, _)| arg.name == name).map(|(_, value)| &**value);
        let default = arg.and_then(|arg| arg.default).filter(|_| !self.gave(name));
        given.chain(default.map(OsStr::new))
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
        let text = value.to_string_lossy();
        match arg.value {
            Some((_, Kind::Word(words))) if !words.contains(&&*text) => {
                let near = nearest(&text, words.iter().copied());
                let tip = near.map(|near| format!("a similar value exists: '{near}'")).unwrap_or_default();
                let why = format!("\n  [possible values: {}]", words.join(", "));
                return Err(self.invalid(arg.name, &text, &why, &tip));
            }
            Some((_, Kind::Text | Kind::Plugin)) if value.to_str().is_none() => {
                return Err(self.invalid(arg.name, &text, ": it is not UTF-8", ""));
            }
            Some((_, Kind::File | Kind::Directory | Kind::Plugin)) if value.is_empty() => {
                return Err(self.missing(arg, None));
            }
            _ => {}
        }
        self.given.push((arg, value));
        Ok(())
    }

    /// Holds the whole line against what the command asks for.
    fn complete(&self) -> Result<(), Stop> {
        let missing = self.command.args().filter(|arg| arg.number == Number::Once && !self.gave(arg.name));
        let missing: String = missing.map(|arg| format!("\n  {}", shown(arg))).collect();
        if !missing.is_empty() {
            return Err(self.wrong(format_args!("required arguments were not given:{missing}"), ""));
        }
        match self.command.conflicts.iter().find(|(one, other)| self.gave(one) && self.gave(other)) {
            Some((one, other)) => {
                Err(self.wrong(format_args!("'--{one}' cannot be used with '--{other}'"), ""))
            }
            None => Ok(()),
        }
    }

    fn invalid(&self, name: &str, value: &str, why: &str, tip: &str) -> Stop {
        let shown = self.command.args().find(|arg| arg.name == name).map(shown).unwrap_or_default();
        self.wrong(format_args!("invalid value '{}' for '{shown}'{why}", Escaped(value)), tip)
    }

    /// An option, or what is given by position, is without its value; `next` is a word behind it that was not taken for one.
    fn missing(&self, arg: &Arg, next: Option<OsString>) -> Stop {
        let tip = next.map(|word| {
            let word = word.to_string_lossy();
            format!("to give a value that begins with '-', use '--{}={}'", arg.name, Escaped(&word))
        });
        let what = format_args!("a value is required for '{}' but none was given", shown(arg));
        self.wrong(what, &tip.unwrap_or_default())
    }

    /// There is no such option; `name` is what may be a slip of the pen.
    fn unknown(&self, word: &str, name: &str) -> Stop {
        let near = nearest(name, self.command.options().map(|arg| arg.name));
        let tip = match near {
            Some(near) => format!("a similar option exists: '--{near}'"),
            None if self.command.positional.is_empty() => String::new(),
            None => format!("to give '{0}' as a value, use '-- {0}'", Escaped(word)),
        };
        self.unexpected(word, &tip)
    }

    fn unexpected(&self, word: &str, tip: &str) -> Stop {
        self.wrong(format_args!("unexpected argument '{}'", Escaped(word)), tip)
    }

    /// Something is wrong with the line.
    fn wrong(&self, what: impl Display, tip: &str) -> Stop {
        let tip = if tip.is_empty() { String::new() } else { format!("\n  tip: {tip}\n") };
        let text = format!(
            "error: {what}\n{tip}\n{}\n\nFor more information, try '{} --help'.\n",
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
        for (command, option, shown) in [
            ("check", "--tag", "--tag <TAG>"),
            ("check", "--format", "--format <FORM>"),
            ("plugin inspect", "--", "<FILE>"),
        ] {
            let words = command.split(' ').chain([option]).map(str::as_bytes);
            let words: Vec<_> = [&b"quoin"[..]].into_iter().chain(words).chain([&b"\xff"[..]]).collect();
            let stop = of(&words).err().unwrap();
            let begin = format!("error: invalid value '\u{fffd}' for '{shown}'");
            assert!(stop.mistake && stop.text.starts_with(&begin), "{}", stop.text);
        }
    }

    #[test]
    fn values_come_from_the_line_or_are_the_default() {
        let line =
            of(&[b"quoin", b"check", b"-qj4", b"p", b"--tag", b"a", b"--tag=b", b"--output", b"-"]).unwrap();
        assert_eq!(line.values("tag").collect::<Vec<_>>(), ["a", "b"]);
        let text = |name: &str| line.text(name);
        assert_eq!((text("jobs").unwrap(), text("format").unwrap()), ("4".to_owned(), "table".to_owned()));
        assert_eq!((text("output").unwrap(), text("timeout")), ("-".to_owned(), None));
        assert!(line.gave("quiet") && !line.gave("verbose") && !line.gave("format"));
    }

    /// What the grammar says of every command is in order, and every name that is read is one.
    fn sound(command: &'static Command, names: &[&'static str], seen: &mut usize) {
        let names = [names, &[command.name]].concat();
        let mut line = Line { command, names, given: Vec::new() };
        let known: BTreeSet<_> = command.args().map(|arg| arg.name).collect();
        let letters: BTreeSet<_> = command.args().filter_map(|arg| arg.short).collect();
        assert_eq!(known.len(), command.args().count(), "{}", command.name);
        assert_eq!(
            letters.len(),
            command.args().filter(|arg| arg.short.is_some()).count(),
            "{}",
            command.name
        );
        assert!(command.conflicts.iter().all(|(one, other)| known.contains(one) && known.contains(other)));
        assert!(command.positional.iter().all(Arg::is_positional));
        assert!(!command.options().any(Arg::is_positional));
        for arg in command.args() {
            assert!(arg.number != Number::Once || arg.default.is_none(), "{}", arg.name);
            if let Some((_, Kind::Word(words))) = arg.value {
                assert!(arg.default.is_none_or(|default| words.contains(&default)), "{}", arg.name);
            }
        }
        let help = line.help(false).text;
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
        match command.read {
            None => assert!(!command.commands.is_empty(), "{}", command.name),
            Some(read) => {
                let needed: Vec<_> = command.args().filter(|arg| arg.number == Number::Once).collect();
                for arg in needed {
                    let Some((_, kind)) = arg.value else { continue };
                    let value = if let Kind::Word(words) = kind { words[0] } else { "a" };
                    line.give(arg, value.into()).unwrap();
                }
                assert!(read(&line).is_ok(), "{}", command.name);
            }
        }
        *seen += 1;
        command.commands.iter().for_each(|command| sound(command, &line.names, seen));
    }

    #[test]
    fn the_grammar_is_sound() {
        let mut seen = 0;
        sound(&QUOIN, &[], &mut seen);
        assert!(seen > 4);
    }
}
