//! What answers say: all ten types, aliases, and nothing.

use super::*;
use crate::Code;

#[test]
fn all_ten_types() {
    let number = |n: u32| n.to_be_bytes().to_vec();
    let cases: Vec<(&str, u16, Vec<Vec<u8>>, &str)> = vec![
        ("A", 1, vec![vec![192, 0, 2, 7]], "192.0.2.7"),
        ("NS", 2, vec![name("ns1.example.org")], "ns1.example.org."),
        ("CNAME", 5, vec![name("other.example.org")], "other.example.org."),
        (
            "SOA",
            6,
            vec![name("ns."), name("root."), number(7), number(1), number(2), number(3), number(u32::MAX)],
            "ns. root. 7 1 2 3 4294967295",
        ),
        ("PTR", 12, vec![name("host.example.org")], "host.example.org."),
        ("MX", 15, vec![vec![0, 10], name("mail.example.org")], "10 mail.example.org."),
        ("TXT", 16, vec![b"\x08v=spf1 a\x05 -all\x00".to_vec()], "v=spf1 a -all"),
        ("AAAA", 28, vec![vec![0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]], "2001:db8::1"),
        ("SRV", 33, vec![vec![0, 1, 0, 2, 19, 196], name("sip.example.org")], "1 2 5060 sip.example.org."),
        ("CAA", 257, vec![b"\x80\x05issueca.example; x=\"\\".to_vec()], r#"128 issue "ca.example; x=\"\\""#),
    ];
    for (kind, number, data, text) in cases {
        let lab = Lab::new();
        lab.zone(server(1), vec![("a.example.org.", number, data.concat())]);
        assert_eq!(lab.lookup("a.example.org", kind).unwrap(), [text], "{kind}");
        assert_eq!(lab.heard.borrow()[0].kind, number);
    }
}

#[test]
fn a_message_with_bytes_that_are_no_text() {
    let lab = Lab::new();
    lab.answer(server(1), |query, _| {
        let txt = record("a.b.", 16, b"\x02\xff\n\x01\xe2\x02\x82\xac");
        vec![answer(query, 0, &[txt], &[])]
    });
    // A character that two strings share is whole again once they are joined.
    assert_eq!(lab.lookup("a.b", "TXT").unwrap(), ["\u{fffd}\n€"]);
    lab.answer(server(1), |query, _| {
        let weird = [&b"\x03a.b"[..], b"\x02\x00\xff", b"\x00"].concat();
        vec![answer(query, 0, &[record("a.b.", NS, &weird)], &[])]
    });
    assert_eq!(lab.lookup("a.b", "NS").unwrap(), ["a\\.b.\\000\\255."]);
}

#[test]
fn records_come_in_the_order_of_the_answer_and_only_those_asked_for() {
    let lab = Lab::new();
    lab.answer(server(1), |query, _| {
        let mut of_other_class = address("www.example.", 9);
        of_other_class[16] = 3;
        let answers = [
            address("www.example.", 2),
            address("other.example.", 3),
            of_other_class,
            record("www.example.", AAAA, &[0; 16]),
            // The case of a name says nothing.
            address("WWW.Example.", 1),
        ];
        vec![answer(query, 0, &answers, &[address("www.example.", 4)])]
    });
    assert_eq!(lab.lookup("www.example", "a").unwrap(), ["192.0.2.2", "192.0.2.1"]);
}

#[test]
fn aliases_within_a_message_and_across_messages() {
    let lab = Lab::new();
    lab.answer(server(1), |query, asked| {
        let answers = match asked.name.as_str() {
            // Out of order, as some servers send them.
            "a.example." => [alias("b.example.", "c.example."), alias("a.example.", "b.example.")].to_vec(),
            "c.example." => [alias("c.example.", "d.example."), address("d.example.", 4)].to_vec(),
            _ => vec![],
        };
        vec![answer(query, 0, &answers, &[])]
    });
    assert_eq!(lab.lookup("a.example", "A").unwrap(), ["192.0.2.4"]);
    assert_eq!(lab.names(), ["a.example.", "c.example."]);
    // What an alias stands for is asked of CNAME itself.
    assert_eq!(lab.lookup("a.example", "CNAME").unwrap(), ["b.example."]);
}

#[test]
fn an_alias_of_nothing() {
    let lab = Lab::new();
    lab.answer(server(1), |query, asked| {
        let (code, authority) = match asked.kind {
            AAAA => (0, vec![soa("example.")]),
            _ => (3, vec![]),
        };
        vec![answer(query, code, &[alias("a.example.", "b.example.")], &authority)]
    });
    assert_eq!(lab.lookup("a.example", "AAAA").unwrap_err().code(), Code::NoData);
    assert_eq!(lab.lookup("a.example", "A").unwrap_err().code(), Code::NameNotFound);
    assert_eq!(lab.names().len(), 2);
}

#[test]
fn alias_chains_have_an_end() {
    for (longest, works) in [(16, true), (17, false)] {
        // In one message.
        let lab = Lab::new();
        lab.answer(server(1), move |query, _| {
            let mut answers: Vec<_> =
                (0..longest).map(|n| alias(&format!("n{n}."), &format!("n{}.", n + 1))).collect();
            answers.push(address(&format!("n{longest}."), 1));
            vec![answer(query, 0, &answers, &[])]
        });
        assert_eq!(lab.lookup("n0.", "A").is_ok(), works, "{longest}");
    }
    // One message each, and a circle.
    for next in [1, 0] {
        let lab = Lab::new();
        lab.answer(server(1), move |query, asked| {
            let number: usize = asked.name[1..asked.name.len() - 1].parse().unwrap();
            vec![answer(query, 0, &[alias(&asked.name, &format!("n{}.", number + next))], &[])]
        });
        let error = lab.lookup("n0.", "A").unwrap_err();
        assert_eq!(error.code(), Code::Protocol);
        assert!(error.message().contains("more than 16 aliases"), "{error}");
        assert!(lab.names().len() <= 34, "{}", lab.names().len());
    }
}

#[test]
fn no_such_name_and_no_such_record_are_told_apart() {
    let lab = Lab::new();
    lab.zone(server(1), vec![("a.example.", A, vec![192, 0, 2, 1])]);
    let error = lab.lookup("a.example", "MX").unwrap_err();
    assert_eq!((error.code(), error.message()), (Code::NoData, "a.example. has no MX record"));
    let error = lab.lookup("b.example", "MX").unwrap_err();
    assert_eq!((error.code(), error.message()), (Code::NameNotFound, "b.example. does not exist"));
}

#[test]
fn addresses_as_names() {
    let lab = Lab::new();
    lab.answer(server(1), |query, asked| {
        vec![answer(query, 0, &[record(&asked.name, 12, &name("host.lan"))], &[])]
    });
    assert_eq!(lab.lookup("192.0.2.7", "PTR").unwrap(), ["host.lan."]);
    assert_eq!(lab.lookup("2001:db8::1", "PTR").unwrap(), ["host.lan."]);
    assert_eq!(lab.lookup("[::1]", "PTR").unwrap(), ["host.lan."]);
    assert_eq!(lab.lookup("7.2.0.192.in-addr.arpa", "PTR").unwrap(), ["host.lan."]);
    assert_eq!(lab.names()[0], "7.2.0.192.in-addr.arpa.");
    assert!(lab.names()[1].ends_with(".8.b.d.0.1.0.0.2.ip6.arpa."));
    assert_eq!(lab.names()[3], "7.2.0.192.in-addr.arpa.");
    lab.heard.borrow_mut().clear();
    assert_eq!(lab.lookup("192.0.2.7", "A").unwrap(), ["192.0.2.7"]);
    assert_eq!(lab.lookup("::1", "AAAA").unwrap(), ["::1"]);
    assert_eq!(lab.lookup("::1", "A").unwrap_err().code(), Code::NoData);
    assert_eq!(lab.lookup("192.0.2.7", "MX").unwrap_err().code(), Code::Invalid);
    assert!(lab.names().is_empty());
}
