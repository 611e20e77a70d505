;; The guest of the target `result`. Its memory from 1024 on is random bytes, and what it answers is the time of day:
;; both are what the machine says, which is what the fuzzer says. The host's input lies at 0x20000.
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $wait (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 3)
  (func (export "_initialize") (drop (call $random (i32.const 1024) (i32.const 60000))))
  (func (export "allocate") (param i32) (result i32) (i32.const 0x20000))
  ;; Tells the machine what is given back, as the time that it wants to wait: address << 32 | size.
  (func (export "deallocate") (param $address i32) (param $size i32)
    (i32.store (i32.const 0x21010) (i32.const 1))
    (i32.store (i32.const 0x21018) (local.get $size))
    (i32.store (i32.const 0x2101c) (local.get $address))
    (drop (call $wait (i32.const 0x21000) (i32.const 0x21100) (i32.const 1) (i32.const 0x21200))))
  (func $answer (result RESULT)
    (drop (call $time (i32.const 0) (i64.const 0) (i32.const 0x22000)))
    (i64.load (i32.const 0x22000)) CONVERT)
  (func (export "DESCRIBE") (result RESULT) (call $answer))
  (func (export "schema") (result RESULT) (call $answer))
  (func (export "OBSERVE") (param i32 i32) (result RESULT) (call $answer)))
