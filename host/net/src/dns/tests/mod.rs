//! The resolver, against name servers that speak from a script. Their messages are put together by hand here, so that they are not
//! the codec's own.

mod answers;
mod hostile;
mod names;
mod servers;

use super::{Config, Record, RecordType, lookup};
use crate::policy::AllowAll;
use crate::script::ScriptStack;
use crate::{Deadline, Error, Network, Stack};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use std::{cell::RefCell, string::ToString};

const A: u16 = 1;
const NS: u16 = 2;
const CNAME: u16 = 5;
const SOA: u16 = 6;
const AAAA: u16 = 28;

/// A name as messages have it, uncompressed.
fn name(text: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        wire.push(u8::try_from(label.len()).unwrap());
        wire.extend_from_slice(label.as_bytes());
    }
    wire.push(0);
    wire
}

/// A record of class IN.
fn record(owner: &str, kind: u16, data: &[u8]) -> Vec<u8> {
    let mut wire = name(owner);
    wire.extend_from_slice(&kind.to_be_bytes());
    wire.extend_from_slice(&[0, 1, 0, 0, 1, 44]);
    wire.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
    wire.extend_from_slice(data);
    wire
}

fn address(owner: &str, last: u8) -> Vec<u8> {
    record(owner, A, &[192, 0, 2, last])
}

fn alias(owner: &str, target: &str) -> Vec<u8> {
    record(owner, CNAME, &name(target))
}

fn soa(zone: &str) -> Vec<u8> {
    record(zone, SOA, &[name("ns."), name("root."), vec![0; 20]].concat())
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    /// With its last dot.
    name: String,
    kind: u16,
    edns: bool,
}

fn asked(query: &[u8]) -> Asked {
    assert_eq!(query[2..6], [1, 0, 0, 1], "a recursive query with one question");
    let mut text = String::new();
    let mut at = 12;
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        text += std::str::from_utf8(&query[at + 1..end]).unwrap();
        text.push('.');
        at = end;
    }
    let kind = u16::from_be_bytes([query[at + 1], query[at + 2]]);
    assert_eq!(query[at + 3..at + 5], [0, 1], "class IN");
    let edns = query[11] == 1;
    if edns {
        assert_eq!(
            query[at + 5..],
            [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0],
            "an OPT record that takes 1232 bytes"
        );
    } else {
        assert_eq!(query.len(), at + 5);
    }
    Asked { name: text, kind, edns }
}

/// An answer to that query.
fn answer(query: &[u8], code: u8, answers: &[Vec<u8>], authority: &[Vec<u8>]) -> Vec<u8> {
    let question = if query[11] == 1 { &query[12..query.len() - 11] } else { &query[12..] };
    let mut wire = query[..2].to_vec();
    wire.extend_from_slice(&[0x81, 0x80 | code, 0, 1]);
    wire.extend_from_slice(&u16::try_from(answers.len()).unwrap().to_be_bytes());
    wire.extend_from_slice(&u16::try_from(authority.len()).unwrap().to_be_bytes());
    wire.extend_from_slice(&[0, 0]);
    wire.extend_from_slice(question);
    wire.extend(answers.iter().chain(authority).flatten());
    wire
}

fn server(last: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, last], 53))
}

/// A stack with a configuration that has two servers, 192.0.2.1 and 192.0.2.2.
struct Lab {
    stack: ScriptStack,
    config: Config,
    heard: Rc<RefCell<Vec<Asked>>>,
}

impl Lab {
    fn new() -> Self {
        let config = Config { servers: vec![server(1), server(2)], ..Config::default() };
        Self { stack: ScriptStack::new(), config, heard: Rc::default() }
    }

    /// A name server, which answers each query with these datagrams.
    fn answer(&self, at: SocketAddr, mut answers: impl FnMut(&[u8], &Asked) -> Vec<Vec<u8>> + 'static) {
        let heard = Rc::clone(&self.heard);
        self.stack.answer(at, move |query| {
            let question = asked(query);
            heard.borrow_mut().push(question.clone());
            answers(query, &question)
        });
    }

    /// One that has these records.
    fn zone(&self, at: SocketAddr, records: Vec<(&'static str, u16, Vec<u8>)>) {
        self.answer(at, move |query, question| {
            let owned = |(owner, ..): &&(&str, u16, Vec<u8>)| **owner == *question.name;
            let of_name: Vec<_> = records.iter().filter(owned).collect();
            let found: Vec<_> = of_name
                .iter()
                .filter(|(_, kind, _)| *kind == question.kind || *kind == CNAME)
                .map(|(owner, kind, data)| record(owner, *kind, data))
                .collect();
            let code = if of_name.is_empty() { 3 } else { 0 };
            let authority = if found.is_empty() { vec![soa("example.")] } else { vec![] };
            vec![answer(query, code, &found, &authority)]
        });
    }

    fn network(&self) -> Network<'_> {
        Network { stack: &self.stack, dns: &self.config }
    }

    fn deadline(&self) -> Deadline {
        Deadline::after(self.stack.now(), Duration::from_secs(20))
    }

    fn records(&self, name: &str, record_type: &str) -> Result<Vec<Record>, Error> {
        let record_type: RecordType = record_type.parse().unwrap();
        lookup(&self.network(), name, record_type, None, &mut AllowAll, self.deadline())
    }

    fn lookup(&self, name: &str, record_type: &str) -> Result<Vec<String>, Error> {
        Ok(self.records(name, record_type)?.iter().map(ToString::to_string).collect())
    }

    /// The names that were asked for, in their order.
    fn names(&self) -> Vec<String> {
        self.heard.borrow().iter().map(|asked| asked.name.clone()).collect()
    }

    fn seconds(&self) -> f64 {
        Duration::from_nanos(self.stack.now().as_nanos()).as_secs_f64()
    }
}
