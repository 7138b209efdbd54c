//! What `expect.toml` says of a case: why it is there, how it is made, and what a verifier must answer.

use super::Anchor;
use super::made::Made as _;
use crate::kernel::model::time::Timestamp;
use include_dir::{Dir, include_dir};
use serde_json::Value;
use std::collections::BTreeMap;

static CASES: Dir = include_dir!("$CARGO_MANIFEST_DIR/tests/vectors");

/// One case. Its name is frozen: it never comes to mean another fault.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name of its folder.
    pub name: String,
    /// Why it is there.
    pub why: String,
    /// How the bundle is made.
    pub how: How,
    /// Whom the verifier is told to trust, where the attack does not say it.
    pub anchor: Anchor,
    /// The moment to judge at (`--as-of`).
    pub as_of: Option<Timestamp>,
    /// Another policy profile to grade under (`--profile`).
    pub profile: Option<Vec<u8>>,
    /// Another bundle that is judged together with this one, by the attack that makes it.
    pub beside: Option<String>,
    /// The grade: `FINAL`, `PROVISIONAL` or `FAIL`.
    pub verdict: String,
    /// The codes of all findings, each once, in order.
    pub codes: Vec<String>,
}

/// How a bundle is made.
#[derive(Clone, Debug)]
pub enum How {
    /// By an attack with every key, as a folder.
    Attack(String),
    /// By a trick with the good bundle's `.proof` file.
    Archive(String),
    /// By steps of the small language, from the good bundle.
    Mutate(Vec<String>),
}

/// Every case, in the order of their names.
#[must_use]
pub fn all() -> Vec<Case> {
    let mut cases: Vec<Case> = CASES.dirs().filter_map(read).collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// A document of the site: procedure, pack or policy.
pub(super) fn document(name: &str) -> &'static str {
    CASES.get_file(format!("base/{name}")).made().contents_utf8().made()
}

fn read(folder: &'static Dir<'static>) -> Option<Case> {
    let name = folder.path().to_str().made().to_owned();
    let file = |file: &str| folder.get_file(format!("{name}/{file}"));
    let said = Said::read(file("expect.toml")?.contents_utf8().made());
    let how = match (said.text("attack"), said.text("archive")) {
        (Some(attack), None) => How::Attack(attack),
        (None, Some(trick)) => How::Archive(trick),
        _ => How::Mutate(said.list("mutate").made()),
    };
    let anchor = match said.text("anchor").as_deref() {
        None | Some("authority") => Anchor::Authority,
        Some("none") => Anchor::None,
        Some("stranger") => Anchor::Stranger,
        Some(other) => unreachable!("{name}: no anchor {other}"),
    };
    Some(Case {
        why: said.text("why").made(),
        how,
        anchor,
        as_of: said.text("as_of").map(|time| time.parse().made()),
        profile: file("profile.yaml").map(|file| file.contents().to_vec()),
        beside: said.text("beside"),
        verdict: said.text("verdict").made(),
        codes: said.list("codes").made(),
        name,
    })
}

/// Members and their values, which are written as JSON too.
struct Said(BTreeMap<String, Value>);

impl Said {
    fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let said = lines.map(|line| {
            let (key, value) = line.split_once(" = ").made();
            (key.to_owned(), serde_json::from_str(value).made())
        });
        Self(said.collect())
    }

    fn text(&self, key: &str) -> Option<String> {
        self.0.get(key).map(|value| value.as_str().made().to_owned())
    }

    fn list(&self, key: &str) -> Option<Vec<String>> {
        self.0.get(key).map(|value| serde_json::from_value(value.clone()).made())
    }
}
