//! [`runs_code`]: programs that run whatever they are told to, which makes a grant for one of them a grant for all.

use alloc::format;
use alloc::string::String;

/// When a program runs code that it was not installed with.
enum When {
    /// However it is called: it is a shell, it starts other programs, or its first argument is a program.
    Always,
    /// With an option of these letters, alone or among others (`-Ic`), or with one of these words. A word that begins with
    /// `--` counts with a value behind `=` and abbreviated too.
    Told(&'static str, &'static str),
}

/// Programs by their names, without a version; what ends with `*` stands for all that begin so. No list of them is
/// complete; one that is missing here is run like any other, with a grant that names it or a pattern.
const PROGRAMS: &[(&str, When)] = &[
    (
        "ash bash busybox coreutils csh dash elvish fish ksh lksh mksh nu pwsh rbash rc sh tcsh toybox xonsh yash zsh",
        When::Always,
    ),
    ("awk ed emacs ex gawk gsed mawk nawk nvim original-awk red rvim sed vi view vim", When::Always),
    (
        "at batch capsh chpst chroot chrt ctr dbclient doas docker env fakeroot flock gdb gdbserver gmake ionice ltrace \
         lxc-attach machinectl make nerdctl nice nohup nsenter parallel pkexec podman prlimit runuser screen script \
         setpriv setsid socat ssh start-stop-daemon stdbuf strace su su-exec sudo systemd-run taskset time timeout tmux \
         unshare watch xargs choom linux32 linux64 logsave newgrp run-parts scp setarch sftp sg ssh-agent",
        When::Always,
    ),
    // The loader runs the program that its argument names, and Quoin grants whatever its arguments say.
    ("ld-linux* ld-musl* ld.so* ld64.so* quoin*", When::Always),
    ("mysql psql sqlite sqlite3", When::Always),
    ("sort", When::Told("", "--compress-program")),
    ("split", When::Told("", "--filter")),
    ("wget", When::Told("", "--use-askpass")),
    ("python pypy micropython", When::Told("cm", "")),
    ("perl", When::Told("eEmMdx", "")),
    ("ruby jruby", When::Told("erx", "")),
    ("node nodejs bun deno", When::Told("epr", "--eval --print --require --import eval")),
    ("php", When::Told("rBREFd", "--run --process-begin --process-code --process-end")),
    ("lua luajit", When::Told("el", "")),
    ("guile expect Rscript groovy scala", When::Told("ce", "")),
    ("find", When::Told("", "-exec -execdir -ok -okdir")),
    // It takes the beginning of a word for the word.
    ("ip", When::Told("", "e ex exe exec")),
    (
        "tar bsdtar",
        When::Told(
            "IF",
            "--to-command --checkpoint-action --use-compress-program --info-script --new-volume-script --rsh-command \
             --rmt-command",
        ),
    ),
    ("git", When::Told("c", "--config-env --exec-path --upload-pack --receive-pack")),
    ("rsync", When::Told("e", "--rsh --rsync-path")),
    ("nc ncat netcat", When::Told("ec", "--exec --sh-exec --lua-exec")),
];

/// Variables that make a program run code from elsewhere: the loader's, and those that interpreters read. What ends with
/// `*` stands for all that begin so.
const VARIABLES: &str = "LD_* PERL5* PYTHON* RUBY* NODE_* LUA_* BASH_ENV BASH_FUNC_* ENV GIT_* PHPRC PHP_INI_SCAN_DIR TAR_OPTIONS RSYNC_* \
     EDITOR VISUAL PAGER LESS* SSH_ASKPASS";

/// Whether a program with these arguments and this environment (`NAME=value`) runs code that somebody hands it, rather than
/// what it was written for. `program` is its resolved path, `asked` what the guest called it: a program that is many in one
/// goes by the latter.
pub(crate) fn runs_code(program: &str, asked: &str, args: &[String], env: &[String]) -> bool {
    let told = |(name, when): (&str, &When)| match when {
        // Every applet of such a program has its path; by its own name it takes the applet's from its arguments.
        When::Always if is_many(name) => is_many(versionless(asked)),
        When::Always => true,
        When::Told(letters, words) => {
            args.iter().any(|argument| is_told(argument, letters, words))
                || name.ends_with("tar")
                    && args.first().is_some_and(|first| is_told(&format!("-{first}"), letters, ""))
        }
    };
    let variable = |variable: &String| {
        let name = variable.split_once('=').map_or(variable.as_str(), |(name, _)| name);
        VARIABLES.split(' ').any(|known| match known.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == known,
        })
    };
    [program, asked].into_iter().filter_map(find).any(told) || env.iter().any(variable)
}

/// Whether running this program can mean running anything, with the right arguments. `command` is a name or a path.
pub(super) fn may_run_code(command: &str) -> bool {
    find(command).is_some()
}

fn find(command: &str) -> Option<(&'static str, &'static When)> {
    let name = command.rsplit('/').next().unwrap_or_default();
    let is = |known: &&str| match known.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name.strip_prefix(*known).is_some_and(is_variant),
    };
    PROGRAMS.iter().find_map(|(names, when)| Some((names.split(' ').find(is)?, when)))
}

/// Whether that behind a program's name says which one of its kind it is: `3.11`, `5.36-x86_64-linux-gnu`, `-2.1.0`, `.basic`.
fn is_variant(rest: &str) -> bool {
    let word = rest.strip_prefix(['.', '-']).unwrap_or(rest);
    rest.is_empty()
        || word.starts_with(|c: char| c.is_ascii_digit())
        || word != rest && VARIANTS.split(' ').any(|known| word == known)
}

/// What Debian calls variants of one program.
const VARIANTS: &str = "athena basic classic gtk gtk3 motif nox openbsd static tiny traditional";

fn versionless(command: &str) -> &str {
    find(command).map_or(command, |(name, _)| name)
}

fn is_many(name: &str) -> bool {
    matches!(name, "busybox" | "coreutils" | "toybox")
}

fn is_told(argument: &str, letters: &str, words: &str) -> bool {
    let name = argument.split_once('=').map_or(argument, |(name, _)| name);
    let long = argument.starts_with("--");
    let word = |word: &str| match long && word.starts_with("--") && name.len() > 2 {
        true => word.starts_with(name),
        false => argument == word,
    };
    let cluster = argument.strip_prefix('-').filter(|_| !long);
    !argument.is_empty() && words.split(' ').any(word)
        || cluster.is_some_and(|cluster| cluster.contains(|c| letters.contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn code(program: &str, asked: &str, args: &[&str]) -> bool {
        let args: Vec<_> = args.iter().map(ToString::to_string).collect();
        runs_code(program, asked, &args, &[])
    }

    #[test]
    fn shells_and_what_starts_others_always_do() {
        for (program, asked) in [
            ("/usr/bin/dash", "sh"),
            ("/usr/bin/dash", "/bin/sh"),
            ("/bin/busybox", "sh"),
            ("/bin/busybox", "/bin/ash"),
            ("/bin/busybox", "busybox"),
            ("/usr/bin/coreutils", "env"),
            ("/usr/bin/coreutils", "/usr/bin/coreutils"),
            ("/usr/bin/bash", "/opt/harmless"),
            ("/usr/bin/mawk", "awk"),
            ("/usr/bin/env", "env"),
            ("/usr/bin/vim.basic", "vi"),
            ("/usr/bin/vim.basic", "/usr/bin/vim.basic"),
            ("/bin/bash-static", "/bin/bash-static"),
            ("/usr/bin/busybox.static", "/usr/bin/busybox.static"),
            ("/lib64/ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.2"),
            ("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "ld.so"),
            ("/lib/ld-musl-mips-sf.so.1", "/lib/ld-musl-mips-sf.so.1"),
            ("/tmp/quoin-mips", "/tmp/quoin-mips"),
            ("/usr/bin/setarch", "linux64"),
        ] {
            assert!(code(program, asked, &[]), "{program} {asked}");
        }
        for (program, asked) in [
            ("/usr/bin/uname", "uname"),
            ("/bin/busybox", "ls"),
            ("/usr/bin/coreutils", "sha256sum"),
            ("/bin/busybox", "/bin/ls"),
            ("/usr/bin/sha256sum", "sha256sum"),
            ("/usr/bin/ssh-keygen", "ssh-keygen"),
            ("/usr/bin/shred", "shred"),
        ] {
            assert!(!code(program, asked, &["-c", "-e", "-exec"]), "{program} {asked}");
        }
    }

    #[test]
    fn interpreters_do_where_they_are_told_to() {
        for (program, args, expected) in [
            ("/usr/bin/python3.11", &["-c", "1"][..], true),
            ("/usr/bin/python3.11", &["-Ic1"], true),
            ("/usr/bin/python3.11", &["-W", "ignore", "-c", "1"], true),
            ("/usr/bin/python3.11", &["--version"], false),
            ("/usr/bin/python3.11", &["/usr/share/check.py", "--color"], false),
            ("/usr/bin/perl5.36-x86_64-linux-gnu", &["-we1"], true),
            ("/usr/bin/perl", &["-v"], false),
            ("/usr/bin/node", &["--eval=1"], true),
            ("/usr/bin/node", &["--ev", "1"], true),
            ("/usr/bin/node", &["--version"], false),
            ("/usr/bin/find", &["/etc", "-exec", "id", ";"], true),
            ("/usr/bin/find", &["/etc", "-name", "exec"], false),
            ("/usr/sbin/ip", &["netns", "exec", "a", "id"], true),
            ("/usr/sbin/ip", &["netns", "ex", "a", "id"], true),
            ("/usr/sbin/ip", &["route", ""], false),
            ("/usr/bin/tar", &["-cf", "/dev/null", "--to-c=id", "/etc"], true),
            ("/usr/bin/tar", &["-tf", "/a.tar", "--"], false),
            ("/usr/bin/tar", &["cIf", "id", "/dev/null", "/etc"], true),
            ("/usr/bin/tar", &["tf", "/srv/If"], false),
            ("/usr/bin/luajit-2.1.0-beta3", &["-e", "x()"], true),
            ("/usr/bin/split", &["--filter=id", "/etc/hosts"], true),
            ("/usr/bin/split", &["-n", "2"], false),
            ("/usr/bin/sort", &["--compress-program=id"], true),
            ("/usr/bin/git", &["-c", "alias.x=!id", "x"], true),
        ] {
            let asked = program.rsplit('/').next().unwrap();
            assert_eq!(code(program, asked, args), expected, "{program} {args:?}");
        }
    }

    #[test]
    fn so_do_variables_that_bring_code() {
        for (variable, expected) in [
            ("LD_PRELOAD=/tmp/a.so", true),
            ("TAR_OPTIONS=--to-command=id", true),
            ("PYTHONPATH=/tmp", true),
            ("ENV=/tmp/a", true),
            ("ENVIRONMENT=test", false),
            ("PATH=/bin", false),
            ("LANG=C", false),
        ] {
            let env = [variable.to_string()];
            assert_eq!(runs_code("/usr/bin/uname", "uname", &[], &env), expected, "{variable}");
        }
    }
}
