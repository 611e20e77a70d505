//! A configuration that a capability allows, to show in a README.

use quoin_engine::capability::{Access, Capability, CapabilitySet, HostPattern, NetworkRule, PortSet};

/// A configuration for the first check with this capability, in YAML.
pub(super) fn config(capability: &Capability) -> String {
    let quoted = |text: &str| format!("\"{}\"", super::text::escaped(text));
    match capability {
        Capability::FsRead(glob) | Capability::FsWrite(glob) => {
            let set = CapabilitySet::new([capability.clone()]).ok();
            let allowed = |path: &&String| set.as_ref().is_some_and(|set| set.allows(&Access::FsRead(path)));
            let glob = first_alternative(&glob.to_string());
            let plain = plain(&glob);
            let path =
                [&plain, &glob, &without_classes(&plain)].into_iter().find(allowed).unwrap_or(&plain).clone();
            format!("{{path: {}}}", quoted(&path))
        }
        Capability::Network(rule) => {
            let (host, port) = match rule {
                NetworkRule::Private => ("192.168.1.1".to_owned(), 80),
                NetworkRule::To(host, ports) => (host_name(host), first(ports)),
            };
            format!("{{host: {}, port: {port}}}", quoted(&host))
        }
        Capability::Exec(commands) => {
            let commands = commands.to_string();
            format!("{{command: {}}}", quoted(&plain(commands.split(',').next().unwrap_or_default())))
        }
        Capability::Env(variables) => {
            let name = variables.to_string();
            let name = if name == "*" { "HOME".to_owned() } else { name.replace('*', "EXAMPLE") };
            format!("{{name: {}}}", quoted(&name))
        }
    }
}

/// A glob with words in place of its wildcards.
fn plain(glob: &str) -> String {
    let path = glob.replace("**", "*").replace('*', "example").replace('?', "x");
    if path == "example" { "/example".to_owned() } else { path }
}

/// `/a/x` of `{/a/x,/b/x}`, which is how alternatives are written out.
fn first_alternative(glob: &str) -> String {
    let inside = glob.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    inside.and_then(|list| list.split(',').next()).unwrap_or(glob).to_owned()
}

/// With one character in place of each class: its first, or one that is none of those it excludes.
fn without_classes(glob: &str) -> String {
    let (mut text, mut rest) = (String::new(), glob);
    while let Some((before, inside)) = rest.split_once('[')
        && let Some((members, after)) = inside.split_once(']')
    {
        text.push_str(before);
        text.extend(match members.strip_prefix('!') {
            Some(excluded) => ('a'..='z').find(|c| !excluded.contains(*c)),
            None => members.chars().next(),
        });
        rest = after;
    }
    text + rest
}

fn host_name(host: &HostPattern) -> String {
    match host {
        HostPattern::Any => "example.com".to_owned(),
        HostPattern::Name(name) => name.clone(),
        HostPattern::Below(name) => format!("www.{name}"),
        HostPattern::Block(block) => {
            let block = block.to_string();
            block.split('/').next().unwrap_or_default().trim_matches(['[', ']']).to_owned()
        }
    }
}

/// The port that a person expects, or the first.
fn first(ports: &PortSet) -> u16 {
    [443, 80].into_iter().chain(1..=u16::MAX).find(|port| ports.contains(*port)).unwrap_or(443)
}

#[cfg(test)]
mod tests {
    use super::config;

    #[test]
    fn examples_are_within_the_capability() {
        for (capability, expected) in [
            ("fs:read:/proc/**", r#"{path: "/proc/example"}"#),
            ("fs:read:/proc/uptime", r#"{path: "/proc/uptime"}"#),
            ("fs:read:**", r#"{path: "/example"}"#),
            ("fs:read:/etc/*.d/?", r#"{path: "/etc/example.d/x"}"#),
            ("fs:read:/{etc,var}/x", r#"{path: "/etc/x"}"#),
            ("fs:read:/etc/[a-c]z[!d]", r#"{path: "/etc/aza"}"#),
            ("network:outbound:*", r#"{host: "example.com", port: 443}"#),
            ("network:outbound:22,8080", r#"{host: "example.com", port: 22}"#),
            ("network:outbound:*.example.org:80-90", r#"{host: "www.example.org", port: 80}"#),
            ("network:outbound:[2001:db8::/32]:53", r#"{host: "2001:db8::", port: 53}"#),
            ("network:outbound:https://a.example/b", r#"{host: "a.example", port: 443}"#),
            ("exec:uptime,df", r#"{command: "df"}"#),
            ("exec:/usr/bin/*", r#"{command: "/usr/bin/example"}"#),
            ("env:APP_*", r#"{name: "APP_EXAMPLE"}"#),
            ("env:*", r#"{name: "HOME"}"#),
        ] {
            assert_eq!(config(&capability.parse().unwrap()), expected, "{capability}");
        }
    }
}
