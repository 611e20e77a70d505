//! Servers that lie, flood, stall or send what is no message: an error by the deadline, and no more memory than the limits allow.

use super::*;
use crate::Code;

#[test]
fn answers_to_something_else_are_dropped() {
    let lab = Lab::new();
    lab.answer(server(1), |query, _| {
        let right = answer(query, 0, &[address("a.b.", 1)], &[]);
        let wrong = |at: usize, bits: u8| {
            let mut wire = answer(query, 0, &[address("a.b.", 66)], &[]);
            wire[at] ^= bits;
            wire
        };
        let mut two_questions = wrong(0, 0);
        two_questions[5] = 2;
        vec![
            vec![],
            right[..11].to_vec(),
            // The id, that it is a question, its kind, and the question's name, type and class.
            wrong(0, 1),
            wrong(1, 1),
            wrong(2, 0x80),
            wrong(2, 0x08),
            wrong(13, 1),
            wrong(18, 2),
            wrong(20, 2),
            two_questions,
            right[..20].to_vec(),
            // An answer without the question, that is no error.
            [&wrong(5, 1)[..12], &address("a.b.", 66)].concat(),
            right,
        ]
    });
    assert_eq!(lab.lookup("a.b", "A").unwrap(), ["192.0.2.1"]);
    assert_eq!(lab.names().len(), 1);
}

#[test]
fn a_flood_of_wrong_answers_ends_at_the_deadline() {
    let lab = Lab::new();
    lab.answer(server(1), |query, _| {
        let mut wire = answer(query, 0, &[address("a.b.", 66)], &[]);
        wire[0] ^= 1;
        vec![wire; 10_000]
    });
    lab.answer(server(2), |_, _| vec![]);
    assert_eq!(lab.lookup("a.b", "A").unwrap_err().code(), Code::TimedOut);
    assert!(lab.seconds() <= 20.0);
}

#[test]
fn malformed_answers_are_errors() {
    let pointer = |at: u8| vec![0xc0, at, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1];
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("a pointer to itself", pointer(21)),
        ("a pointer beyond", pointer(200)),
        ("a label of an unknown kind", vec![0x80, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1]),
        ("a name that does not end", vec![63; 60]),
        ("an address of three bytes", record("a.b.", A, &[1, 2, 3])),
        ("an address of five bytes", record("a.b.", A, &[1, 2, 3, 4, 5])),
        ("data beyond the end", {
            let mut wire = address("a.b.", 1);
            wire.truncate(wire.len() - 1);
            wire
        }),
        ("an alias with more than a name", record("a.b.", CNAME, b"\x01x\x00\x00")),
        ("an alias that is cut off", record("a.b.", CNAME, b"\x05x")),
        ("nothing", vec![]),
    ];
    for (what, wire) in cases {
        let lab = Lab::new();
        lab.answer(server(1), move |query, _| vec![answer(query, 0, std::slice::from_ref(&wire), &[])]);
        let error = lab.lookup("a.b", "A").unwrap_err();
        assert_eq!(error.code(), Code::Protocol, "{what}: {error}");
    }
    // The other server may do better.
    let lab = Lab::new();
    lab.answer(server(1), |query, _| vec![answer(query, 0, &[vec![1]], &[])]);
    lab.zone(server(2), vec![("a.b.", A, vec![192, 0, 2, 1])]);
    assert_eq!(lab.lookup("a.b", "A").unwrap(), ["192.0.2.1"]);
}

#[test]
fn every_part_of_an_answer_may_be_its_end() {
    let whole = |query: &[u8]| {
        let mx = record("a.b.", 15, &[vec![0, 1], name("mail.example")].concat());
        answer(query, 0, &[alias("x.y.", "a.b."), mx], &[soa("b.")])
    };
    let lab = Lab::new();
    let length = Rc::new(RefCell::new(0));
    let up_to = Rc::clone(&length);
    lab.answer(server(1), move |query, _| {
        let wire = whole(query);
        vec![wire[..(*up_to.borrow()).min(wire.len())].to_vec()]
    });
    for end in 0..200 {
        *length.borrow_mut() = end;
        let found = lab.lookup("x.y", "MX");
        assert!(found.is_err() || found == Ok(vec!["1 mail.example.".to_string()]), "{end}: {found:?}");
    }
    *length.borrow_mut() = 10_000;
    assert_eq!(lab.lookup("x.y", "MX").unwrap(), ["1 mail.example."]);
}

#[test]
fn more_records_than_anyone_needs_are_too_many() {
    for (records, works) in [(1_024, true), (1_025, false)] {
        let mut lab = Lab::new();
        lab.config.servers.truncate(1);
        lab.answer(server(1), move |query, _| {
            // Compressed, as a message of such a size has to be.
            let one = [&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4][..], &[192, 0, 2, 1]].concat();
            vec![answer(query, 0, &vec![one; records], &[])]
        });
        match lab.lookup("a.b", "A") {
            Ok(found) => assert!(works && found.len() == records),
            Err(error) => assert!(!works && error.code() == Code::TooLarge, "{error}"),
        }
    }
}

#[test]
fn a_name_has_no_thousand_addresses() {
    let lab = Lab::new();
    lab.answer(server(1), |query, asked| {
        let answers: Vec<_> = match asked.kind {
            A => (0..400_u16).map(|n| address("a.b.", u8::try_from(n % 200).unwrap())).collect(),
            _ => vec![],
        };
        vec![answer(query, 0, &answers, &[])]
    });
    let found = crate::dns::addresses(&lab.network(), "a.b", lab.deadline()).unwrap().found;
    assert_eq!(found.len(), 64);
    assert_eq!(found[63], std::net::IpAddr::from([192, 0, 2, 63]));
}
