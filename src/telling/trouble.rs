//! A failure told: what happened with every cause of it, and what to do. Faces lay it out; the chain is followed here.

use crate::kernel::text::causes;
use std::error::Error;

/// What went wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What happened, then its causes.
    pub causes: Vec<String>,
    /// What to do; empty where nothing more is known.
    pub hint: String,
}

impl Trouble {
    /// Tells an error with all its causes.
    #[must_use]
    pub fn of(error: &dyn Error, hint: impl Into<String>) -> Self {
        Self { causes: causes(error), hint: hint.into() }
    }

    /// Tells what is told in words already.
    #[must_use]
    pub fn told(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { causes: vec![what.into()], hint: hint.into() }
    }

    /// Returns what happened with its causes in one line.
    #[must_use]
    pub fn what(&self) -> String {
        self.causes.join(": ")
    }

    /// Returns all of it as a line for a screen.
    #[must_use]
    pub fn line(&self) -> String {
        match self.hint.as_str() {
            "" => self.what(),
            hint => format!("{}. {hint}", self.what()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the file cannot be read")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn every_cause_is_told_and_what_to_do_stands_behind_them() {
        let error = Outer(std::io::Error::other("the medium is gone"));
        let told = Trouble::of(&error, "put it back");
        assert_eq!(told.causes, ["the file cannot be read", "the medium is gone"]);
        assert_eq!(told.line(), "the file cannot be read: the medium is gone. put it back");
        assert_eq!(Trouble::told("no", "").line(), "no");
    }
}
