//! A machine for the engine's own tests: real clocks, no files, one program that echoes, and a log that can be read.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{
    ConnectResponse, DnsRequest, DnsResponse, ExecRequest, ExecResponse, Handshake, HttpRequest,
    HttpResponse, MxRecord, TcpRequest,
};
use quoin_engine::capability::Grants;
use quoin_engine::host::{Destination, Host, LogLine};
use quoin_engine::system::{Interest, Readiness, System};
use quoin_engine::wasi::Errno;
use quoin_engine::{Deadline, Engine, Gate, Instance, Limits, Observation, Session};
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

/// The machine; clones share their log.
#[derive(Clone)]
pub struct Machine {
    start: Instant,
    pub log: Arc<Mutex<Vec<String>>>,
}

impl Machine {
    pub fn new() -> Self {
        Self { start: Instant::now(), log: Arc::default() }
    }

    pub fn lines(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    pub fn session(&self, grants: Grants, time: Duration) -> Session {
        Session { host: Box::new(self.clone()), grants, deadline: Deadline::after(self.monotonic(), time) }
    }
}

impl System for Machine {
    fn monotonic(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap()
    }

    fn realtime(&self) -> u64 {
        u64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos()).unwrap()
    }

    fn resolution(&self) -> u64 {
        1
    }

    fn random(&self, buffer: &mut [u8]) -> Result<(), Errno> {
        buffer.fill(4);
        Ok(())
    }

    fn wait(&self, interests: &[Interest<'_>], nanoseconds: u64) -> Result<Vec<Readiness>, Errno> {
        std::thread::sleep(Duration::from_nanos(nanoseconds));
        Ok(vec![Readiness::default(); interests.len()])
    }
}

impl Host for Machine {
    fn system(&self) -> &dyn System {
        self
    }

    fn log(&self, line: &LogLine<'_>) {
        self.log.lock().unwrap().push(format!("{:?} {}", line.level, line.message));
    }

    fn find_program(&self, command: &str) -> Result<String, ErrorDetail> {
        match command {
            "echo" | "/bin/echo" => Ok("/bin/echo".into()),
            _ => Err(ErrorDetail::new(ErrorType::Execution, "ENOENT", format!("{command}: no such program"))),
        }
    }

    fn exec(
        &self,
        program: &str,
        request: &ExecRequest,
        _deadline: Deadline,
        _output_bytes: usize,
    ) -> ExecResponse {
        ExecResponse { stdout: format!("{program} {}", request.args.join(" ")), ..ExecResponse::default() }
    }

    fn dns_lookup(
        &self,
        server: Option<Destination<'_>>,
        request: &DnsRequest,
        _deadline: Deadline,
        _gate: &mut Gate<'_>,
    ) -> DnsResponse {
        if let Some(Destination { host, port }) = server {
            return DnsResponse { records: vec![format!("{host} {port}")], ..DnsResponse::default() };
        }
        let mx = MxRecord { host: format!("mail.{}.", request.hostname), pref: 10 };
        DnsResponse { mx_records: vec![mx], ..DnsResponse::default() }
    }

    /// Every name leads to 10.0.0.1 and then to 203.0.114.1, where all but port 1 is open.
    fn tcp_connect(
        &self,
        to: Destination<'_>,
        request: &TcpRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> ConnectResponse {
        let Destination { host, port } = to;
        let private = gate.address(host, [10, 0, 0, 1].into(), port);
        let public = gate.address(host, [203, 0, 114, 1].into(), port);
        let address = format!("{host}:{port}");
        let response_time_ms = u64::try_from(deadline.left(self.monotonic()).as_millis()).unwrap();
        let error = match (private, public) {
            (Ok(()), _) | (_, Ok(())) if port != 1 => None,
            (Err(refusal), _) | (_, Err(refusal)) => Some(refusal.into()),
            _ => Some(ErrorDetail::new(ErrorType::Network, "ECONNREFUSED", "refused")),
        };
        let handshake = Handshake { tls: request.tls, ..Handshake::default() };
        ConnectResponse {
            connected: error.is_none(),
            address,
            response_time_ms,
            handshake,
            error,
            ..ConnectResponse::default()
        }
    }

    /// Everything redirects to the host `next.example`.
    fn http_request(
        &self,
        _to: Destination<'_>,
        request: &HttpRequest,
        _deadline: Deadline,
        gate: &mut Gate<'_>,
        body_bytes: usize,
    ) -> HttpResponse {
        match gate.connect("next.example", 80) {
            Ok(()) => HttpResponse {
                status_code: 200,
                body: BASE64.encode(format!("{} {body_bytes}", request.url)),
                ..HttpResponse::default()
            },
            Err(refusal) => HttpResponse { error: Some(refusal.into()), ..HttpResponse::default() },
        }
    }
}

/// Instantiates WAT with plenty of time.
pub fn instance(machine: &Machine, limits: Limits, wat: &str) -> Instance {
    let wasm = wat::parse_str(wat).unwrap();
    let plugin = Engine::new(limits).load(&wasm).unwrap();
    plugin.instantiate(machine.session(Grants::none(), Duration::from_secs(30))).unwrap()
}

/// One observation of WAT with an empty configuration.
pub fn observe(machine: &Machine, limits: Limits, wat: &str, grants: Grants, time: Duration) -> Observation {
    let wasm = wat::parse_str(wat).unwrap();
    let plugin = Engine::new(limits).load(&wasm).unwrap();
    match plugin.instantiate(machine.session(grants, time)) {
        Ok(instance) => instance.observe(&Map::new()),
        Err(failure) => {
            Observation { evidence: Err(failure), refusals: Vec::new(), fuel: 0, memory_bytes: 0 }
        }
    }
}

/// The text of a failed observation.
pub fn failure(observation: Observation) -> String {
    observation.evidence.unwrap_err().to_string()
}

/// The data of a good observation.
pub fn data(observation: Observation) -> Value {
    let evidence = observation.evidence.unwrap();
    assert_eq!(evidence.error, None);
    Value::Object(evidence.data)
}

/// A pointer-generation guest: `parts` are further WAT fields, `observe` the body of that function. `$answer` copies
/// bytes into a new block and leaves its address. The allocator keeps each block's size in front of it: a size that is not
/// exact, or a block given back twice, traps. When nothing is outstanding any more it logs `balanced`.
pub fn guest(parts: &str, observe: &str) -> String {
    let fail = r#"(call $answer (i32.const 200) (i32.const 15))"#;
    let observe = if observe.is_empty() { fail } else { observe };
    ALLOCATOR.replace("PARTS", parts)
        + &format!(
            r#"
  (func (export "describe") (result i32) (call $answer (i32.const 100) (i32.const 31)))
  (func (export "schema") (result i32) (call $answer (i32.const 150) (i32.const 17)))
  (func (export "observe") (param $config i32) (param $len i32) (result i32) {observe})
)"#
        )
}

/// The beginning of a guest, up to its exports of one generation.
pub const ALLOCATOR: &str = r#"(module
  (import "reglet_host" "log_message" (func $log (param i64)))
  PARTS
  (memory (export "memory") 2)
  (global $next (mut i32) (i32.const 4096))
  (global $outstanding (mut i32) (i32.const 0))
  (data (i32.const 16) "{\"level\":\"INFO\",\"message\":\"balanced\"}")
  (data (i32.const 100) "{\"name\":\"test\",\"version\":\"1.0\"} ")
  (data (i32.const 150) "{\"type\":\"object\"}")
  (data (i32.const 200) "{\"status\":true}")
  (func $allocate (export "allocate") (param $n i32) (result i32) (local $p i32)
    (local.set $p (i32.add (global.get $next) (i32.const 8)))
    (i32.store (global.get $next) (local.get $n))
    (global.set $next (i32.and (i32.add (i32.add (local.get $p) (local.get $n)) (i32.const 7)) (i32.const -8)))
    (global.set $outstanding (i32.add (global.get $outstanding) (local.get $n)))
    (local.get $p))
  (func $deallocate (export "deallocate") (param $p i32) (param $n i32)
    (if (i32.ne (i32.load (i32.sub (local.get $p) (i32.const 8))) (local.get $n)) (then (unreachable)))
    (i32.store (i32.sub (local.get $p) (i32.const 8)) (i32.const -1))
    (global.set $outstanding (i32.sub (global.get $outstanding) (local.get $n)))
    (if (i32.eqz (global.get $outstanding)) (then (call $log (i64.const 0x10_0000_0025)))))
  (func $answer (param $from i32) (param $len i32) (result i32) (local $p i32)
    (local.set $p (call $allocate (local.get $len)))
    (memory.copy (local.get $p) (local.get $from) (local.get $len))
    (local.get $p))
"#;
