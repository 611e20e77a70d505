//! What a name means: hosts, search domains, special names.

use super::*;
use crate::Code;
use crate::dns::{addresses, ascii_host};
use std::net::IpAddr;

#[test]
fn domains_are_searched_as_the_configuration_says() {
    let mut lab = Lab::new();
    lab.config.search = vec!["lan".to_string(), "example.org".to_string()];
    lab.zone(
        server(1),
        vec![("www.example.org.", A, vec![192, 0, 2, 1]), ("www.lan.", 16, b"\x01x".to_vec())],
    );
    // It has no address in the first of them, goes on, and finds it in the second.
    assert_eq!(lab.lookup("www", "A").unwrap(), ["192.0.2.1"]);
    assert_eq!(lab.names(), ["www.lan.", "www.example.org."]);
    lab.heard.borrow_mut().clear();
    // Without it anywhere, that it exists without such a record says more.
    assert_eq!(lab.lookup("www", "MX").unwrap_err().code(), Code::NoData);
    assert_eq!(lab.names(), ["www.lan.", "www.example.org.", "www."]);
    lab.heard.borrow_mut().clear();
    assert_eq!(lab.lookup("gone.", "A").unwrap_err().code(), Code::NameNotFound);
    assert_eq!(lab.names(), ["gone."]);
    lab.heard.borrow_mut().clear();
    let error = lab.lookup("www.gone", "A").unwrap_err();
    assert_eq!((error.code(), error.message()), (Code::NameNotFound, "www.gone. does not exist"));
    assert_eq!(lab.names(), ["www.gone.", "www.gone.lan.", "www.gone.example.org."]);
}

#[test]
fn servers_that_fail_in_one_domain_do_not_hide_the_next() {
    let mut lab = Lab::new();
    lab.config.search = vec!["bad".to_string(), "good".to_string()];
    lab.answer(server(1), |query, asked| {
        let reply = match asked.name.as_str() {
            "www.bad." => answer(query, 2, &[], &[]),
            "www.good." => answer(query, 0, &[address("www.good.", 1)], &[]),
            _ => answer(query, 3, &[], &[]),
        };
        vec![reply]
    });
    assert_eq!(lab.lookup("www", "A").unwrap(), ["192.0.2.1"]);
    assert_eq!(lab.lookup("ftp", "A").unwrap_err().code(), Code::NameNotFound);
    lab.config.search.pop();
    assert_eq!(lab.lookup("www", "A").unwrap_err().code(), Code::ServerFailure);
    // Servers that are not there are not there for the next domain either.
    lab.config.servers = vec![server(7)];
    assert_eq!(lab.lookup("www", "A").unwrap_err().code(), Code::ConnectionRefused);
    assert_eq!(lab.stack.connects().iter().filter(|to| **to == server(7)).count(), 2);
}

#[test]
fn hosts_are_known_without_asking() {
    let mut lab = Lab::new();
    lab.config =
        lab.config.with_hosts("192.0.2.5 Router.lan router\n2001:db8::5 router.lan\n192.0.2.5 router\n");
    lab.zone(server(1), vec![("router.", AAAA, vec![1; 16]), ("router.", 16, b"\x01x".to_vec())]);
    assert_eq!(lab.lookup("ROUTER", "A").unwrap(), ["192.0.2.5"]);
    assert_eq!(lab.lookup("router.lan.", "AAAA").unwrap(), ["2001:db8::5"]);
    let expected = ["2001:db8::5", "192.0.2.5"].map(|text| text.parse::<IpAddr>().unwrap());
    assert_eq!(addresses(&lab.network(), "router.lan", lab.deadline()).unwrap().found, expected);
    assert_eq!(addresses(&lab.network(), "router", lab.deadline()).unwrap().found, expected[1..]);
    assert!(lab.names().is_empty());
    // What they do not have is asked for.
    assert_eq!(lab.lookup("router", "AAAA").unwrap().len(), 1);
    assert_eq!(lab.lookup("router", "TXT").unwrap(), ["x"]);
    // A server that the request names is the only one that counts.
    let ask = |name| {
        let of = Some(("192.0.2.1", 53));
        lookup(&lab.network(), name, RecordType::A, of, &mut AllowAll, lab.deadline())
    };
    assert_eq!(ask("router").unwrap_err().code(), Code::NoData);
}

#[test]
fn localhost_is_never_asked_for() {
    let mut lab = Lab::new();
    lab.answer(server(1), |query, asked| vec![answer(query, 0, &[address(&asked.name, 66)], &[])]);
    for name in ["localhost", "LOCALHOST.", "a.localhost"] {
        assert_eq!(lab.lookup(name, "A").unwrap_err().code(), Code::NameNotFound);
        let error = addresses(&lab.network(), name, lab.deadline()).unwrap_err();
        assert_eq!(error.code(), Code::NameNotFound);
    }
    lab.config = lab.config.with_hosts("127.0.0.1 localhost\n::1 localhost\n127.0.0.2 b.localhost");
    assert_eq!(lab.lookup("localhost", "A").unwrap(), ["127.0.0.1"]);
    assert_eq!(lab.lookup("a.localhost.", "AAAA").unwrap(), ["::1"]);
    assert_eq!(lab.lookup("b.localhost", "A").unwrap(), ["127.0.0.2"]);
    assert_eq!(lab.lookup("localhost", "MX").unwrap_err().code(), Code::NoData);
    assert!(lab.names().is_empty());
}

#[test]
fn malformed_names_are_never_asked_for() {
    let lab = Lab::new();
    for name in ["", "a..b", "a b", "http://example.org", "192.0.2.300"] {
        assert_eq!(lab.lookup(name, "A").unwrap_err().code(), Code::Invalid, "{name}");
        let error = addresses(&lab.network(), name, lab.deadline()).unwrap_err();
        assert_eq!(error.code(), Code::Invalid, "{name}");
    }
    assert!(lab.stack.connects().is_empty());
}

#[test]
fn hosts_in_ascii() {
    for (host, ascii) in [("Example.ORG.", "Example.ORG"), ("192.0.2.1", "192.0.2.1"), ("[::1]", "[::1]")] {
        assert_eq!(ascii_host(host).as_deref(), Ok(ascii));
    }
    assert_eq!(ascii_host("a b").unwrap_err().code(), Code::Invalid);
}

#[cfg(feature = "idna")]
#[test]
fn internationalised_names_are_asked_for_in_ascii() {
    let lab = Lab::new();
    lab.zone(server(1), vec![("www.xn--bcher-kva.example.", A, vec![192, 0, 2, 1])]);
    assert_eq!(lab.lookup("www.Bücher.example", "A").unwrap(), ["192.0.2.1"]);
    assert_eq!(ascii_host("bücher。example.").as_deref(), Ok("xn--bcher-kva.example"));
}
