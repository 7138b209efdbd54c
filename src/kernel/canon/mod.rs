//! Canonical bytes: one spelling for everything that is hashed or signed.
//!
//! RFC 8785 (JCS) narrowed by FORMAT.md §1: strings, booleans, null, objects, arrays and
//! integers within ±(2^53−1). Whoever reads bytes gets either the value or the named reason
//! why these bytes are not canonical; there is no lenient reader beside this one.

pub mod base64;
mod decode;
pub mod digest;
mod members;
mod writer;

pub use decode::{Refused, decode, parse};
pub(in crate::kernel) use writer::write_inside;
pub use writer::{NotCanonical, encode, write};

/// The largest integer that every JSON reader keeps exactly, 2^53 − 1.
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 32;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(in crate::kernel) mod vectors;
