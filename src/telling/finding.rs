//! How a finding of the verifier reads, on every page and screen: what was seen, and where.

use super::told::Tone;
use crate::kernel::judgement::verdict::{Finding, Severity};

/// Returns how much it weighs, in a word, and in which tone that is said.
#[must_use]
pub fn weight(finding: &Finding) -> (Tone, &'static str) {
    match finding.severity {
        Severity::Fail => (Tone::Bad, "FAIL"),
        Severity::Pending => (Tone::Open, "pending"),
        Severity::Note => (Tone::Plain, "note"),
    }
}

/// Returns what was seen, with how often where it was seen too often to be listed.
#[must_use]
pub fn seen(finding: &Finding) -> String {
    let message = &finding.message;
    match (finding.more, finding.records.first()) {
        (0, _) => message.clone(),
        (more, None) => format!("{message}; {more} more"),
        (more, Some(_)) => format!("{message}; {more} more, at records {}", finding.records),
    }
}

/// Returns what it is about and where the bytes are; none where it is about nothing in particular.
#[must_use]
pub fn about(finding: &Finding) -> Option<String> {
    match (finding.subject.as_str(), finding.place.as_str()) {
        ("", "") => None,
        ("", place) => Some(place.to_owned()),
        (subject, "") => Some(subject.to_owned()),
        (subject, place) if place.ends_with(&format!(":{subject}")) => Some(place.to_owned()),
        (subject, place) => Some(format!("{subject}, {place}")),
    }
}

/// Returns what FINAL still needs: of what, and who may bring it, where the message does not say so already.
#[must_use]
pub fn required(id: &str, message: &str, by: &str) -> String {
    let of = if message.starts_with(id) { String::new() } else { format!("{id}: ") };
    match by.is_empty() || message.contains(&format!("by {by}")) {
        true => format!("{of}{message}"),
        false => format!("{of}{message} (by {by})"),
    }
}

/// Returns the code with what it is about, for a line that has room for no more.
#[must_use]
pub fn brief(finding: &Finding) -> String {
    let about = about(finding).map(|about| format!(" {about}")).unwrap_or_default();
    format!("{}{about}", finding.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::judgement::findings::FindingCode;
    use crate::kernel::judgement::verdict::Stage;

    fn finding(subject: &str, place: &str) -> Finding {
        Finding::new(Stage::Journal, Severity::Fail, FindingCode::JournalLink, subject, place, "it does not follow")
    }

    #[test]
    fn nothing_is_told_of_a_subject_that_is_none() {
        assert_eq!(about(&finding("", "journal.jsonl:7")).as_deref(), Some("journal.jsonl:7"));
        assert_eq!(about(&finding("7", "journal.jsonl:7")).as_deref(), Some("journal.jsonl:7"));
        assert_eq!(about(&finding("m.berg", "signoffs/a")).as_deref(), Some("m.berg, signoffs/a"));
        assert_eq!(about(&finding("", "")), None);
        assert_eq!(brief(&finding("", "journal.jsonl:7")), "journal.link_broken journal.jsonl:7");
        assert_eq!(brief(&finding("", "")), "journal.link_broken");
    }

    #[test]
    fn who_may_bring_what_is_missing_is_said_once() {
        assert_eq!(required("C1", "C1: waits for approval by lead", "lead"), "C1: waits for approval by lead");
        assert_eq!(required("DEV-0001", "DEV-0001 waits", "lead or qa"), "DEV-0001 waits (by lead or qa)");
        assert_eq!(required("4.1", "a file is doubtful", ""), "4.1: a file is doubtful");
    }

    #[test]
    fn what_is_not_listed_is_counted() {
        let mut many = finding("", "journal.jsonl:7").of_record(8);
        assert_eq!(seen(&many), "it does not follow");
        many.more = 3;
        assert_eq!(seen(&many), "it does not follow; 3 more, at records 8");
    }
}
