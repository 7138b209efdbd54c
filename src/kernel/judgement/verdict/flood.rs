//! Findings that are counted where there are too many of one kind: what is damaged through and through is said
//! once, with its first place, and memory and output stay bounded.

use super::{Finding, Severity, Stage};
use crate::kernel::judgement::findings::FindingCode;
use std::collections::BTreeMap;

/// How many findings of one code are listed.
const LISTED: u64 = 10;
/// What the policy asks is listed up to here: each item is something to do.
const LISTED_POLICY: u64 = 200;

/// Collects findings. More than a few of one code and weight become the first one, which says how many more there are.
#[derive(Clone, Debug, Default)]
pub struct Flood {
    kinds: BTreeMap<(FindingCode, Severity), Vec<Finding>>,
    order: Vec<(FindingCode, Severity)>,
}

impl Flood {
    /// Takes findings in their order.
    pub fn of(findings: impl IntoIterator<Item = Finding>) -> Self {
        let mut flood = Self::default();
        findings.into_iter().for_each(|finding| flood.push(finding));
        flood
    }

    /// Takes one more.
    pub fn push(&mut self, finding: Finding) {
        let kind = (finding.code, finding.severity);
        if !self.kinds.contains_key(&kind) {
            self.order.push(kind);
        }
        let listed = self.kinds.entry(kind).or_default();
        let limit = if finding.stage == Stage::Policy { LISTED_POLICY } else { LISTED };
        let count = |f: &Finding| f.more + 1;
        if count(&finding) + listed.iter().map(count).sum::<u64>() <= limit {
            return listed.push(finding);
        }
        listed.push(finding);
        let mut rest = std::mem::take(listed).into_iter();
        let first = rest.next().map(|first| rest.fold(first, joined));
        listed.extend(first);
    }

    /// Adds words to the first finding of a kind, which is listed in any case; says whether there is one.
    pub fn add_to_first(&mut self, code: FindingCode, severity: Severity, words: &str) -> bool {
        let first = self.kinds.get_mut(&(code, severity)).and_then(|listed| listed.first_mut());
        first.map(|finding| finding.message.push_str(words)).is_some()
    }

    /// Returns what is listed, code by code in the order in which they came up.
    #[must_use]
    pub fn into_findings(mut self) -> Vec<Finding> {
        self.order.iter().filter_map(|kind| self.kinds.remove(kind)).flatten().collect()
    }
}

fn joined(mut first: Finding, later: Finding) -> Finding {
    first.more += later.more + 1;
    first.records.extend(&later.records);
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(seq: u64, severity: Severity) -> Finding {
        Finding::new(Stage::Journal, severity, FindingCode::JournalLine, seq, "", "x").of_record(seq)
    }

    #[test]
    fn a_few_are_listed_and_a_flood_is_the_first_with_a_count() {
        let few = Flood::of((1..=10).map(|seq| finding(seq, Severity::Note))).into_findings();
        assert_eq!(few.len(), 10);
        let mut flood = Flood::of((20..=127).map(|seq| finding(seq, Severity::Note)));
        flood.push(finding(200, Severity::Note));
        flood.push(finding(5, Severity::Fail));
        let [one, grave] = flood.into_findings().try_into().unwrap();
        assert_eq!((one.subject.as_str(), one.more), ("20", 108));
        assert_eq!(one.records.to_string(), "20 to 127, 200");
        assert_eq!((grave.subject.as_str(), grave.more), ("5", 0));
        let [again] = Flood::of([one.clone()]).into_findings().try_into().unwrap();
        assert_eq!(again, one);
    }
}
