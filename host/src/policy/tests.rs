//! What derives from which schema and configuration.

use super::*;
use quoin_engine::capability::{Access, Remedy};
use serde_json::{Value, json};

const ALL: [&str; 7] = [
    "fs:read:**",
    "fs:write:**",
    "exec:**",
    "exec:*",
    "env:*",
    "network:outbound:*",
    "network:outbound:private",
];

fn declared(capabilities: &[&str]) -> Capabilities {
    let split = |text: &&str| {
        let (kind, pattern) = text.split_once(':').unwrap();
        json!({"kind": kind, "pattern": pattern})
    };
    serde_json::from_value(capabilities.iter().map(split).collect()).unwrap()
}

/// The schema of a plugin that says nothing about its configuration.
fn any() -> Schema {
    Schema::new(json!({})).unwrap()
}

fn grants(schema: Value, config: Value) -> (Grants, Vec<Warning>) {
    let schema = Schema::new(schema).unwrap();
    let (policy, warnings) = PluginPolicy::new(&declared(&ALL), &schema, &OperatorGrants::default());
    assert_eq!(warnings, []);
    policy.grants(&schema.configure(config).unwrap())
}

/// What an annotation on property `x` makes of a value, as the accesses that are allowed of these.
fn annotated(template: &str, config: Value) -> (Grants, Vec<Warning>) {
    grants(json!({"properties": {"x": {"x-capability": template}}}), config)
}

fn connects(grants: &Grants, host: &str, port: u16) -> bool {
    grants.decide(Access::Connect { host, port }).is_ok()
}

fn refuses_everything(grants: &Grants) -> bool {
    let probes = [
        Access::FsRead("/etc/passwd"),
        Access::FsRead("/"),
        Access::FsWrite("/etc/passwd"),
        Access::Env("A"),
        Access::Exec { program: "/bin/a", asked: "a" },
        Access::Connect { host: "a", port: 443 },
        Access::Connect { host: "10.0.0.1", port: 80 },
        Access::Address { host: "a", address: [10, 0, 0, 1].into(), port: 80 },
    ];
    !grants.any_fs() && probes.iter().all(|probe| grants.decide(*probe).is_err())
}

#[test]
fn a_path_is_literal() {
    let (grants, warnings) = annotated("fs:read:{value}", json!({"x": "/srv/*"}));
    assert_eq!((grants.literals().collect::<Vec<_>>(), warnings.len()), (vec![("/srv/*", false)], 0));
    assert!(grants.decide(Access::FsRead("/srv/a")).is_err());
    let (grants, _) = annotated("fs:write:{value}", json!({"x": "/srv/a"}));
    assert_eq!(grants.literals().collect::<Vec<_>>(), [("/srv/a", true)]);
    for bad in [json!("../etc"), json!("/a/../b"), json!(true), json!({"a": 1}), json!(1.5)] {
        let (grants, warnings) = annotated("fs:read:{value}", json!({"x": bad}));
        assert!(refuses_everything(&grants));
        assert!(warnings.len() == 1 || bad.is_object(), "{bad} {warnings:?}");
    }
}

#[test]
fn a_value_within_a_pattern_is_no_pattern() {
    let (grants, _) = annotated("fs:read:{value}/**", json!({"x": "/srv/{a,b}*"}));
    assert!(grants.decide(Access::FsRead("/srv/{a,b}*/x")).is_ok());
    assert!(grants.decide(Access::FsRead("/srv/a/x")).is_err());
    let (grants, warnings) = annotated("fs:read:/srv/{value}/*", json!({"x": "../../etc"}));
    assert!(refuses_everything(&grants));
    assert!(warnings[0].to_string().contains("`x`"), "{}", warnings[0]);
    let (grants, warnings) = annotated("fs:read:{value}/**", json!({"x": ""}));
    assert!(refuses_everything(&grants) && warnings.is_empty());
}

#[test]
fn a_destination_is_one() {
    let (grants, _) = annotated("network:outbound:{value}", json!({"x": "https://example.com/a"}));
    assert!(connects(&grants, "example.com", 443));
    assert!(!connects(&grants, "example.com", 80) && !connects(&grants, "other.example", 443));
    for bad in [
        "*",
        "private",
        "443",
        "80,443",
        "*:443",
        "*.com:443",
        "10.0.0.0/8:80",
        "a:*",
        "a:1-9",
        "a",
        "http://*/",
    ] {
        let (grants, warnings) = annotated("network:outbound:{value}", json!({"x": bad}));
        assert!(refuses_everything(&grants), "{bad}");
        assert_eq!(warnings.len(), 1, "{bad}");
    }
}

#[test]
fn host_and_port_come_from_two_properties() {
    let schema = || {
        json!({"properties": {
            "host": {"x-capability": "network:outbound:{host}:{port}"}, "port": {"default": 22}
        }})
    };
    let (granted, _) = grants(schema(), json!({"host": "a.example", "port": "443"}));
    assert!(connects(&granted, "a.example", 443) && !connects(&granted, "a.example", 22));
    let (granted, _) = grants(schema(), json!({"host": "a.example"}));
    assert!(connects(&granted, "a.example", 22));
    let (granted, _) = grants(schema(), json!({"port": 443}));
    assert!(refuses_everything(&granted));
    for (host, port) in [
        ("*", "443"),
        ("a", "*"),
        ("a", "1-65535"),
        ("a", "80,443"),
        ("a", "0"),
        ("a", "+443"),
        ("a:80", "443"),
        ("*.example", "443"),
        ("10.0.0.0/8", "80"),
        ("private", "x"),
        ("a,b", "443"),
        ("a", " 443"),
    ] {
        let (granted, warnings) = grants(schema(), json!({"host": host, "port": port}));
        assert!(refuses_everything(&granted), "{host} {port}");
        assert_eq!(warnings.len(), 1, "{host} {port}");
    }
}

#[test]
fn a_named_address_may_be_private() {
    let operator = OperatorGrants::default();
    let (policy, _) = PluginPolicy::new(&declared(&["network:outbound:*"]), &any(), &operator);
    let address = |config: Value, address: [u8; 4]| {
        let (grants, warnings) = policy.grants(&any().configure(config).unwrap());
        assert_eq!(warnings, []);
        grants.decide(Access::Address { host: "a.example", address: address.into(), port: 80 })
    };
    assert!(address(json!({"host": "192.168.1.1", "port": 80}), [192, 168, 1, 1]).is_ok());
    assert!(address(json!({"url": "http://192.168.1.1/"}), [192, 168, 1, 1]).is_ok());
    assert!(address(json!({"host": "192.168.1.1", "port": 80}), [192, 168, 1, 2]).is_err());
    assert!(address(json!({"host": "router.lan", "port": 80}), [192, 168, 1, 1]).is_err());
    assert!(address(json!({"host": "router.lan", "port": 80}), [9, 9, 9, 9]).is_ok());
}

#[test]
fn a_port_of_the_annotation_gives_way_to_the_value() {
    let (grants, _) = annotated("network:outbound:{value}:53", json!({"x": "9.9.9.9"}));
    assert!(connects(&grants, "9.9.9.9", 53));
    let (grants, _) = annotated("network:outbound:{value}:53", json!({"x": "[2620:fe::fe]:5353"}));
    assert!(connects(&grants, "2620:fe::fe", 5353) && !connects(&grants, "2620:fe::fe", 53));
    let (grants, _) = annotated("network:outbound:{value}:80,443", json!({"x": "a.example"}));
    assert!(connects(&grants, "a.example", 80) && connects(&grants, "a.example", 443));
}

#[test]
fn a_command_is_one() {
    let (grants, _) = annotated("exec:{value}", json!({"x": "id,uname*"}));
    assert!(grants.decide(Access::Exec { program: "/bin/id", asked: "id" }).is_err());
    assert!(grants.decide(Access::Exec { program: "/bin/uname", asked: "uname" }).is_err());
    assert!(grants.decide(Access::Exec { program: "/bin/x", asked: "id,uname*" }).is_ok());
    let (grants, _) = annotated("exec:{value}", json!({"x": "/usr/bin/*"}));
    assert!(grants.decide(Access::Exec { program: "/usr/bin/id", asked: "id" }).is_err());
    let (_, warnings) = annotated("exec:{value}", json!({"x": "./run"}));
    assert_eq!(warnings.len(), 1);
}

#[test]
fn a_shell_is_the_operators_to_grant_and_reported() {
    let schema = Schema::new(json!({"properties": {"x": {"x-capability": "exec:{value}"}}})).unwrap();
    let sh = Access::ExecCode { program: "/usr/bin/dash", asked: "sh" };
    let decide = |declares: &[&str], granted: &[&str], trust| {
        let granted = granted.iter().map(|text| text.parse().unwrap());
        let operator = OperatorGrants::new(granted, trust).unwrap();
        let (policy, warnings) = PluginPolicy::new(&declared(declares), &schema, &operator);
        let (grants, _) = policy.grants(&schema.configure(json!({"x": "sh"})).unwrap());
        (grants.decide(sh).is_ok(), warnings.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let broad = "the grant exec:sh is broad: sh runs whatever it is told to, so that this allows all that the user may do";
    assert_eq!(decide(&["exec:**"], &[], false), (false, vec![]));
    assert_eq!(decide(&["exec:**"], &["exec:**", "exec:id"], true), (false, vec![]));
    assert_eq!(decide(&["exec:**"], &["exec:sh"], false), (true, vec![broad.to_owned()]));
    assert_eq!(decide(&["exec:**", "exec:sh"], &["exec:sh"], true), (true, vec![broad.to_owned()]));
    assert_eq!(decide(&["exec:id"], &["exec:sh"], false), (false, vec![]), "it is of no use to it");
    assert_eq!(decide(&["fs:read:**"], &["exec:sh"], false), (false, vec![]), "it is of no use to it");
}

#[test]
fn a_variable_is_one() {
    let (grants, _) = annotated("env:{value}", json!({"x": "HOME"}));
    assert!(grants.decide(Access::Env("HOME")).is_ok());
    let (grants, warnings) = annotated("env:{value}", json!({"x": "*"}));
    assert!(refuses_everything(&grants) && warnings.len() == 1);
}

#[test]
fn lists_defaults_and_nesting() {
    let target = json!({"type": "object", "properties": {
        "host": {"x-capability": ["network:outbound:{value}:{port}"]}, "port": {"default": 80}
    }});
    let schema = json!({"$ref": "#/$defs/C", "$defs": {"T": target, "C": {"properties": {
        "paths": {"type": "array", "items": {"x-capability": "fs:read:{value}"}},
        "more": {"type": "array", "x-capability": "fs:read:{value}"},
        "log": {"default": "/var/log", "x-capability": ["fs:read:{value}", "fs:write:{value}"]},
        "targets": {"type": "array", "items": {"$ref": "#/$defs/T"}},
        "one": {"$ref": "#/$defs/T"},
    }}}});
    let (granted, warnings) = grants(
        schema.clone(),
        json!({"paths": ["/a", null, "/b"], "more": ["/c"], "log": null, "one": {"host": "x.example"},
            "targets": [{"host": "y.example", "port": 1}, {"host": "z.example"}]}),
    );
    assert_eq!(warnings, []);
    let mut literals: Vec<_> = granted.literals().collect();
    literals.sort_unstable();
    assert_eq!(literals, [("/a", false), ("/b", false), ("/c", false)]);
    assert!(connects(&granted, "x.example", 80) && connects(&granted, "y.example", 1));
    assert!(connects(&granted, "z.example", 80) && !connects(&granted, "y.example", 80));
    let (granted, warnings) = grants(schema, json!({"targets": [{"host": "a b"}]}));
    let mut literals: Vec<_> = granted.literals().collect();
    literals.sort_unstable();
    assert_eq!(literals, [("/var/log", false), ("/var/log", true)]);
    assert!(warnings[0].to_string().contains("`targets[0].host`"), "{}", warnings[0]);
}

#[test]
fn known_keys_of_a_plugin_without_annotations() {
    let config = json!({"path": "/etc/passwd", "url": "http://a.example/", "host": "b.example", "port": 25,
        "hostname": "c.example", "command": "id"});
    let (granted, _) = grants(json!({"properties": {"path": {"type": "string"}}}), config.clone());
    assert_eq!(granted.literals().collect::<Vec<_>>(), [("/etc/passwd", false)]);
    assert!(connects(&granted, "a.example", 80) && connects(&granted, "b.example", 25));
    assert!(connects(&granted, "c.example", 53) && !connects(&granted, "c.example", 80));
    assert!(granted.decide(Access::Exec { program: "/bin/id", asked: "id" }).is_ok());
    assert!(granted.decide(Access::FsWrite("/etc/passwd")).is_err());
    let (granted, _) = grants(json!({"properties": {"y": {"x-capability": "env:{value}"}}}), config);
    assert!(refuses_everything(&granted));
    let (granted, _) = grants(json!({"properties": {"port": {"default": 22}}}), json!({"host": "a.example"}));
    assert!(connects(&granted, "a.example", 22));
}

#[test]
fn the_operator_grants() {
    let operator = OperatorGrants::new(["fs:read:/etc/**".parse().unwrap()], false).unwrap();
    let (policy, _) = PluginPolicy::new(&declared(&["fs:read:/etc/ssh/*", "env:A"]), &any(), &operator);
    let (granted, _) = policy.grants(&any().configure(json!({})).unwrap());
    assert!(granted.decide(Access::FsRead("/etc/ssh/x")).is_ok());
    assert_eq!(granted.decide(Access::FsRead("/etc/passwd")).unwrap_err().remedy, Remedy::Undeclared);
    assert_eq!(granted.decide(Access::Env("A")).unwrap_err().remedy, Remedy::Grant);
    let operator = OperatorGrants::new([], true).unwrap();
    let (policy, _) = PluginPolicy::new(&declared(&["fs:read:/etc/ssh/*", "env:A"]), &any(), &operator);
    let (granted, _) = policy.grants(&any().configure(json!({})).unwrap());
    assert!(granted.decide(Access::Env("A")).is_ok());
    assert!(granted.decide(Access::FsRead("/etc/passwd")).is_err());
}

#[test]
fn malformed_declarations_and_annotations_are_reported() {
    for template in [
        "",
        "files:{value}",
        "fs:{value}",
        "fs:read:{}",
        "fs:read:{a",
        "network:outbound:{host}{port}",
        "network:outbound:{host}:99999",
        "network:{value}",
        "network:outbound:https://{host}/",
        "fs:read:etc",
    ] {
        let schema = json!({"properties": {"path": {"x-capability": template}}});
        let schema = Schema::new(schema).unwrap();
        let (policy, warnings) = PluginPolicy::new(&declared(&ALL), &schema, &OperatorGrants::default());
        assert!(
            matches!(&warnings[..], [Warning::Annotation { at, .. }] if at == "path"),
            "{template} {warnings:?}"
        );
        assert!(refuses_everything(
            &policy.grants(&schema.configure(json!({"path": "/etc/passwd"})).unwrap()).0
        ));
    }
    let (_, warnings) = PluginPolicy::new(
        &declared(&["camera:front"]),
        &Schema::new(json!({"properties": {"x": {"x-capability": 1}}})).unwrap(),
        &OperatorGrants::default(),
    );
    assert_eq!(warnings.len(), 2);
    assert!(warnings[0].to_string().contains("camera:front"));
}
