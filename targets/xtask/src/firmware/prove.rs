//! The proof: the firmware on an emulated board, with an emulated network card, against servers that it can reach and against what is
//! not there, and with a flash that holds no plan.

use super::servers::Servers;
use crate::toolchain;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// What the emulator calls the board.
const BOARD: &str = "mps2-an386";
/// Where the board looks for its plan.
const PLAN: &str = "0x300000";
/// What one run may take; it takes about two seconds.
const PATIENCE: Duration = Duration::from_secs(90);
/// Bytes of flash that the firmware may have.
const FLASH: u64 = 1_600_000;
/// Bytes of heap that the proof may use.
const HEAP: u64 = 1_200_000;

/// What is proven with.
struct Bench<'a> {
    qemu: &'a Path,
    folder: &'a Path,
    firmware: &'a Path,
    tool: &'a Path,
}

/// Runs the firmware with a plan that passes, with one that does not, and with none.
///
/// # Errors
///
/// What is missing, or was not as it had to be.
pub(crate) fn run(repository: &Path, folder: &Path, firmware: &Path, tool: &Path) -> Result<String, String> {
    let begun = Instant::now();
    let servers = Servers::start()?;
    let vars = format!("{{dns: {}, open: {}, closed: {}}}", servers.dns, servers.open()?, Servers::closed()?);
    let qemu = toolchain::output(&mut Command::new(repository.join("tests/provision/qemu")))?;
    let proof = repository.join("targets/bare-metal/proof");
    let bench = Bench { qemu: Path::new(qemu.trim_end()), folder, firmware, tool };

    let plan = bench.plan(&proof, "passes", &vars)?;
    let passed = bench.report(Some(&plan), &["PASS   port-open", "4 controls: 4 passed"], 0)?;

    let plan = bench.plan(&proof, "fails", &vars)?;
    let expected = [
        "FAIL   port",
        "connection refused",
        "FAIL   name",
        "nobody.example. does not exist",
        "ERROR  file",
        "plugin file is not in this firmware, which has dns, http, smtp,",
        "ERROR  encrypted",
        "this build of Quoin has no TLS",
    ];
    bench.report(Some(&plan), &expected, 1)?;

    bench.report(None, &["the board stopped: there is no plan in flash at 0x00300000"], 2)?;
    let cut = fs::read(&plan).map_err(|error| error.to_string())?;
    let short = folder.join("cut.plan");
    fs::write(&short, &cut[..cut.len() / 2]).map_err(|error| error.to_string())?;
    bench.report(Some(&short), &["the plan in flash at 0x00300000 is a frame that was cut short"], 2)?;

    let (flash, heap) = (number(&passed, " bytes of flash")?, number(&passed, " of 16777216 of heap")?);
    for (what, bytes, budget) in [("flash", flash, FLASH), ("heap", heap, HEAP)] {
        if bytes > budget {
            return Err(format!("the firmware takes {bytes} bytes of {what}, and its budget is {budget}"));
        }
    }
    Ok(format!(
        "{passed}\nthe firmware does what it is to do, on an emulated {BOARD}, in {} s",
        begun.elapsed().as_secs()
    ))
}

/// The number before `what`.
fn number(text: &str, what: &str) -> Result<u64, String> {
    let before = text.split(what).next().unwrap_or_default();
    let word = before.rsplit(' ').next().unwrap_or_default();
    word.parse().map_err(|_| format!("nothing is said of{what}: {text}"))
}

impl Bench<'_> {
    /// Makes a plan of the profile of that name, with these variables.
    fn plan(&self, proof: &Path, name: &str, vars: &str) -> Result<PathBuf, String> {
        let profile = self.folder.join(name).with_extension("yaml");
        let base = proof.join(name).with_extension("yaml");
        let text = format!(
            "profile: {{name: A board that {name}, version: 1.0.0}}\nextends: ['{}']\nvars: {vars}\n",
            base.display()
        );
        fs::write(&profile, text).map_err(|error| format!("{}: {error}", profile.display()))?;
        let plan = profile.with_extension("plan");
        let mut tool = Command::new(self.tool);
        tool.arg("plan").arg(&profile).arg("--output").arg(&plan);
        toolchain::output(&mut tool)?;
        Ok(plan)
    }

    /// Starts the board with a plan in its flash, reads its report, and looks for what has to be in it.
    fn report(&self, plan: Option<&Path>, expected: &[&str], status: i32) -> Result<String, String> {
        let mut qemu = Command::new(self.qemu);
        qemu.args(["-machine", BOARD, "-display", "none", "-monitor", "none", "-serial", "stdio"]);
        // A network of the emulator's own, with a DHCP server, in which this machine's loopback is a host.
        qemu.args(["-nic", "user,ipv6=off"]).arg("-kernel").arg(self.firmware);
        if let Some(plan) = plan {
            qemu.arg("-device").arg(format!("loader,file={},addr={PLAN},force-raw=on", plan.display()));
        }
        qemu.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut board =
            qemu.spawn().map_err(|error| format!("{} does not run: {error}", self.qemu.display()))?;
        let serial = board.stdout.take().ok_or("the emulator has no serial port")?;
        let guard = Guard::over(board);
        let mut tool = Command::new(self.tool);
        tool.args(["report", "-"]).stdin(serial);
        let output = tool.output().map_err(|error| format!("{}: {error}", self.tool.display()))?;
        let in_time = guard.end();
        let said = said(&output);
        let wrong = if !in_time {
            format!("the board was not done within {PATIENCE:?}")
        } else if output.status.code() != Some(status) {
            format!("{} where {status} was expected", output.status)
        } else if let Some(missing) = expected.iter().find(|text| !said.contains(*text)) {
            format!("`{missing}` is missing")
        } else {
            return Ok(said);
        };
        Err(format!("{wrong}:\n{said}"))
    }
}

/// What a program said, the report first.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Ends the emulator, after [`PATIENCE`] at the latest.
struct Guard {
    done: Sender<()>,
    thread: thread::JoinHandle<bool>,
}

impl Guard {
    fn over(mut board: Child) -> Self {
        let (done, wait) = channel();
        let thread = thread::spawn(move || {
            let in_time = wait.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout);
            let _ = board.kill();
            let _ = board.wait();
            in_time
        });
        Self { done, thread }
    }

    /// Ends it now, and answers whether it had not been ended before.
    fn end(self) -> bool {
        let _ = self.done.send(());
        self.thread.join().unwrap_or(false)
    }
}
