//! Why a sign-off was not added, what it left behind, and what to do: one home for every door.

use crate::bundle::BundleError;
use crate::kernel::canon::{NotCanonical, Refused};
use crate::kernel::model::name::PersonId;
use crate::kernel::model::time::Timestamp;
use crate::kernel::run::NotCounted;
use crate::kernel::signature::SshSigFault;
use crate::keys::KeyError;
use crate::store::{Deed, Left};
use std::error::Error;
use std::fmt;

/// Why a sign-off was not added; [`SignOffError::left`] tells what lies beside the seal all the same.
#[derive(Debug, thiserror::Error)]
pub enum SignOffError {
    /// The person is not in the roster.
    #[error("{0} is not in the roster of this run")]
    Person(PersonId),
    /// The person holds no role now.
    #[error("{person} does not hold {role} at {at}")]
    Role {
        /// Who.
        person: PersonId,
        /// As what.
        role: String,
        /// When.
        at: Timestamp,
    },
    /// The run has no such deviation or step.
    #[error("this run has no {0}")]
    Subject(String),
    /// Decision, meaning and class do not go together.
    #[error("decision, meaning and class do not go together")]
    Incoherent,
    /// The key is not the person's, or not valid now.
    #[error("the key does not stand under {0} in the roster, valid at that time")]
    Key(PersonId),
    /// The statement binds to another run or seal.
    #[error("the statement is of another run or another seal")]
    Binding,
    /// The approval would not count under the profile.
    #[error("{about}: this approval would not count: {reason}; {}", .could.words())]
    NotCounted {
        /// The closing rule or subject.
        about: String,
        /// Why not.
        reason: NotCounted,
        /// Who of the roster could give it.
        could: Could,
    },
    /// No such thing can be signed off.
    #[error("`{0}` is nothing that can be signed off; say run, deviation:DEV-0001 or step:4.3")]
    Word(String),
    /// The key does not open, or may not sign at this station.
    #[error(transparent)]
    Open(#[from] Unopened),
    /// The comment is missing.
    #[error("a comment is needed here")]
    Comment,
    /// The statement is not canonical.
    #[error("the statement is refused: {0}")]
    Statement(Refused),
    /// The signature is invalid.
    #[error("the signature is invalid")]
    Signature(#[from] SshSigFault),
    /// A text has no canonical form.
    #[error("the statement has no canonical form")]
    Form(#[from] NotCanonical),
    /// The bundle could not be written to.
    #[error("the sign-off could not be added")]
    Append {
        /// What was written before, where anything was.
        left: Left,
        /// What went wrong.
        source: BundleError,
    },
}

impl SignOffError {
    /// Returns what the attempt left behind, none where only looking again tells. Sealed bytes are as they were in any
    /// case.
    #[must_use]
    pub fn left(&self) -> Option<Left> {
        match self {
            // A write that failed may be there all the same.
            Self::Append { left, source: BundleError::Io { .. } } if left.is_nothing() => None,
            Self::Append { left, .. } => Some(left.clone()),
            Self::Person(_)
            | Self::Role { .. }
            | Self::Subject(_)
            | Self::Incoherent
            | Self::Key(_)
            | Self::Binding
            | Self::NotCounted { .. }
            | Self::Word(_)
            | Self::Open(_)
            | Self::Comment
            | Self::Statement(_)
            | Self::Signature(_)
            | Self::Form(_) => Some(Left::default()),
        }
    }

    /// Returns what to do, after what was added all the same: the same at every door.
    #[must_use]
    pub fn hint(&self) -> String {
        match self.left() {
            Some(left) if !matches!(self, Self::Open(_)) => format!("{}; {}", left.after(Deed::Added), self.way_on()),
            _ => self.way_on().to_owned(),
        }
    }

    fn way_on(&self) -> &str {
        match self {
            Self::Person(_) | Self::Role { .. } => {
                "`asrun roster show` lists persons and roles; --role names another one"
            }
            Self::Subject(_) => "`asrun show` lists steps and deviations",
            Self::Incoherent => "rejected goes with reject alone; a class goes with approving a deviation",
            Self::Key(_) => "sign with the key that the roster has for this person",
            Self::Binding => "prepare a statement from this very bundle",
            Self::NotCounted { .. } => "let somebody sign whose approval counts",
            Self::Word(_) => "`asrun show` lists what can be signed off",
            Self::Open(unopened) => &unopened.hint,
            Self::Comment => "say why in a comment",
            Self::Statement(_) => "prepare the statement anew, and sign it as it is",
            Self::Signature(_) => "sign the statement as it is: `ssh-keygen -Y sign -n signoff@asrun`",
            Self::Form(_) => "retype the comment",
            Self::Append { source: BundleError::Busy(_), .. } => "let the other program end, then sign again",
            // The first of two files may be there already.
            Self::Append { .. } => {
                "no sealed byte was touched; a statement without its signature does not count: sign again"
            }
        }
    }
}

/// Why a key was not opened, with what to do, as the station says it.
#[derive(Debug)]
pub struct Unopened {
    hint: String,
    /// Told as it is: this type adds the advice alone.
    error: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for Unopened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Error for Unopened {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

impl Unopened {
    /// Takes the station's error with its advice.
    #[must_use]
    pub fn new(error: impl Error + Send + Sync + 'static, hint: String) -> Self {
        Self { hint, error: Box::new(error) }
    }
}

impl From<KeyError> for Unopened {
    fn from(error: KeyError) -> Self {
        let hint = format!("{}; check the passphrase and `asrun key list`", Left::default().after(Deed::Signed));
        Self::new(error, hint)
    }
}

/// Who could give an approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Could(pub(super) Vec<PersonId>);

impl Could {
    fn words(&self) -> String {
        match &self.0[..] {
            [] => "nobody in the roster of this run could give it".into(),
            all => format!("it could be given by {}", all.iter().map(PersonId::as_str).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// A write that failed after these files.
pub(super) fn failed(left: Left) -> impl FnOnce(BundleError) -> SignOffError {
    move |source| SignOffError::Append { left, source }
}
