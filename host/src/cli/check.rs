//! `quoin check`.

use super::VERSION;
use super::args::{CheckArgs, Format};
use super::progress::ProgressLine;
use super::{Trouble, log, print};
use crate::builtin;
use crate::network;
use crate::profile::{self, Profile};
use crate::report::{
    Detail, Escaped, ExecutionId, Moment, Report, Style, Summary, Table, Target, summary_line,
    terminal_width, write_json,
};
use crate::run::{self, Events, Filter, Finished, Plan, Prepare, Prepared};
use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _, Write};
use std::panic;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Runs the checks of a profile and answers the exit status. Everything that can be wrong with what was asked for is found
/// before the first check runs.
pub(super) fn check(args: CheckArgs, prepare: Prepare) -> Result<u8, Trouble> {
    let profile = Arc::new(load(&args.profile)?);
    let filter = Filter { ids: args.controls, tags: args.tags, severity: args.severity };
    let selected = filter.select(&profile)?;
    let target = args.output.as_deref().map_or(Ok(Target::Stdout), Target::check)?;
    let mut setup = args.setting.setup(log::sink(args.verbose));
    if args.validate
        && let Some(net) = setup.net.take()
    {
        network::validate(&net)?;
    }
    let Prepared { observer, warnings } = prepare(&profile, &selected, setup)?;
    for warning in warnings.iter().filter(|_| !args.quiet) {
        log::note(format_args!("quoin: warning: {}", Escaped(warning)));
    }
    if args.validate {
        return print(|to| writeln!(to, "{}: {}", args.profile.display(), validated(&profile, &selected)));
    }
    // A defect that ends this process ends the commands first that run on behalf of its checks.
    let (commands, end) = (Arc::clone(&observer), panic::take_hook());
    panic::set_hook(Box::new(move |panic| {
        commands.interrupt();
        end(panic);
    }));
    let plan = Plan {
        profile,
        selected,
        jobs: args.jobs.unwrap_or_else(run::default_jobs),
        timeout: args.timeout,
        grace: Plan::GRACE,
        farewell: Plan::FAREWELL,
    };
    // Log lines would run into the progress line.
    let mut progress = ProgressLine::new(!args.quiet && !args.verbose);
    let events = Events::default();
    events.watch_signals().map_err(|error| Trouble::new(format!("cannot watch for signals: {error}")))?;
    let (start_time, start) = (Moment::now(), Instant::now());
    let finished = run::run(&plan, observer, &events, &mut |now| progress.show(now));
    progress.clear();
    let Finished { controls, signal } =
        finished.map_err(|error| Trouble::new(format!("cannot start a thread to run checks: {error}")))?;

    let report = Report {
        execution_id: ExecutionId::random(),
        quoin_version: VERSION.to_owned(),
        profile_name: plan.profile.name.clone(),
        profile_version: plan.profile.version.clone(),
        start_time,
        end_time: Moment::now(),
        duration: start.elapsed(),
        summary: Summary::of(&controls),
        controls,
    };
    let detail = match (args.quiet, args.verbose) {
        (true, _) => Detail::Quiet,
        (_, true) => Detail::Verbose,
        _ => Detail::Normal,
    };
    let status = match signal {
        Some(signal) => signal.exit_status(),
        None => u8::from(!report.summary.clean()),
    };
    // The table is plain and 80 wide in a file, as in a log.
    let (style, width) = if target.is_stdout() {
        (Style::of(&io::stdout()), terminal_width(io::stdout()))
    } else {
        (Style::Plain, 80)
    };
    let in_file = !target.is_stdout();
    target.write(|to| write_report(&report, args.format, Table { style, width, detail }, to))?;
    if in_file && !args.quiet && io::stderr().is_terminal() {
        // The report is in its file; whoever sits at the terminal wants to know how it went.
        let _ = writeln!(io::stderr(), "{}", summary_line(&report.summary, report.duration));
    }
    Ok(status)
}

/// What was looked at and is as it should be.
fn validated(profile: &Profile, selected: &[bool]) -> String {
    let count = |count: usize, word| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let controls: Vec<_> = profile.controls.iter().zip(selected).filter(|(_, selected)| **selected).collect();
    let observations: Vec<_> = controls.iter().flat_map(|(control, _)| &control.observations).collect();
    let plugins: BTreeSet<_> = observations.iter().map(|observation| &observation.plugin).collect();
    format!(
        "valid: {} with {} and the configurations of {}; nothing was run",
        count(controls.len(), "control"),
        count(plugins.len(), "plugin"),
        count(observations.len(), "observation"),
    )
}

fn write_report(report: &Report, format: Format, table: Table, to: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table.write(report, to),
        Format::Json => write_json(report, to),
    }
}

/// Loads a profile; everything that is wrong with it is said at once.
fn load(path: &Path) -> Result<Profile, Trouble> {
    profile::load(path, &builtin::names()).map_err(|diagnostics| {
        let (count, path) = (diagnostics.count(), path.display());
        let errors = if count == 1 { "an error".to_owned() } else { format!("{count} errors") };
        Trouble::new(format!("the profile {path} has {errors}; nothing was run\n\n{diagnostics}"))
    })
}
