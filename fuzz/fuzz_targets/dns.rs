//! Names and who answers for them: the first byte says what the rest is, an answer of a name server (as it is, or behind the question
//! that was asked), the text of a resolv.conf, the text of hosts, or a name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin_net::dns::{self, Config, Record, RecordType};
use quoin_net::policy::AllowAll;
use quoin_net::script::{Event, ScriptStack};
use quoin_net::{Code, Deadline, Network, Stack};
use std::net::SocketAddr;
use std::time::Duration;

fuzz_target!(|input: &[u8]| {
    let Some((kind, rest)) = input.split_first() else { return };
    match kind {
        b'A' => answered(rest, false),
        b'Q' => answered(rest, true),
        b'R' => resolv_conf(&String::from_utf8_lossy(rest)),
        b'H' => hosts(&String::from_utf8_lossy(rest)),
        _ => name(&String::from_utf8_lossy(rest)),
    }
});

/// One server says the same to whatever it is asked, of each type.
fn answered(message: &[u8], with_question: bool) {
    for record_type in RecordType::ALL {
        let stack = ScriptStack::new();
        let server = SocketAddr::from(([192, 0, 2, 1], 53));
        let said = message.to_vec();
        stack.answer(server, move |query| vec![reply(query, &said, with_question)]);
        let said = message.to_vec();
        stack.serve(server, move || {
            let said = said.clone();
            move |bytes: &[u8]| {
                let answer = reply(&bytes[2..], &said, with_question);
                let length = u16::try_from(answer.len()).unwrap_or(u16::MAX).to_be_bytes();
                vec![Event::Send(length.to_vec()), Event::Send(answer), Event::Close]
            }
        });
        let config = Config { servers: vec![server], search: vec!["lan".into()], ..Config::default() };
        let network = Network { stack: &stack, dns: &config };
        let deadline = Deadline::after(stack.now(), Duration::from_secs(5));
        match dns::lookup(&network, "a.b", record_type, None, &mut AllowAll, deadline) {
            Ok(records) => {
                assert!(!records.is_empty() && records.len() <= 1_024);
                records.iter().for_each(|record| is_of(record, record_type));
            }
            Err(error) => assert!(!error.message().is_empty() && error.code() != Code::Invalid, "{error}"),
        }
        assert!(stack.now() <= deadline.at());
        // Two names, two attempts each, all aliases, with and without EDNS, over UDP and TCP.
        assert!(stack.connects().len() <= 2 * 2 * 17 * 2 * 2, "{}", stack.connects().len());
    }
}

fn reply(query: &[u8], message: &[u8], with_question: bool) -> Vec<u8> {
    let mut answer = query[..2].to_vec();
    if with_question && message.len() >= 8 {
        // Flags, the numbers of records, the question, and the records.
        let question = if query[11] == 1 { &query[12..query.len() - 11] } else { &query[12..] };
        answer.extend_from_slice(&message[..2]);
        answer.extend_from_slice(&[0, 1]);
        answer.extend_from_slice(&message[2..8]);
        answer.extend_from_slice(question);
        answer.extend_from_slice(&message[8..]);
    } else {
        answer.extend_from_slice(message);
    }
    answer
}

fn is_of(record: &Record, record_type: RecordType) {
    let absolute = |name: &str| {
        assert!(name.ends_with('.') && name.is_ascii() && !name.contains(char::is_control), "{name:?}");
        assert!(name.len() <= 4 * 255, "{name:?}");
    };
    let same = match record {
        Record::A(_) => RecordType::A,
        Record::Aaaa(_) => RecordType::Aaaa,
        Record::Cname(name) => {
            absolute(name);
            RecordType::Cname
        }
        Record::Mx { exchange, .. } => {
            absolute(exchange);
            RecordType::Mx
        }
        Record::Txt(_) => RecordType::Txt,
        Record::Ns(name) => {
            absolute(name);
            RecordType::Ns
        }
        Record::Srv { target, .. } => {
            absolute(target);
            RecordType::Srv
        }
        Record::Ptr(name) => {
            absolute(name);
            RecordType::Ptr
        }
        Record::Soa { mname, rname, .. } => {
            absolute(mname);
            absolute(rname);
            RecordType::Soa
        }
        Record::Caa { .. } => RecordType::Caa,
    };
    assert_eq!(same, record_type);
    let _ = record.to_string();
}

fn resolv_conf(text: &str) {
    let config = Config::from_resolv_conf(text);
    assert!((1..=3).contains(&config.servers.len()));
    assert!(config.ndots <= 15 && (1..=5).contains(&config.attempts));
    assert!((1..=30).contains(&config.timeout.as_secs()));
    assert!(config.search.len() <= 32);
    for domain in &config.search {
        assert_eq!(dns::ascii_host(domain).as_ref(), Ok(domain));
    }
}

fn hosts(text: &str) {
    let config = Config::default().with_hosts(text);
    let stack = ScriptStack::new();
    let network = Network { stack: &stack, dns: &config };
    let deadline = Deadline::after(stack.now(), Duration::from_secs(5));
    for (name, address) in config.hosts.iter().take(20) {
        // Not everything that stands there can be asked for; what can is found, an address as itself.
        if name.parse::<std::net::IpAddr>().is_err()
            && let Ok(found) = dns::addresses(&network, name, deadline)
        {
            assert!(found.found.contains(address), "{name:?}");
        }
    }
    assert!(stack.connects().is_empty());
}

/// What is a name has an ASCII form, which is a name and its own ASCII form; what is none is never asked for.
fn name(text: &str) {
    let stack = ScriptStack::new();
    let config = Config { servers: vec![SocketAddr::from(([192, 0, 2, 1], 53))], ..Config::default() };
    let network = Network { stack: &stack, dns: &config };
    let deadline = Deadline::after(stack.now(), Duration::from_secs(5));
    let asked = dns::lookup(&network, text, RecordType::Txt, None, &mut AllowAll, deadline);
    match dns::ascii_host(text) {
        Ok(ascii) => {
            assert!(ascii.is_ascii() && ascii.len() <= 253, "{ascii:?}");
            if !ascii.is_empty() {
                assert_eq!(dns::ascii_host(&ascii).as_ref(), Ok(&ascii));
            }
        }
        Err(error) => {
            assert_eq!(error.code(), Code::Invalid);
            assert_eq!(asked.map_err(|error| error.code()), Err(Code::Invalid));
            assert!(stack.connects().is_empty());
            assert!(!error.message().contains(char::is_control), "{:?}", error.message());
        }
    }
}
