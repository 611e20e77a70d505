//! Messages: a question put, and an answer read (RFC 1035, RFC 6891). The wire format itself is the `domain` crate's.

use super::name::{Name, presentation};
use super::record::{Record, RecordType};
use crate::{Code, Error};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use domain::base::iana::{Class, OptRcode, Rcode};
use domain::base::message::RecordSection;
use domain::base::name::ToName;
use domain::base::wire::ParseError;
use domain::base::{Message, MessageBuilder, ParseRecordData, ParsedName, ParsedRecord, Rtype};
use domain::dep::octseq::array::Array;
use domain::rdata::{A, Aaaa, Caa, Cname, Mx, Ns, Ptr, Soa, Srv, Txt};

/// The size of datagrams that servers may send: what passes everywhere without fragments (DNS flag day 2020).
const UDP_PAYLOAD: u16 = 1_232;

/// A query is a header, one question and one OPT record: 12 + 255 + 4 + 11 bytes.
type QueryBuffer = Array<282>;

/// How many records of an answer are taken.
const MOST_RECORDS: usize = 1_024;

/// How many aliases are followed.
pub(super) const MOST_ALIASES: usize = 16;

/// One question, as it is put to one server.
pub(super) struct Query<'n> {
    /// What nobody else knows.
    pub(super) id: u16,
    pub(super) name: &'n Name,
    pub(super) record_type: RecordType,
    /// Whether it says that it speaks EDNS.
    pub(super) edns: bool,
}

/// What a server answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// The records, and how many aliases led to them.
    Records(Vec<Record>),
    /// The name is an alias of one that the message says nothing about, so many aliases on.
    Alias(Name, usize),
    /// NODATA (RFC 2308, 2.2).
    NoData,
    /// NXDOMAIN (RFC 2308, 2.1).
    NoName,
    /// There is more than fits a datagram.
    Truncated,
    /// The server does not know EDNS (RFC 6891, 7).
    NoEdns,
    /// SERVFAIL, REFUSED and their like: another server may know better.
    Failed(Error),
}

/// The codec's number for a type.
fn rtype(record_type: RecordType) -> Rtype {
    match record_type {
        RecordType::A => Rtype::A,
        RecordType::Aaaa => Rtype::AAAA,
        RecordType::Cname => Rtype::CNAME,
        RecordType::Mx => Rtype::MX,
        RecordType::Txt => Rtype::TXT,
        RecordType::Ns => Rtype::NS,
        RecordType::Srv => Rtype::SRV,
        RecordType::Ptr => Rtype::PTR,
        RecordType::Soa => Rtype::SOA,
        RecordType::Caa => Rtype::CAA,
    }
}

impl Query<'_> {
    /// The message.
    ///
    /// # Errors
    ///
    /// None that a [`Name`] can bring about.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, Error> {
        let too_long = || Error::new(Code::Invalid, format!("{} is too long to be asked for", self.name));
        let mut message = MessageBuilder::from_target(QueryBuffer::new()).map_err(|_| too_long())?;
        let header = message.header_mut();
        header.set_id(self.id);
        header.set_rd(true);
        let mut question = message.question();
        question.push((self.name.wire(), rtype(self.record_type))).map_err(|_| too_long())?;
        let mut additional = question.additional();
        if self.edns {
            additional
                .opt(|opt| {
                    opt.set_udp_payload_size(UDP_PAYLOAD);
                    Ok(())
                })
                .map_err(|_| too_long())?;
        }
        Ok(additional.finish().as_slice().to_vec())
    }

    /// Whether `bytes` are an answer to this very question (RFC 5452, 9.1). What a server that does not understand the question
    /// answers need not repeat it.
    pub(super) fn is_answered_by(&self, bytes: &[u8]) -> bool {
        let Ok(message) = Message::from_slice(bytes) else { return false };
        let header = message.header();
        if header.id() != self.id || !header.qr() || header.opcode() != domain::base::iana::Opcode::QUERY {
            return false;
        }
        match message.header_counts().qdcount() {
            0 => matches!(header.rcode(), Rcode::FORMERR | Rcode::NOTIMP),
            1 => message.sole_question().is_ok_and(|question| {
                question.qname().name_eq(self.name.wire())
                    && question.qtype() == rtype(self.record_type)
                    && question.qclass() == Class::IN
            }),
            _ => false,
        }
    }

    /// Reads an answer to this question.
    ///
    /// # Errors
    ///
    /// [`Code::Protocol`] where it is malformed, [`Code::TooLarge`] where it has more records than anyone needs.
    pub(super) fn read(&self, bytes: &[u8]) -> Result<Reply, Error> {
        self.reply(bytes).map_err(|error| match error {
            Malformed::Message => Error::new(Code::Protocol, "the answer is malformed"),
            Malformed::Aliases => Error::new(
                Code::Protocol,
                format!("the answer has more than {MOST_ALIASES} aliases, one after the other"),
            ),
            Malformed::Size => {
                Error::new(Code::TooLarge, format!("the answer has more than {MOST_RECORDS} records"))
            }
        })
    }

    fn reply(&self, bytes: &[u8]) -> Result<Reply, Malformed> {
        let message = Message::from_slice(bytes).map_err(|_| Malformed::Message)?;
        if message.header().tc() {
            return Ok(Reply::Truncated);
        }
        let answer = match message.opt_rcode() {
            OptRcode::NOERROR => self.follow(message)?,
            // The code speaks of the last alias (RFC 6604, 3).
            OptRcode::NXDOMAIN => Reply::NoName,
            OptRcode::FORMERR | OptRcode::NOTIMP | OptRcode::BADVERS if self.edns => Reply::NoEdns,
            OptRcode::REFUSED => Reply::Failed(Code::ServerRefused.into()),
            OptRcode::SERVFAIL => Reply::Failed(Code::ServerFailure.into()),
            other => Reply::Failed(Error::new(
                Code::ServerFailure,
                format!("the name server could not answer (response code {})", other.to_int()),
            )),
        };
        Ok(answer)
    }

    /// Goes from alias to alias to the records.
    fn follow(&self, message: &Message<[u8]>) -> Result<Reply, Malformed> {
        let wanted = rtype(self.record_type);
        let question = message.sole_question()?;
        let mut target: ParsedName<&[u8]> = *question.qname();
        for aliases in 0..=MOST_ALIASES {
            let mut records = Vec::new();
            let mut alias = None;
            for (number, record) in message.answer()?.enumerate() {
                let record = record?;
                if number == MOST_RECORDS {
                    return Err(Malformed::Size);
                }
                if record.class() != Class::IN || !record.owner().name_eq(&target) {
                } else if record.rtype() == wanted {
                    records.push(data(&record, self.record_type)?);
                } else if record.rtype() == Rtype::CNAME && alias.is_none() {
                    alias = Some(*parsed::<Cname<_>>(&record)?.cname());
                }
            }
            match alias {
                _ if !records.is_empty() => return Ok(Reply::Records(records)),
                Some(next) => target = next,
                // A server that knows that there is nothing says where it knows that from (RFC 2308, 2.2).
                None if aliases == 0 || has_soa(message.authority()?)? => return Ok(Reply::NoData),
                None => {
                    return Name::of(&target)
                        .map(|name| Reply::Alias(name, aliases))
                        .map_err(|_| Malformed::Message);
                }
            }
        }
        Err(Malformed::Aliases)
    }
}

/// Why an answer can't be used.
enum Malformed {
    Message,
    Aliases,
    Size,
}

impl From<ParseError> for Malformed {
    fn from(_: ParseError) -> Self {
        Self::Message
    }
}

fn has_soa(section: RecordSection<'_, [u8]>) -> Result<bool, ParseError> {
    for record in section {
        if record?.rtype() == Rtype::SOA {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The data of a record of that type.
fn parsed<'a, Data: ParseRecordData<'a, [u8]>>(record: &ParsedRecord<'a, [u8]>) -> Result<Data, Malformed> {
    match record.to_record::<Data>()? {
        Some(record) => Ok(record.into_data()),
        None => Err(Malformed::Message),
    }
}

/// The record as evidence has it.
fn data(record: &ParsedRecord<'_, [u8]>, record_type: RecordType) -> Result<Record, Malformed> {
    Ok(match record_type {
        RecordType::A => Record::A(parsed::<A>(record)?.addr()),
        RecordType::Aaaa => Record::Aaaa(parsed::<Aaaa>(record)?.addr()),
        RecordType::Cname => Record::Cname(presentation(parsed::<Cname<ParsedName<_>>>(record)?.cname())),
        RecordType::Ns => Record::Ns(presentation(parsed::<Ns<ParsedName<_>>>(record)?.nsdname())),
        RecordType::Ptr => Record::Ptr(presentation(parsed::<Ptr<ParsedName<_>>>(record)?.ptrdname())),
        RecordType::Mx => {
            let mx = parsed::<Mx<ParsedName<_>>>(record)?;
            Record::Mx { preference: mx.preference(), exchange: presentation(mx.exchange()) }
        }
        RecordType::Txt => {
            let txt = parsed::<Txt<_>>(record)?;
            let joined: Vec<u8> = txt.iter().flatten().copied().collect();
            Record::Txt(text(&joined))
        }
        RecordType::Srv => {
            let srv = parsed::<Srv<ParsedName<_>>>(record)?;
            Record::Srv {
                priority: srv.priority(),
                weight: srv.weight(),
                port: srv.port(),
                target: presentation(srv.target()),
            }
        }
        RecordType::Soa => {
            let soa = parsed::<Soa<ParsedName<_>>>(record)?;
            Record::Soa {
                mname: presentation(soa.mname()),
                rname: presentation(soa.rname()),
                serial: soa.serial().into_int(),
                refresh: soa.refresh().as_secs(),
                retry: soa.retry().as_secs(),
                expire: soa.expire().as_secs(),
                minimum: soa.minimum().as_secs(),
            }
        }
        RecordType::Caa => {
            let caa = parsed::<Caa<_>>(record)?;
            Record::Caa { flags: caa.flags().bits(), tag: format!("{}", caa.tag()), value: text(caa.value()) }
        }
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
