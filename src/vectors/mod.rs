//! Vectors: bundles with one fault each, attacks on the rules and sound ones, each with the answer that a verifier must
//! give, for whoever writes a verifier of their own (FORMAT.md §12).
//!
//! Each is built anew from `tests/vectors` with keys and a clock that everybody knows, so that two writings are the
//! same bytes; the tests of this program play the very same ones. May import the kernel, the disk, the library's
//! documents and the container. Deliberately absent: the verifier, which must not be asked what its own answer is.

mod attacks;
mod build;
mod case;
pub mod forge;
mod forks;
mod made;
mod mutate;
mod site;
mod write;

pub use build::{Built, Kind, LINK_TO, Special, proof};
pub use case::{Case, How, all};
pub use forge::Files;
pub use write::{SUMS, VectorsError, Written, write};

use forge::{Forge, RUN, sign_off};
use serde_json::json;
pub use site::Site;
use site::key;
use std::sync::LazyLock;

/// Whom the verifier trusts.
#[derive(Clone, Debug)]
pub enum Anchor {
    /// Nobody was named.
    None,
    /// The site's authority.
    Authority,
    /// Somebody else's authority.
    Stranger,
    /// A roster, obtained by another route.
    Roster(Box<Site>),
}

impl Anchor {
    /// The file that is given to the verifier, where there is one: its name and bytes.
    #[must_use]
    pub fn file(&self) -> Option<(&'static str, Vec<u8>)> {
        let public = |name: &str| (key(name).public().to_openssh() + "\n").into_bytes();
        match self {
            Self::None => None,
            Self::Authority => Some(("authority.pub", public("authority"))),
            Self::Stranger => Some(("stranger.pub", public("stranger"))),
            Self::Roster(site) => Some(("roster.yaml", site.roster_bytes())),
        }
    }
}

/// Nearly every case begins with it, so it is made once.
static GOOD: LazyLock<(Forge, Files)> = LazyLock::new(|| {
    let mut forge = Forge::open(Site::new(), "live", RUN);
    forge.work();
    forge.close();
    let mut files = forge.sealed();
    approve(&mut files, &forge);
    (forge, files)
});

/// The good bundle: worked, closed, sealed, its deviation accepted and the run approved by two supervisors.
#[must_use]
pub fn good() -> (Forge, Files) {
    GOOD.clone()
}

/// A sound bundle with this many notes, further files of evidence and sign-offs: for whoever asks how work grows with size.
#[must_use]
pub fn long(notes: usize, evidence: usize, signoffs: usize) -> Files {
    let mut forge = Forge::open(Site::new(), "live", RUN);
    forge.does("ada", json!({"intent": "begin", "step": "1"}));
    forge.does("ada", json!({"intent": "enter", "step": "1", "input": "p_res", "raw": "0.05"}));
    for n in 0..=evidence {
        forge.attach(format!("photo {n}\n").as_bytes());
    }
    forge.does("ada", json!({"intent": "perform", "step": "1"}));
    forge.does("ada", json!({"intent": "begin", "step": "2"}));
    forge.does("ada", json!({"intent": "check", "step": "2", "result": "pass"}));
    forge.does("ada", json!({"intent": "perform", "step": "2"}));
    forge.does("ben", json!({"intent": "verify", "step": "2"}));
    for n in 0..notes {
        forge.does("ada", json!({"intent": "note", "step": null, "text": format!("what was seen, number {n}")}));
    }
    forge.close();
    let mut files = forge.sealed();
    for n in 0..signoffs {
        sign_off(&mut files, &forge.run, "cy", "cy", json!({"comment": format!("looked at it {n} times")}));
    }
    files
}

/// What an honest site appends until nothing is missing.
pub fn approve(files: &mut Files, forge: &Forge) {
    let deviation =
        json!({"role": "qa", "meaning": "disposition_approved", "subject": {"id": "DEV-0001", "kind": "deviation"}});
    sign_off(files, &forge.run, "dee", "dee", deviation);
    sign_off(files, &forge.run, "cy", "cy", json!({}));
    sign_off(files, &forge.run, "finn", "finn", json!({}));
}
