//! A run: what has happened, and what may happen next.

mod intent;

pub use intent::Intent;
