//! What is shown and said of good and bad certificates.

use super::server::*;
use quoin_net::Code;
use quoin_net::tls::{self, Certificate, Trust, Verify};

#[test]
fn a_handshake_shows_what_it_should_however_the_bytes_come() {
    for (version, text, cipher_suite) in [
        (TLS12, "TLS 1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        (TLS13, "TLS 1.3", "TLS_AES_256_GCM_SHA384"),
    ] {
        for split in [0, 1, 2, 3, 5, 100] {
            let site = Site::new(&["good"], "ec.key", version);
            let goodbye = site.said_goodbye.clone();
            let stack = stack(move || site.server());
            stack.split(split);
            let evidence = talk(&stack, "good.example", Verify::Require).unwrap();
            assert_eq!(evidence.version, text);
            assert_eq!(evidence.cipher_suite, cipher_suite);
            assert_eq!(evidence.server_name, "good.example");
            assert_eq!(evidence.verified, Ok(()));
            assert_eq!(evidence.chain_length, 1);
            assert!(*goodbye.borrow(), "close_notify was sent");
            let certificate = evidence.certificate.unwrap();
            assert_eq!(certificate, Certificate::from_der(&der("good")).unwrap());
        }
    }
}

#[test]
fn a_certificate_is_told_in_full() {
    let certificate = Certificate::from_der(&der("good")).unwrap();
    assert_eq!(certificate.subject, "CN=good.example,O=Test,C=DE");
    assert_eq!(certificate.issuer, "CN=Test Root");
    assert_eq!(certificate.not_before, 1_767_225_600);
    assert_eq!(certificate.not_after, 4_922_899_200);
    assert_eq!(
        certificate.subject_alternative_names,
        [
            "good.example",
            "*.wild.example",
            "192.0.2.1",
            "2001:db8::1",
            "email:root@good.example",
            "uri:https://good.example/",
            "dirname:CN=a directory",
        ]
    );
    assert!(
        certificate.serial.len() > 20 && certificate.serial.bytes().all(|digit| digit.is_ascii_hexdigit())
    );
    assert_eq!(certificate.sha256.len(), 64);
    assert_eq!(certificate.key, "ECDSA P-256");
    assert_eq!(certificate.signature_algorithm, "ECDSA-SHA256");

    let device = Certificate::from_der(&der("device")).unwrap();
    assert_eq!(device.subject, "emailAddress=root@device.example,CN=device.example,OU=\\#1+O=Größe\\, Inc.");
    assert_eq!((&*device.key, &*device.signature_algorithm), ("RSA 2048", "SHA256-RSA"));
    let weak = Certificate::from_der(&der("rsa1024")).unwrap();
    assert_eq!(weak.key, "RSA 1024");
    let old = Certificate::from_der(&der("v1")).unwrap();
    assert_eq!((&*old.subject, old.subject_alternative_names.len()), ("CN=old.example", 0));
    assert_eq!(Certificate::from_der(&der("sha1")).unwrap().signature_algorithm, "SHA1-RSA");
}

#[test]
fn broken_certificates_are_read_or_refused_but_never_a_panic() {
    let whole = der("device");
    for length in 0..whole.len() {
        assert_eq!(Certificate::from_der(&whole[..length]).unwrap_err().code(), Code::Invalid);
    }
    for at in 0..whole.len() {
        for flip in [0x01, 0x20, 0x80, 0xff] {
            let mut broken = whole.to_vec();
            broken[at] ^= flip;
            let _ = Certificate::from_der(&broken);
        }
    }
}

#[test]
fn every_verdict_is_told_in_words_and_is_an_error_where_a_good_certificate_is_required() {
    let good = "good.example";
    for (chain, key, name, wrong) in [
        (&["good"][..], "ec.key", good, None),
        (&["good"], "ec.key", "GOOD.example.", None),
        (&["good"], "ec.key", "a.wild.example", None),
        (&["good"], "ec.key", "192.0.2.1", None),
        (&["good"], "ec.key", "[2001:db8::1]", None),
        (&["below", "intermediate"], "rsa.key", good, None),
        (
            &["good"],
            "ec.key",
            "evil.example",
            Some(
                "is for good.example, *.wild.example, 192.0.2.1, 2001:db8::1, email:root@good.example and 2 more, \
                 not for evil.example",
            ),
        ),
        (&["expired"], "ec.key", good, Some("expired on 2026-06-01T00:00:00Z")),
        (&["future"], "ec.key", good, Some("is not valid before 2030-01-01T00:00:00Z")),
        (&["client"], "ec.key", good, Some("is not for servers (extended key usage)")),
        (
            &["nameless"],
            "ec.key",
            good,
            Some("names no host (it has no subject alternative names), so not good.example"),
        ),
        (&["below"], "rsa.key", good, Some("is issued by an unknown authority (CN=Test Intermediate)")),
        (
            &["sha1", "intermediate"],
            "rsa.key",
            good,
            Some(
                "has a signature in its chain with an algorithm that is not trusted; \
                 is signed with SHA1-RSA, which can be forged",
            ),
        ),
        (
            &["device"],
            "rsa.key",
            "192.0.2.7",
            Some("expired on 2026-06-01T00:00:00Z; is self-signed; is for device.example, not for 192.0.2.7"),
        ),
        (
            &["v1"],
            "rsa.key",
            "old.example",
            Some("is of X.509 version 1, which is for no host; is self-signed"),
        ),
        (
            &["root"],
            "ec.key",
            "evil.example",
            Some("names no host (it has no subject alternative names), so not evil.example"),
        ),
        (
            &["intermediate"],
            "rsa.key",
            good,
            Some(
                "is an authority's, not a server's; names no host (it has no subject alternative names), so not good.example",
            ),
        ),
    ] {
        for version in [TLS12, TLS13] {
            let site = Site::new(chain, key, version);
            let stack = stack(move || site.server());
            let wrong = wrong.map(|wrong| format!("the certificate {wrong}"));
            let reported = talk(&stack, name, Verify::Report).unwrap();
            let verdict = reported.verified.clone().err().map(|error| error.message().to_owned());
            assert_eq!(verdict, wrong, "{chain:?}");
            assert_eq!(reported.chain_length, chain.len());
            assert_eq!(reported.certificate, Some(Certificate::from_der(&der(chain[0])).unwrap()));
            match talk(&stack, name, Verify::Require) {
                Ok(evidence) => assert_eq!((evidence.verified, wrong), (Ok(()), None), "{chain:?}"),
                Err(error) => {
                    assert_eq!(error.code(), Code::Certificate, "{chain:?}");
                    assert_eq!(Some(error.message()), wrong.as_deref());
                }
            }
        }
    }
}

#[test]
fn an_unknown_authority_is_named_and_a_certificate_that_somebody_trusts_by_itself_is_trusted() {
    let site = Site::new(&["below", "intermediate"], "rsa.key", TLS13);
    let known = stack(move || site.server());
    let device = Trust::from_pem(&std::fs::read(file("device.pem")).unwrap()).unwrap();
    let error = connect(&known, "good.example", &device, Verify::Require).err().unwrap();
    assert_eq!(error.message(), "the certificate is issued by an unknown authority (CN=Test Root)");

    let site = Site::new(&["device"], "rsa.key", TLS13);
    let itself = stack(move || site.server());
    let at = |now| tls::connect(stream(&itself), "device.example", &device, now, Verify::Require);
    assert_eq!(at(1_770_000_000).unwrap().1.verified, Ok(()));
    let error = at(NOW).err().unwrap();
    assert_eq!(error.message(), "the certificate expired on 2026-06-01T00:00:00Z");
}

#[test]
fn authorities_that_cannot_be_read_are_an_error_that_names_the_file() {
    let missing = Trust::system(Some(&file("no-such-file.pem"))).err().unwrap();
    assert_eq!(missing.code(), Code::Invalid);
    assert!(missing.message().contains("no-such-file.pem: No such file"), "{missing}");
    let key = Trust::system(Some(&file("make.sh"))).err().unwrap();
    assert!(key.message().contains("make.sh: no certificate in it"), "{key}");
    let broken =
        Trust::from_pem(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").err().unwrap();
    assert!(broken.message().contains("certificate 1 can't be read"), "{broken}");
    assert!(Trust::system(Some(&file("root.pem"))).is_ok());
}
