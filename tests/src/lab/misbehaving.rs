//! Peers that no real server would be, as functions for a [`Listener`](super::Listener).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

/// Answers an HTTP request with a byte a second, and never comes to an end.
///
/// # Errors
///
/// The peer's.
pub fn trickle(mut stream: TcpStream) -> std::io::Result<()> {
    request(&stream)?;
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".iter().cycle() {
        stream.write_all(&[*byte])?;
        sleep(Duration::from_secs(1));
    }
    Ok(())
}

/// Sends half an answer, then resets the connection.
///
/// # Errors
///
/// The peer's.
pub fn reset(mut stream: TcpStream) -> std::io::Result<()> {
    let mut first = [0; 1];
    stream.read_exact(&mut first)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nThe first half")?;
    // The peer has it all before the reset comes.
    sleep(Duration::from_millis(200));
    // What is left of the request unread makes the kernel reset instead of closing (RFC 2525, section 2.17).
    drop(stream);
    Ok(())
}

/// Sends half an answer, then closes.
///
/// # Errors
///
/// The peer's.
pub fn hang_up(mut stream: TcpStream) -> std::io::Result<()> {
    request(&stream)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nThe first half")
}

/// Sends a body that ends with the connection, after a `103 Early Hints`.
///
/// # Errors
///
/// The peer's.
pub fn until_closed(mut stream: TcpStream) -> std::io::Result<()> {
    request(&stream)?;
    stream.write_all(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUntil it closes.\n")
}

/// Takes a connection and says nothing, as long as the peer stays.
///
/// # Errors
///
/// The peer's.
pub fn silent(mut stream: TcpStream) -> std::io::Result<()> {
    std::io::copy(&mut stream, &mut std::io::sink()).map(drop)
}

/// Sends what is no protocol at all, without end.
///
/// # Errors
///
/// The peer's.
pub fn flood(mut stream: TcpStream) -> std::io::Result<()> {
    let noise: Vec<u8> = (0..65536_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    loop {
        stream.write_all(&noise)?;
    }
}

/// Answers what was sent to it, as the body of an HTTP response.
///
/// # Errors
///
/// The peer's.
pub fn mirror(mut stream: TcpStream) -> std::io::Result<()> {
    let length = request(&stream)?;
    let mut body = vec![0; length];
    (&stream).read_exact(&mut body)?;
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n")?;
    stream.write_all(&body)
}

/// Offers STARTTLS, and sends more in the same segment as its consent: what RFC 3207's readers must not trust
/// (CVE-2011-0411).
///
/// # Errors
///
/// The peer's.
pub fn inject(mut stream: TcpStream) -> std::io::Result<()> {
    stream.write_all(b"220 mail.lab.test ESMTP\r\n")?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    while let Some(line) = lines.next().transpose()? {
        match line.as_bytes() {
            b"STARTTLS" => stream.write_all(b"220 go ahead\r\n250-INJECTED\r\n250 PIPELINING\r\n")?,
            b"QUIT" => return stream.write_all(b"221 bye\r\n"),
            _ => stream.write_all(b"250-mail.lab.test\r\n250 STARTTLS\r\n")?,
        }
    }
    Ok(())
}

/// Reads a request's head, byte by byte so that its body is left, and answers its `Content-Length`.
fn request(mut stream: &TcpStream) -> std::io::Result<usize> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    Ok(length.unwrap_or(0))
}
