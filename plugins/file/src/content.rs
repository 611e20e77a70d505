//! Reading what is in a file.

use crate::config::Request;
use alloc::{string::String, vec, vec::Vec};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use core::fmt::Write as _;
use quoin_plugin::{ErrorDetail, ErrorType, Host, Observation};
use sha2::{Digest as _, Sha256};

/// The most content that is given. JSON writes some characters as six bytes, and a host takes 4 MiB of result.
pub(crate) const CONTENT_BYTES: usize = 512 << 10;

/// Bytes that are read at a time.
const PIECE_BYTES: usize = 8 << 10;

/// Opens a regular file and reads what was asked for.
///
/// # Errors
///
/// A refusal by the host; that the file can't be read is evidence.
pub(crate) fn read(host: &impl Host, request: &Request, seen: &mut Observation) -> Result<(), ErrorDetail> {
    match host.open(&request.path) {
        Ok(file) => {
            seen.set("readable", true);
            if !request.read_content && !request.hash {
                return Ok(());
            }
            read_to_end(file, request, seen).or_else(|error| failed(error, seen))
        }
        Err(error) => failed(error, seen),
    }
}

/// Tries to list a directory, which has no content and no digest.
///
/// # Errors
///
/// A refusal by the host.
pub(crate) fn list(host: &impl Host, request: &Request, seen: &mut Observation) -> Result<(), ErrorDetail> {
    match host.probe_directory(&request.path) {
        Ok(()) => {
            seen.set("readable", true);
            if request.read_content || request.hash {
                seen.set("read_error", "is a directory");
            }
            Ok(())
        }
        Err(error) => failed(error, seen),
    }
}

/// Notes that reading failed, unless it was not allowed.
fn failed(error: ErrorDetail, seen: &mut Observation) -> Result<(), ErrorDetail> {
    if error.kind == ErrorType::Capability {
        return Err(error);
    }
    seen.set("read_error", error.message);
    Ok(())
}

/// Reads on to the end whatever size the file claims: those in `/proc` and `/sys` claim none, or a page.
fn read_to_end(
    mut file: impl quoin_plugin::Read,
    request: &Request,
    seen: &mut Observation,
) -> Result<(), ErrorDetail> {
    let mut content = Vec::new();
    let mut truncated = false;
    let mut digest = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    while request.hash || !truncated {
        let length = file.read(&mut piece)?;
        let Some(read @ [_, ..]) = piece.get(..length) else { break };
        if request.hash {
            digest.update(read);
        }
        if request.read_content {
            let room = CONTENT_BYTES - content.len();
            truncated |= read.len() > room;
            content.extend_from_slice(&read[..read.len().min(room)]);
        }
    }
    if request.hash {
        seen.set("sha256", hexadecimal(&digest.finalize()));
    }
    if request.read_content {
        give(content, truncated, seen);
    }
    Ok(())
}

/// Gives content as what it is.
fn give(mut content: Vec<u8>, truncated: bool, seen: &mut Observation) {
    if truncated {
        seen.set("content_truncated", true);
        // The cut may have gone through the last character.
        if let Err(error) = core::str::from_utf8(&content)
            && error.error_len().is_none()
        {
            content.truncate(error.valid_up_to());
        }
    }
    match String::from_utf8(content) {
        Ok(text) => seen.set("content", text),
        Err(error) => {
            seen.set("content_b64", STANDARD.encode(error.into_bytes()));
            seen.set("encoding", "base64");
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
