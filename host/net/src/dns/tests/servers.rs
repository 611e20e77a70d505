//! Which server is asked, how, and how often.

use super::*;
use crate::dns::addresses;
use crate::script::Event;
use crate::{Code, Policy};
use std::net::IpAddr;

/// A message over TCP.
fn framed(message: &[u8]) -> Vec<u8> {
    [&u16::try_from(message.len()).unwrap().to_be_bytes()[..], message].concat()
}

/// An answer that says that it is cut off.
fn truncated(query: &[u8]) -> Vec<u8> {
    let mut wire = answer(query, 0, &[], &[]);
    wire[2] |= 2;
    wire
}

#[test]
fn a_server_that_does_not_answer_leaves_time_for_the_next() {
    let lab = Lab::new();
    lab.answer(server(1), |_, _| vec![]);
    lab.zone(server(2), vec![("a.example.", A, vec![192, 0, 2, 1])]);
    assert_eq!(lab.lookup("a.example", "A").unwrap(), ["192.0.2.1"]);
    // The configuration's timeout, because four of these fit into the deadline.
    assert!((lab.seconds() - 5.0).abs() < 0.01, "{}", lab.seconds());

    // With less time, each of the four tries gets a quarter.
    let start = lab.seconds();
    let deadline = Deadline::after(lab.stack.now(), Duration::from_secs(8));
    lookup(&lab.network(), "a.example", RecordType::A, None, &mut AllowAll, deadline).unwrap();
    assert!((lab.seconds() - start - 2.0).abs() < 0.01, "{}", lab.seconds() - start);
}

#[test]
fn lost_datagrams_are_sent_again_with_another_id() {
    let lab = Lab::new();
    let ids = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&ids);
    lab.answer(server(1), move |query, _| {
        seen.borrow_mut().push([query[0], query[1]]);
        if seen.borrow().len() == 1 { vec![] } else { vec![answer(query, 0, &[address("a.b.", 1)], &[])] }
    });
    assert_eq!(lab.lookup("a.b", "A").unwrap(), ["192.0.2.1"]);
    // The second server is not there at all, which is known at once.
    assert_eq!(lab.stack.connects(), [server(1), server(2), server(1)]);
    assert_ne!(ids.borrow()[0], ids.borrow()[1]);
}

#[test]
fn nobody_answers() {
    let lab = Lab::new();
    lab.answer(server(1), |_, _| vec![]);
    lab.answer(server(2), |_, _| vec![]);
    let error = lab.lookup("a.b", "A").unwrap_err();
    assert_eq!(error.code(), Code::TimedOut);
    assert_eq!(error.message(), "asking 192.0.2.2:53 for a.b. A: no answer in time");
    assert_eq!(lab.stack.connects().len(), 4);
    assert!(lab.seconds() <= 20.0);
}

#[test]
fn servers_that_fail_are_not_asked_again_and_the_most_telling_failure_is_told() {
    for (code, expected) in [(2, Code::ServerFailure), (5, Code::ServerRefused), (9, Code::ServerFailure)] {
        let lab = Lab::new();
        lab.answer(server(1), move |query, _| vec![answer(query, code, &[], &[])]);
        lab.answer(server(2), |_, _| vec![]);
        assert_eq!(lab.lookup("a.b", "A").unwrap_err().code(), expected);
        assert_eq!(lab.stack.connects(), [server(1), server(2), server(2)]);

        lab.zone(server(2), vec![("a.b.", A, vec![192, 0, 2, 1])]);
        assert_eq!(lab.lookup("a.b", "A").unwrap(), ["192.0.2.1"]);
    }
    let lab = Lab::new();
    let error = lab.lookup("a.b", "A").unwrap_err();
    assert_eq!(error.code(), Code::ConnectionRefused);
}

#[test]
fn a_server_without_edns_is_asked_without() {
    // FORMERR, NOTIMP, with and without the question, and BADVERS, whose upper bits an OPT record has.
    for (code, bare) in [(1, false), (4, false), (1, true)] {
        let lab = Lab::new();
        lab.answer(server(1), move |query, asked| {
            let mut refusal = answer(query, code, &[], &[]);
            if bare {
                refusal.truncate(12);
                refusal[5] = 0;
            }
            let found = answer(query, 0, &[address("a.b.", 1)], &[]);
            vec![if asked.edns { refusal } else { found }]
        });
        assert_eq!(lab.lookup("a.b", "A").unwrap(), ["192.0.2.1"]);
        assert_eq!(lab.names().len(), 2);
    }
    let lab = Lab::new();
    lab.answer(server(1), |query, asked| {
        let mut wire = answer(query, 0, &[address("a.b.", 1)], &[]);
        if asked.edns {
            wire[11] = 1;
            wire.extend_from_slice(&[0, 0, 41, 4, 208, 1, 0, 0, 0, 0, 0]);
        }
        vec![wire]
    });
    assert_eq!(lab.lookup("a.b", "A").unwrap(), ["192.0.2.1"]);
    assert_eq!(lab.names().len(), 2);
    // One that never understands.
    let lab = Lab::new();
    lab.answer(server(1), |query, _| vec![answer(query, 1, &[], &[])]);
    assert_eq!(lab.lookup("a.b", "A").unwrap_err().code(), Code::ServerFailure);
}

#[test]
fn what_does_not_fit_a_datagram_comes_over_tcp() {
    for split in [0, 1, 2, 3, 7, 100] {
        let lab = Lab::new();
        lab.stack.split(split);
        lab.answer(server(1), |query, _| vec![truncated(query)]);
        lab.stack.serve(server(1), || {
            let mut heard = Vec::new();
            move |bytes: &[u8]| {
                heard.extend_from_slice(bytes);
                let Some((length, query)) = heard.split_at_checked(2) else { return vec![] };
                if usize::from(u16::from_be_bytes([length[0], length[1]])) != query.len() {
                    return vec![];
                }
                let addresses: Vec<_> = (0..=255).map(|last| address("a.b.", last)).collect();
                // What answers something else is passed over.
                let mut stranger = answer(query, 0, &[address("a.b.", 1)], &[]);
                stranger[0] ^= 1;
                vec![Event::Send(framed(&stranger)), Event::Send(framed(&answer(query, 0, &addresses, &[])))]
            }
        });
        assert_eq!(lab.lookup("a.b", "A").unwrap().len(), 256, "{split}");
    }
}

#[test]
fn tcp_that_fails_is_a_failure_of_that_server() {
    type Peer = fn() -> Vec<Event>;
    let cases: Vec<(Peer, Code)> = vec![
        (|| vec![Event::Close], Code::UnexpectedEnd),
        (|| vec![Event::Send(vec![0])], Code::TimedOut),
        (|| vec![Event::Send(vec![1, 0, 5]), Event::Close], Code::UnexpectedEnd),
        (|| vec![Event::Reset], Code::ConnectionReset),
        (|| vec![Event::Send(vec![0; 100])], Code::Protocol),
        (
            // A byte a second never makes a message.
            || (0..200).flat_map(|_| [Event::Send(vec![1]), Event::Wait(Duration::from_secs(1))]).collect(),
            Code::TimedOut,
        ),
    ];
    for (events, code) in cases {
        let mut lab = Lab::new();
        lab.config.servers.truncate(1);
        lab.answer(server(1), |query, _| vec![truncated(query)]);
        lab.stack.serve(server(1), events);
        let error = lab.lookup("a.b", "A").unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(lab.seconds() <= 20.0);
    }
    // Without TCP, the other server is asked.
    let lab = Lab::new();
    lab.answer(server(1), |query, _| vec![truncated(query)]);
    lab.zone(server(2), vec![("a.b.", A, vec![192, 0, 2, 1])]);
    assert_eq!(lab.lookup("a.b", "A").unwrap(), ["192.0.2.1"]);
}

#[test]
fn a_stack_with_name_servers_of_its_own_has_these_asked() {
    let mut lab = Lab::new();
    lab.stack.set_name_servers(vec![IpAddr::from([192, 0, 2, 9])]);
    lab.zone(server(9), vec![("a.b.", A, vec![192, 0, 2, 1])]);
    assert_eq!(lab.lookup("a.b", "A").unwrap(), ["192.0.2.1"]);
    assert_eq!(lab.stack.connects(), [server(9)]);
    lab.stack.set_name_servers(vec![]);
    lab.config.servers.clear();
    let error = lab.lookup("a.b", "A").unwrap_err();
    assert_eq!(error.code(), Code::Unsupported);
    assert_eq!(
        error.message(),
        "no name server is known that could be asked for `a.b`: name one (`nameserver` of a `dns` check, `dns=` in --net, \
         /etc/resolv.conf), or give an address instead"
    );
}

/// Refuses what is not on its list, and remembers what it was asked.
#[derive(Default)]
struct Listed {
    allowed: Vec<SocketAddr>,
    asked: Vec<(String, SocketAddr)>,
}

impl Policy for Listed {
    fn host(&mut self, _: &str, _: u16) -> Result<(), Error> {
        Ok(())
    }

    fn address(&mut self, host: &str, address: SocketAddr) -> Result<(), Error> {
        self.asked.push((host.to_string(), address));
        match self.allowed.contains(&address) {
            true => Ok(()),
            false => Err(Error::new(Code::Refused, format!("{address} is not granted"))),
        }
    }
}

#[test]
fn a_server_of_the_request_is_asked_alone_and_only_if_it_may_be() {
    let lab = Lab::new();
    let at: SocketAddr = "192.0.2.8:5353".parse().unwrap();
    lab.zone(server(1), vec![("ns.example.", A, vec![192, 0, 2, 8])]);
    lab.zone(at, vec![("a.b.", A, vec![192, 0, 2, 1])]);
    for host in ["192.0.2.8", "ns.example"] {
        let mut policy = Listed { allowed: vec![at], ..Listed::default() };
        let ask = |policy: &mut Listed| {
            lookup(&lab.network(), "a.b", RecordType::A, Some((host, 5353)), policy, lab.deadline())
        };
        assert_eq!(ask(&mut policy).unwrap(), [Record::A([192, 0, 2, 1].into())]);
        // Only what the request named, and not the servers that its name was asked of.
        assert_eq!(policy.asked, [(host.to_string(), at)]);
        let before = lab.stack.connects().iter().filter(|to| **to == at).count();
        assert_eq!(ask(&mut Listed::default()).unwrap_err().code(), Code::Refused);
        assert_eq!(lab.stack.connects().iter().filter(|to| **to == at).count(), before);
    }
    let gone = Some(("gone.example", 53));
    let error = lookup(&lab.network(), "a.b", RecordType::A, gone, &mut AllowAll, lab.deadline());
    let error = error.unwrap_err();
    assert_eq!(error.code(), Code::NotResolved);
    assert_eq!(error.message(), "the name server `gone.example`: gone.example. does not exist");
}

#[test]
fn a_family_that_is_not_answered_does_not_use_up_the_time() {
    let lab = Lab::new();
    lab.answer(server(1), |query, asked| match asked.kind {
        A => vec![answer(query, 0, &[address("a.b.", 1)], &[])],
        _ => vec![],
    });
    let found = addresses(&lab.network(), "a.b", lab.deadline()).unwrap();
    assert_eq!(found.found, [IpAddr::from([192, 0, 2, 1])]);
    // It is told, and not as if the host itself were silent.
    assert_eq!(found.unknown.unwrap().code(), Code::NotResolved);
    assert!(lab.seconds() <= 5.01, "{}", lab.seconds());
    // The other way round there is something as well.
    let lab = Lab::new();
    lab.answer(server(1), |query, asked| match asked.kind {
        A => vec![answer(query, 2, &[], &[])],
        _ => vec![answer(query, 0, &[record("a.b.", AAAA, &[1; 16])], &[])],
    });
    let found = addresses(&lab.network(), "a.b", lab.deadline()).unwrap();
    assert_eq!(found.found, [IpAddr::from([1; 16])]);
    assert_eq!(found.unknown.unwrap().code(), Code::ServerFailure);
    // Without an address of a family, as with a server that takes the name for none then, nothing is unknown.
    for refusal in [0, 3] {
        let lab = Lab::new();
        lab.answer(server(1), move |query, asked| match asked.kind {
            A => vec![answer(query, 0, &[address("a.b.", 1)], &[])],
            _ => vec![answer(query, refusal, &[], &[])],
        });
        assert_eq!(addresses(&lab.network(), "a.b", lab.deadline()).unwrap().unknown, None);
    }
    // Silence is the name servers', not the host's.
    let lab = Lab::new();
    lab.answer(server(1), |_, _| vec![]);
    let error = addresses(&lab.network(), "a.b", lab.deadline()).unwrap_err();
    assert_eq!(error.code(), Code::NotResolved);
    // A failure is not mistaken for a name without addresses.
    let lab = Lab::new();
    lab.answer(server(1), |query, asked| match asked.kind {
        A => vec![answer(query, 0, &[], &[])],
        _ => vec![answer(query, 2, &[], &[])],
    });
    let error = addresses(&lab.network(), "a.b", lab.deadline()).unwrap_err();
    assert_eq!(error.code(), Code::ServerFailure);
}
