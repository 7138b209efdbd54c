//! What a package says in words, and what another revision of it says differently.

use crate::kernel::documents::package::Plan;
use crate::kernel::documents::policy::Policy;
use crate::kernel::text::counted;
use crate::library::OpenedPackage;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The most lines that are told of what changed in the procedure; profile and parameters are told whole.
const MOST: usize = 60;

/// One place where two revisions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where, such as `profile deviations R1 outcome`.
    pub place: String,
    /// What the installed one says; nothing where it has no such place.
    pub before: Option<String>,
    /// What the new one says.
    pub after: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => write!(f, "{}: {before} -> {after}", self.place),
            (None, Some(after)) => write!(f, "{}: new: {after}", self.place),
            (Some(before), None) => write!(f, "{}: gone: {before}", self.place),
            (None, None) => f.write_str(&self.place),
        }
    }
}

/// Returns where two revisions differ: first what the profile demands and the parameters, then the procedure.
#[must_use]
pub fn differences(before: &Plan, after: &Plan) -> Vec<Difference> {
    let (old, new) = (&before.manifest, &after.manifest);
    let mut all = compare(&lines("profile", &before.policy), &lines("profile", &after.policy));
    all.extend(compare(&lines("parameter", &old.parameters), &lines("parameter", &new.parameters)));
    let mut procedure = compare(&lines("procedure", &before.procedure), &lines("procedure", &after.procedure));
    if procedure.len() > MOST {
        let place = format!("procedure: {}", counted(procedure.len() - MOST, "more place", "more places"));
        procedure.truncate(MOST);
        procedure.push(Difference { place, before: None, after: None });
    }
    all.extend(procedure);
    all.extend(compare(&lines("pack", &before.pack), &lines("pack", &after.pack)).into_iter().take(MOST));
    all
}

/// A document as lines of place and value.
fn lines<T: Serialize>(name: &str, document: &T) -> BTreeMap<String, String> {
    let mut lines = BTreeMap::new();
    // What was read from a document can be written again.
    flatten(name, &serde_json::to_value(document).unwrap_or(Value::Null), &mut lines);
    lines
}

fn told<T: Serialize>(document: &T) -> String {
    let lines = lines("", document);
    lines.iter().map(|(place, value)| format!("{} {value}", place.trim())).collect::<Vec<_>>().join(", ")
}

fn compare(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<Difference> {
    let places: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differ = places.into_iter().filter(|place| before.get(*place) != after.get(*place));
    let difference = |place: &String| Difference {
        place: place.clone(),
        before: before.get(place).cloned(),
        after: after.get(place).cloned(),
    };
    differ.map(difference).collect()
}

/// Lists are told by the ids of their entries where these have some, so that a moved entry is no difference.
fn flatten(place: &str, value: &Value, lines: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| flatten(&format!("{place} {name}"), value, lines));
        }
        Value::Array(entries) if entries.iter().any(Value::is_object) => {
            for (number, entry) in (1..).zip(entries) {
                let id = ["id", "code", "role"].iter().find_map(|name| entry[*name].as_str());
                let id = id.map_or_else(|| format!("{number}"), str::to_owned);
                flatten(&format!("{place} {id}"), entry, lines);
            }
        }
        Value::Array(entries) => {
            let texts: Vec<String> = entries.iter().map(plain).collect();
            lines.insert(place.to_owned(), texts.join(", "));
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            lines.insert(place.to_owned(), plain(value));
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns what an approver should know before signing, in lines that are not escaped yet.
#[must_use]
pub fn outline(package: &OpenedPackage) -> Vec<String> {
    let (plan, manifest) = (&package.plan, &package.plan.manifest);
    let mut lines = vec![manifest.title.clone(), format!("{} revision {}", manifest.id, manifest.revision)];
    lines.extend(manifest.supersedes.as_ref().map(|revision| format!("supersedes revision {revision}")));
    lines.push(format!("locked at {}", manifest.locked_at));
    lines.extend(manifest.expires.map(|until| format!("expires at {until}")));
    for (name, document) in
        [("procedure", &manifest.procedure), ("pack", &manifest.pack), ("profile", &manifest.policy)]
    {
        lines.push(format!(
            "{name:<10} {} {}, {}, {}",
            document.id,
            document.version,
            counted(document.size, "byte", "bytes"),
            document.sha256
        ));
    }
    lines.extend(
        manifest.attachments.iter().map(|a| format!("{}, {}, {}", a.path, counted(a.size, "byte", "bytes"), a.sha256)),
    );
    lines.extend(manifest.parameters.iter().map(|(name, value)| format!("parameter  {name} = {value}")));
    lines.extend(policy_words(&plan.policy).into_iter().map(|line| format!("policy     {line}")));
    lines
}

/// Returns what a profile says, a line for each of its rules.
#[must_use]
pub fn policy_words(policy: &Policy) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for rule in &policy.deviations {
        let when = if rule.when.matches_all() { "everything else".to_owned() } else { told(&rule.when) };
        let form = if rule.form == Default::default() { String::new() } else { format!(" ({})", told(&rule.form)) };
        lines.push(format!("{}: {when}: {}{form}", rule.id, rule.outcome.word()));
    }
    lines.push(format!("reviews: {}", told(&policy.review)));
    lines.extend(policy.closure.iter().map(|closure| format!("closing: {}", told(closure))));
    lines.extend(policy.approvals.iter().map(|approval| format!("package approvals: {}", told(approval))));
    // Whatever else a profile says is told too, so that no member of it is signed unseen.
    let rest = serde_json::to_value(policy).unwrap_or(Value::Null);
    let own = ["format", "id", "version", "deviations", "review", "closure", "approvals"];
    for (name, value) in rest.as_object().into_iter().flatten().filter(|(name, _)| !own.contains(&name.as_str())) {
        let mut places = BTreeMap::new();
        flatten(name, value, &mut places);
        lines.extend(places.iter().filter(|(_, v)| !v.is_empty()).map(|(place, value)| format!("{place}: {value}")));
    }
    lines
}
