//! `docs/plugin-development.md`, followed to the letter: every block of code in it is compiled or run, in its order, by
//! a person who has `quoin`, Rust, Go and `make`.
//!
//! What a block is, the word behind its fence says: `sh` is run, and where it ends the next one begins; `LANGUAGE
//! file=PATH` is written there; `json` has to be JSON; `rust` is a test of its own, in the first plugin; `rust same=PATH` is
//! in that file of this repository.
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin_tests::build::{root, succeed, target};
use quoin_tests::programs::quoin;
use quoin_tests::{go, rust};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A block of code.
struct Block<'a> {
    /// The line that it begins at.
    line: usize,
    /// What is behind the fence.
    info: &'a str,
    text: String,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let (mut blocks, mut open) = (Vec::new(), None::<Block<'_>>);
    for (index, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some(Block { line: index + 1, info, text: String::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "the last block has no end");
    blocks
}

/// Someone who follows the guide.
struct Reader {
    folder: tempfile::TempDir,
    here: PathBuf,
}

impl Reader {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { here: folder.path().to_owned(), folder }
    }

    /// Runs a program where the reader is, with everything in its search path.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let quoin = PathBuf::from(quoin().get_program());
        let path = std::env::var_os("PATH").unwrap();
        let folders = [quoin.parent().unwrap().to_owned(), go::go().parent().unwrap().to_owned()];
        let folders = folders.into_iter().chain(std::env::split_paths(&path));
        rust::environment(&mut command);
        command.current_dir(&self.here).env("PATH", std::env::join_paths(folders).unwrap());
        command.env("GOCACHE", target().join("go/cache")).env("GOTOOLCHAIN", "local");
        command.env("GOPROXY", "off").env("GOENV", "off").env("GOFLAGS", "");
        command
    }

    fn follow(&mut self, block: &Block<'_>) {
        let (language, rest) = block.info.split_once(' ').unwrap_or((block.info, ""));
        match (language, rest.strip_prefix("file=")) {
            ("sh", None) => self.run(block),
            ("json", None) => {
                let result: Result<serde_json::Value, _> = serde_json::from_str(&block.text);
                result.unwrap_or_else(|error| panic!("line {}: {error}", block.line));
            }
            ("rust", None) if rest.starts_with("same=") => {
                let file = read(&root().join(&rest["same=".len()..]));
                assert!(file.ends_with(&block.text), "line {}: {rest} says something else", block.line);
            }
            ("rust", None) => {
                let name = format!("line_{}", block.line);
                let door = self.folder.path().join("plugins/door");
                std::fs::create_dir_all(door.join("tests")).unwrap();
                std::fs::write(door.join("tests").join(&name).with_extension("rs"), &block.text).unwrap();
                succeed(self.command("cargo").current_dir(&door).args(["test", "--test", &name]));
            }
            (_, Some(path)) => std::fs::write(self.here.join(path), &block.text).unwrap(),
            _ => panic!("line {}: a block that nobody runs: `{}`", block.line, block.info),
        }
    }

    fn run(&mut self, block: &Block<'_>) {
        let script = format!("set -eu\n{}pwd >&3\n", block.text);
        let end = self.folder.path().join("pwd");
        let mut shell = self.command("sh");
        shell.arg("-c").arg(format!("exec 3>'{}'\n{script}", end.display()));
        println!("line {}:\n{}", block.line, succeed(&mut shell));
        self.here = std::fs::read_to_string(&end).unwrap().trim_end().into();
        // The versions that we test with, and no question to a registry.
        if self.here.join("Cargo.toml").exists() && !self.here.join("Cargo.lock").exists() {
            std::fs::copy(root().join("plugins/Cargo.lock"), self.here.join("Cargo.lock")).unwrap();
        }
    }
}

#[test]
fn every_block_of_the_guide_works() {
    let page = std::fs::read_to_string(root().join("docs/plugin-development.md")).unwrap();
    let blocks = blocks(&page);
    let count = |language: &str| blocks.iter().filter(|block| block.info.starts_with(language)).count();
    assert!(count("sh") >= 6 && count("rust") >= 2 && count("go") >= 3, "the guide has lost its code");
    let mut reader = Reader::new();
    for block in &blocks {
        reader.follow(block);
    }
}

#[test]
fn every_link_of_the_guide_leads_somewhere() {
    let folder = root().join("docs");
    let page = std::fs::read_to_string(folder.join("plugin-development.md")).unwrap();
    let headings = |page: &str| -> Vec<String> {
        let titles = page.lines().filter(|line| line.starts_with('#'));
        let titles = titles.map(|line| line.trim_start_matches(['#', ' ']).to_lowercase());
        titles.map(|title| title.replace(' ', "-").replace(['`', ','], "")).collect()
    };
    let mut links = 0;
    for link in page.split("](").skip(1) {
        let link = link.split(')').next().unwrap();
        let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
        let target = if path.is_empty() { page.clone() } else { read(&folder.join(path)) };
        assert!(anchor.is_empty() || headings(&target).iter().any(|it| it == anchor), "{link}");
        links += 1;
    }
    assert!(links > 15);
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
