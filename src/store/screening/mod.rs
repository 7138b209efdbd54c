//! What a file is before it is taken in: its type, its facts, the secrets in it.

pub(super) mod facts;
pub mod secrets;
pub(super) mod sniff;
