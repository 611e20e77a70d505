//! Chores of the Quoin repository.

fn main() {}
