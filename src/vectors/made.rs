//! The one reason why nothing in this folder can fail to be made.

use std::fmt::Debug;

/// What is made of the fixed names, keys and documents in this folder is made alike on every machine; that each of them
/// can be made is what the tests show. So a value that is not there is a fault of this program and never of its input.
pub(super) trait Made<T> {
    /// Takes the value.
    fn made(self) -> T;
}

impl<T, E: Debug> Made<T> for Result<T, E> {
    #[track_caller]
    fn made(self) -> T {
        self.unwrap_or_else(|error| unreachable!("a vector is made of fixed parts: {error:?}"))
    }
}

impl<T> Made<T> for Option<T> {
    #[track_caller]
    fn made(self) -> T {
        self.unwrap_or_else(|| unreachable!("a vector is made of fixed parts, and one is not there"))
    }
}
