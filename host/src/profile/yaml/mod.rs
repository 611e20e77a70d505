//! YAML as a tree in which every value knows where it was written.

mod node;
mod read;
mod scalar;

pub(super) use node::{Entry, Form, Kind, Node, Scalar, Span};
pub(super) use read::read;
pub(super) use scalar::Value;
