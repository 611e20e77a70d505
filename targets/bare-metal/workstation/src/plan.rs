//! From a profile to a board's plan.

use quoin::builtin;
use quoin::plugin::{Plugin, Setup, Workbench};
use quoin::profile::{self, PluginSource, Profile};
use quoin_frames::{Control, Observation, PLAN_BYTES, Plan, encode};
use quoin_net::link::Options;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The frame of a plan for `profile` on the network that `net` describes, and what its author should know.
///
/// # Errors
///
/// What is wrong with the profile or the network, or what a board does not do.
pub fn frame(profile: &Path, net: &str) -> Result<(Vec<u8>, Vec<String>), String> {
    let options = network(net)?;
    let loaded = profile::load(profile, &builtin::names())
        .map_err(|diagnostics| format!("the profile {}:\n\n{diagnostics}", profile.display()))?;
    let (profile, warnings) = translate(&loaded)?;
    let plan = Plan { seed: seed()?, net: options.to_string(), profile };
    match encode(&plan) {
        Ok(frame) if frame.len() <= PLAN_BYTES => Ok((frame, warnings)),
        _ => Err(format!(
            "the plan is larger than the {PLAN_BYTES} bytes that a board keeps for it: split the profile"
        )),
    }
}

/// The board's own options, which name no device: it has one.
fn network(net: &str) -> Result<Options, String> {
    const DEVICE: &str = "raw:board,";
    format!("{DEVICE}{net}")
        .parse::<Options>()
        .map_err(|error| format!("--net: {}", error.message().replacen(DEVICE, "", 1)))
}

fn seed() -> Result<[u8; 32], String> {
    let mut seed = [0; 32];
    let mut source = File::open("/dev/urandom").map_err(|error| format!("/dev/urandom: {error}"))?;
    source.read_exact(&mut seed).map_err(|error| format!("/dev/urandom: {error}"))?;
    Ok(seed)
}

/// Loads the plugins of a profile, and holds its configurations against them.
fn translate(profile: &Profile) -> Result<(quoin_frames::Profile, Vec<String>), String> {
    let bench = Workbench::open(Setup::default()).map_err(|error| error.to_string())?;
    let mut plugins = BTreeMap::new();
    let used: Vec<_> = profile
        .controls
        .iter()
        .flat_map(|control| &control.observations)
        .map(|observation| &observation.plugin)
        .collect();
    for plugin in profile.plugins.iter().filter(|plugin| used.contains(&&plugin.name)) {
        let name = plugin.name.as_str();
        if plugin.source != PluginSource::BuiltIn {
            return Err(format!(
                "{}: plugin {name} is a file, and a board has only the plugins that are in its firmware",
                plugin.location
            ));
        }
        let loaded = bench.load_from(name, &plugin.source).map_err(|error| error.to_string())?;
        plugins.insert(&plugin.name, loaded);
    }
    let mut warnings = Vec::new();
    let mut controls = Vec::new();
    for control in &profile.controls {
        let refuse = |what: &str| format!("{}: control {}: a board {what}", control.location, control.id);
        if !control.depends_on.is_empty() {
            return Err(refuse("looks at every control, whatever became of others: leave `depends_on` out"));
        }
        if control.retry.retries > 0 {
            return Err(refuse("tries once: leave `retries` out"));
        }
        let mut observations = Vec::new();
        for observation in &control.observations {
            let Some(plugin) = plugins.get(&observation.plugin) else {
                return Err(format!("{}: plugin {} is not known", observation.location, observation.plugin));
            };
            observations.push(translate_observation(observation, plugin, &mut warnings)?);
        }
        controls.push(Control {
            id: control.id.to_string(),
            name: control.name.clone(),
            description: control.description.clone(),
            severity: control.severity.map(|severity| severity.as_str().to_owned()),
            owner: control.owner.clone(),
            tags: control.tags.clone(),
            timeout_ms: u64::try_from(control.timeout.as_millis()).unwrap_or(u64::MAX),
            observations,
        });
    }
    let (name, version) = (profile.name.clone(), profile.version.clone());
    Ok((quoin_frames::Profile { name, version, controls }, warnings))
}

fn translate_observation(
    observation: &profile::Observation,
    plugin: &Plugin,
    warnings: &mut Vec<String>,
) -> Result<Observation, String> {
    let config = plugin.configure(Value::Object(observation.config.clone())).map_err(|error| {
        let misfits = error.misfits.iter().map(|misfit| {
            let location = observation.config_location(&misfit.pointer);
            format!("{location}: plugin {}: {}", observation.plugin, misfit.message)
        });
        misfits.collect::<Vec<_>>().join("\n")
    })?;
    let more = plugin.warnings_about(&config);
    warnings.extend(more.iter().map(|warning| format!("{}: {warning}", observation.location)));
    Ok(Observation {
        plugin: observation.plugin.to_string(),
        config: Value::Object(config.get().clone()).to_string(),
        capabilities: plugin.asked(&config).capabilities().map(ToString::to_string).collect(),
        expect: observation.expect.iter().map(|expectation| expectation.text().to_owned()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use quoin_frames::decode;
    use std::fs;

    fn made(controls: &str, net: &str) -> Result<Plan, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profile.yaml");
        let head = "profile: {name: Door, version: 1.0.0}\nplugins: [./own.wasm]\ncontrols:\n  items:\n";
        fs::write(&path, format!("{head}    {controls}\n")).unwrap();
        let (frame, _) = frame(&path, net)?;
        Ok(decode(&frame[..frame.len() - 1]).unwrap())
    }

    #[test]
    fn a_plan_has_what_a_board_needs() {
        let control = r#"- {id: ssh, timeout: 5s, severity: high, observations: [{plugin: tcp, config: {host: 192.0.2.1, port: 22}, expect: ["data.connected"]}]}"#;
        let plan = made(control, "addr=192.0.2.5/24,gw=192.0.2.1").unwrap();
        assert_eq!(plan.net, "raw:board,addr=192.0.2.5/24,gw=192.0.2.1");
        assert_ne!(plan.seed, [0; 32]);
        assert_eq!(plan.profile.name, "Door");
        let control = &plan.profile.controls[0];
        assert_eq!((control.id.as_str(), control.timeout_ms), ("ssh", 5_000));
        assert_eq!(control.severity.as_deref(), Some("high"));
        let observation = &control.observations[0];
        let config: Value = serde_json::from_str(&observation.config).unwrap();
        assert_eq!(config["port"], 22);
        assert_eq!(config["tls"], false, "defaults are filled in");
        assert_eq!(observation.capabilities, ["network:outbound:192.0.2.1:22"]);
        assert_eq!(observation.expect, ["data.connected"]);
    }

    #[test]
    fn what_a_board_does_not_do_is_said() {
        let observations = "observations: [{plugin: tcp, config: {host: a, port: 22}}]";
        for (control, net, says) in [
            (format!("- {{id: a, retries: 2, {observations}}}"), "dhcp", "control a: a board tries once"),
            (
                format!("- {{id: a, {observations}}}\n    - {{id: b, depends_on: [a], {observations}}}"),
                "dhcp",
                "leave `depends_on` out",
            ),
            (
                "- {id: a, observations: [{plugin: tcp, config: {host: a, port: 0}}]}".into(),
                "dhcp",
                "plugin tcp: ",
            ),
            (
                format!("- {{id: a, {observations}}}"),
                "dchp",
                "--net: dchp: unknown option `dchp`; did you mean `dhcp`?",
            ),
            (format!("- {{id: a, {}}}", observations.replace("tcp", "own")), "dhcp", "is a file"),
            (
                format!("- {{id: a, description: {}, {observations}}}", "x".repeat(PLAN_BYTES)),
                "dhcp",
                "split the profile",
            ),
        ] {
            let error = made(&control, net).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
