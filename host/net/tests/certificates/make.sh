#!/bin/bash
# Makes the certificates that tests/tls serves, with OpenSSL 3. They are committed, so that tests need no OpenSSL; run this only
# to add one. All are for good.example and valid from 2026 to 2126 unless their name says otherwise. The keys are public:
# nothing may ever trust them.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/ca.cnf" <<EOF
[ca]
default_ca = here
[here]
database = $work/index
new_certs_dir = $work
rand_serial = yes
unique_subject = no
policy = any
email_in_dn = yes
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
emailAddress = optional
[req]
distinguished_name = dn
[dn]
[authority]
basicConstraints = critical, CA:TRUE
[server]
basicConstraints = CA:FALSE
subjectAltName = DNS:good.example, DNS:*.wild.example, IP:192.0.2.1, IP:2001:db8::1, email:root@good.example, URI:https://good.example/, dirName:dir
[dir]
CN = a directory
[client]
basicConstraints = CA:FALSE
subjectAltName = DNS:good.example
extendedKeyUsage = clientAuth
[nameless]
basicConstraints = CA:FALSE
[device]
basicConstraints = critical, CA:TRUE
subjectAltName = DNS:device.example
EOF
touch "$work/index"

key() { # file, options
    [ -f "$1" ] || openssl genpkey -out "$1" "${@:2}" 2>/dev/null
}
key ec.key -algorithm EC -pkeyopt ec_paramgen_curve:P-256
key rsa.key -algorithm RSA -pkeyopt rsa_keygen_bits:2048
key rsa1024.key -algorithm RSA -pkeyopt rsa_keygen_bits:1024

# name, key, subject, extensions, from, to, digest, and the options that say who signs
issue() {
    openssl req -new -utf8 -config "$work/ca.cnf" -key "$2" -subj "$3" -multivalue-rdn -out "$work/$1.csr"
    openssl ca -batch -notext -preserveDN -utf8 -config "$work/ca.cnf" -in "$work/$1.csr" -out "$1.pem" -extensions "$4" \
        -startdate "$5" -enddate "$6" -md "$7" "${@:8}" 2>"$work/log" || { cat "$work/log"; exit 1; }
}
from=20260101000000Z
to=21260101000000Z
issue root ec.key /CN=Test\ Root authority $from $to sha256 -selfsign -keyfile ec.key
issue intermediate rsa.key /CN=Test\ Intermediate authority $from $to sha256 -cert root.pem -keyfile ec.key
issue good ec.key /C=DE/O=Test/CN=good.example server $from $to sha256 -cert root.pem -keyfile ec.key
issue below rsa.key /CN=good.example server $from $to sha256 -cert intermediate.pem -keyfile rsa.key
issue expired ec.key /CN=good.example server 20250101000000Z 20260601000000Z sha256 -cert root.pem -keyfile ec.key
issue future ec.key /CN=good.example server 20300101000000Z $to sha256 -cert root.pem -keyfile ec.key
issue client ec.key /CN=good.example client $from $to sha256 -cert root.pem -keyfile ec.key
issue nameless ec.key /CN=good.example nameless $from $to sha256 -cert root.pem -keyfile ec.key
issue sha1 rsa.key /CN=good.example server $from $to sha1 -cert intermediate.pem -keyfile rsa.key
issue device rsa.key '/O=Größe, Inc.+OU=#1/CN=device.example/emailAddress=root@device.example' device 20250101000000Z 20260601000000Z sha256 -selfsign -keyfile rsa.key
issue rsa1024 rsa1024.key /CN=good.example server $from $to sha256 -selfsign -keyfile rsa1024.key
# Without extensions, a certificate is of version 1.
openssl req -new -config "$work/ca.cnf" -key rsa.key -subj /CN=old.example -out "$work/v1.csr"
openssl x509 -req -in "$work/v1.csr" -key rsa.key -days 36500 -out v1.pem 2>/dev/null
# What a peer with that key signs; verified by provider.rs.
printf 'a handshake' | openssl dgst -sha256 -sign rsa1024.key -out rsa1024.sha256
printf 'a handshake' | openssl dgst -sha1 -sign rsa1024.key -out rsa1024.sha1
