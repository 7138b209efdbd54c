//! A line that was not carried out: codes, what happened, what to do.

use crate::session::{Class, Left, SealError, StartError, SubmitError};
use crate::telling::trouble::Trouble as Told;
use crate::verify::NotStanding;
use serde_json::{Value, json};

/// A line that was not carried out, or only in part.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) codes: Vec<String>,
    told: Told,
    class: Class,
    /// Boxed: errors travel through every function.
    left: Box<Left>,
}

impl Trouble {
    /// A line that is refused for what it says.
    pub(super) fn new(code: &str, message: impl ToString, hint: &str) -> Self {
        Self::of(code, Told::told(message.to_string(), hint), (Class::CouldNotDerive, Left::default()))
    }

    /// A line that may be sent again as it is.
    pub(super) fn later(code: &str, message: impl ToString, hint: &str) -> Self {
        Self::of(code, Told::told(message.to_string(), hint), (Class::CouldNotDeliver, Left::default()))
    }

    fn of(code: &str, told: Told, (class, left): (Class, Left)) -> Self {
        Self { codes: vec![code.to_owned()], told, class, left: Box::new(left) }
    }

    /// Adds the records that the same line made before.
    pub(super) fn after(mut self, records: &[u64]) -> Self {
        self.left.records.splice(0..0, records.iter().copied());
        if self.class == Class::CouldNotDeliver && !self.left.is_nothing() {
            self.class = Class::CouldNotPersist;
        }
        self
    }

    /// Returns the answer.
    pub(super) fn answer(&self) -> Value {
        json!({
            "ok": false,
            "class": self.class.word(),
            "codes": self.codes,
            "hint": self.told.hint,
            "message": self.told.what(),
            "records": self.left.records,
            "unsure": self.left.unsure,
        })
    }
}

pub(super) fn trouble(error: &SubmitError) -> Trouble {
    let code = match error {
        SubmitError::Refused { refusal, .. } => {
            return Trouble {
                codes: refusal.codes().iter().map(|c| c.code().to_owned()).collect(),
                told: Told::told(refusal.message(), error.hint()),
                class: error.class(),
                left: Box::new(error.left()),
            };
        }
        SubmitError::Withheld { withheld, .. } | SubmitError::Unsealable { withheld } => withheld.gate().code(),
        SubmitError::Key { .. } => "intent.passphrase",
        SubmitError::Capture(_) => "evidence.refused",
        SubmitError::Append(_) => "journal.failed",
        SubmitError::Partly { source, .. } => {
            let codes = trouble(source).codes;
            let told = Trouble::of("", Told::of(error, error.hint()), (error.class(), error.left()));
            return Trouble { codes, ..told };
        }
        SubmitError::Locked(_)
        | SubmitError::PassphraseNeeded(_)
        | SubmitError::Store(_)
        | SubmitError::Form(_)
        | SubmitError::File(_)
        | SubmitError::Input(_) => "intent.failed",
    };
    Trouble::of(code, Told::of(error, error.hint()), (error.class(), error.left()))
}

pub(super) fn start_trouble(error: &StartError) -> Trouble {
    match error {
        StartError::Submit(inner) => trouble(inner),
        _ => Trouble::of("run.refused", Told::of(error, error.hint()), (error.class(), error.left())),
    }
}

/// A run that is not closed or sealed; with each finding as its own code.
pub(super) fn unsealed(error: &SealError) -> Trouble {
    let mut told = Trouble::of("seal.failed", Told::of(error, error.hint()), (error.class(), error.left()));
    match error {
        SealError::Submit(inner) => return trouble(inner),
        SealError::Unfit(unfit) if !unfit.findings().is_empty() => {
            told.codes = unfit.findings().iter().map(|finding| finding.code.code().to_owned()).collect();
        }
        SealError::Unfit(_)
        | SealError::NotClosed
        | SealError::Closer(_)
        | SealError::Displaced(_)
        | SealError::Moved
        | SealError::Store(_)
        | SealError::Bundle(_)
        | SealError::Form(_) => {}
    }
    told
}

/// A bundle that is not named as a called procedure.
pub(super) fn not_taken(why: &NotStanding) -> Trouble {
    Trouble::new("intent.failed", format!("the bundle was rejected: {why}"), "`asrun verify` says more about it")
}
