//! A line that was not carried out: codes, what happened, what to do.

pub(super) use crate::session::health::chain;
use crate::session::{SealError, StartError, SubmitError};
use crate::verify::NotStanding;

/// A line that was not carried out.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) codes: Vec<String>,
    pub(super) message: String,
    pub(super) hint: String,
}

impl Trouble {
    pub(super) fn new(code: &str, message: impl ToString, hint: &str) -> Self {
        Self { codes: vec![code.to_owned()], message: message.to_string(), hint: hint.to_owned() }
    }
}

pub(super) fn trouble(error: &SubmitError) -> Trouble {
    match error {
        SubmitError::Refused { refusal, .. } => Trouble {
            codes: refusal.codes().iter().map(|c| c.code().to_owned()).collect(),
            message: refusal.message(),
            hint: refusal.hint().to_owned(),
        },
        SubmitError::Withheld { withheld, .. } => Trouble::new(withheld.gate().code(), chain(error), withheld.hint()),
        SubmitError::Key { .. } => {
            Trouble::new("intent.passphrase", chain(error), "check the passphrase and the key file")
        }
        SubmitError::Capture(_) => {
            Trouble::new("evidence.refused", chain(error), "nothing was recorded; attach another file")
        }
        SubmitError::Append(_) => {
            Trouble::new("journal.failed", chain(error), "free space or mend the disk, then take the run up again")
        }
        _ => Trouble::new("intent.failed", chain(error), "nothing was recorded"),
    }
}

pub(super) fn start_trouble(error: &StartError) -> Trouble {
    match error {
        StartError::Submit(inner) => trouble(inner),
        _ => Trouble::new("run.refused", chain(error), "nothing was recorded"),
    }
}

/// A run that is not closed or sealed; with each finding as its own code.
pub(super) fn unsealed(error: &SealError) -> Trouble {
    let hint = match error {
        SealError::Submit(inner) => return trouble(inner),
        SealError::Unfit(unfit) => {
            let codes: Vec<String> = unfit.findings().iter().map(|finding| finding.code.to_owned()).collect();
            let hint = "put right what is named, then close or seal again; `reattach` puts a captured file back".into();
            let codes = if codes.is_empty() { vec!["seal.failed".into()] } else { codes };
            return Trouble { codes, message: chain(error), hint };
        }
        SealError::NotClosed => "close the record first; `asrun seal RUN` does both",
        _ => "everything recorded is safe; `asrun seal RUN` goes on from here",
    };
    Trouble::new("seal.failed", chain(error), hint)
}

/// A bundle that is not named as a called procedure.
pub(super) fn not_taken(why: &NotStanding) -> Trouble {
    Trouble::new("intent.failed", format!("the bundle is not taken: {why}"), "`asrun verify` says more about it")
}
