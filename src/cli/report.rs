//! A report of the verifier as text: one home for its words in `verify` and `show`.

use super::show;
use crate::kernel::judgement::verdict::{Finding, Severity};
use crate::kernel::text::{counted, escape};
use crate::telling::block::Block;
use crate::telling::finding;
use crate::verify::{ClosingRule, Integrity, PolicyAnswer, Report, Ruled, TrustAnswer, WhatIf};

/// Writes a report for people; under another profile every line says so.
pub(super) fn text(report: &Report, bundle: &str) -> String {
    labelled(report, whole(report, bundle))
}

/// Says on every line that this is not the sealed profile, so that no line of it can be taken for a verdict.
fn labelled(report: &Report, text: String) -> String {
    let Some(what_if) = &report.what_if else { return text };
    let label = format!("what-if {} | ", escape(&what_if.profile));
    let text = text + &regraded(what_if);
    text.lines().map(|line| format!("{label}{line}").trim_end().to_owned() + "\n").collect()
}

fn regraded(what_if: &WhatIf) -> String {
    let mut out = format!("\nUnder the sealed profile the verdict is {}\n", what_if.sealed_verdict);
    for d in &what_if.deviations {
        let at = d.step.as_ref().map_or("run".to_owned(), |step| format!("step {step}"));
        let words = |r: &Ruled| format!("{} {}, {}, {} to review", r.rule, r.outcome.word(), r.class.word(), r.reviews);
        let refused = if d.refused { ", which refuses it" } else { "" };
        out += &format!("  {} at {at}: {}, {}\n", d.id, d.trigger.word(), d.process.word());
        out += &format!("    sealed    {}\n    what-if   {}{refused}\n", words(&d.sealed), words(&d.under));
    }
    out += "\nNot graded here, since it is asked during a run\n";
    what_if.not_graded.iter().for_each(|what| out += &format!("  - {what}\n"));
    out
}

/// Writes a report for people: the grade, what ran, why, the way to FINAL, what is proved and what nobody claims.
fn whole(report: &Report, bundle: &str) -> String {
    format!("{}  {}\n{}", report.verdict, escape(bundle), show::text(&blocks(report)))
}

/// Returns the report as a part of a document: the same in `verify`, `show` and on a printed page.
pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let mut page = Vec::new();
    answers(&mut page, report);
    if let Some(account) = &report.account {
        for (question, told) in account.questions() {
            list(&mut page, question, told);
        }
        let rules: Vec<String> = account.closing.iter().map(ClosingRule::told).collect();
        list(&mut page, "Closing rules", &rules);
    }
    for (severity, title) in [(Severity::Fail, "Why it fails"), (Severity::Pending, "Open"), (Severity::Note, "Notes")]
    {
        let found: Vec<&Finding> = report.findings.iter().filter(|f| f.severity == severity).collect();
        if !found.is_empty() {
            page.push(Block::Heading(title.into()));
            let last = |index: usize| found.get(index + 1).is_none_or(|next| next.code != found[index].code);
            for (index, one) in found.iter().enumerate() {
                page.extend(told(one));
                // What it means and what to do belong to the code: said once, behind the last of its kind.
                if severity != Severity::Note && last(index) {
                    page.push(Block::Item(format!("means: {} ({})", one.code.effect(), one.code.invariant())));
                    page.push(Block::Item(format!("do:    {}", one.code.remedy())));
                }
            }
        }
    }
    let required = report.missing_for_final.iter();
    let way: Vec<String> = required.map(|m| finding::required(&m.id, &m.message, &m.by.join(" or "))).collect();
    list(&mut page, "Required for FINAL", &way);
    stages(&mut page, report);
    list(&mut page, "Proved", &report.proves);
    let unclaimed: Vec<String> = report.not_claimed.iter().map(ToString::to_string).collect();
    list(&mut page, "Not claimed, by any verdict", &unclaimed);
    page
}

fn answers(page: &mut Vec<Block>, report: &Report) {
    let mut field = |name: &str, value: String| page.push(Block::Field(name.into(), value));
    field("integrity", integrity(report));
    field("policy", policy(report).into());
    field("trust", trust(report.trust).into());
    if let Some(account) = &report.account {
        field("work", account.work.to_string());
    }
    if let (Some(run), Some(profile)) = (&report.run, &report.policy_profile) {
        field("run", format!("{run}, profile {profile}"));
    }
    // In groups, to be compared by eye or read over a telephone.
    if let Some(seal) = report.seal {
        field("seal", seal.grouped());
    }
    if let Some(head) = report.journal_head {
        field("journal head", head.grouped());
    }
}

fn list(page: &mut Vec<Block>, title: &str, items: &[String]) {
    if !items.is_empty() {
        page.push(Block::Heading(title.into()));
        page.extend(items.iter().map(|item| Block::Item(format!("- {item}"))));
    }
}

fn stages(page: &mut Vec<Block>, report: &Report) {
    let named = |done: bool| {
        let of = report.stages.iter().filter(|stage| stage.done == done).map(|stage| stage.stage.word());
        of.collect::<Vec<_>>().join(", ")
    };
    page.push(Block::Heading("Stages of the check".into()));
    for (name, stages) in [("done", named(true)), ("not done", named(false))] {
        if !stages.is_empty() {
            page.push(Block::Field(name.into(), stages));
        }
    }
}

fn told(found: &Finding) -> Vec<Block> {
    let about = finding::about(found).map(|about| Block::Item(format!("at {about}")));
    [Block::Field(found.code.to_string(), finding::seen(found))].into_iter().chain(about).collect()
}

fn integrity(report: &Report) -> String {
    let checked = &report.checked;
    match report.integrity {
        Integrity::Intact => format!(
            "intact: {} replayed, {} valid, {} with {}",
            counted(checked.records, "record", "records"),
            counted(checked.signatures, "signature", "signatures"),
            counted(checked.evidence_files, "evidence file", "evidence files"),
            counted(checked.evidence_bytes, "byte", "bytes")
        ),
        Integrity::Broken => "broken".into(),
        Integrity::NotChecked => "not checked".into(),
    }
}

fn policy(report: &Report) -> &'static str {
    match report.policy {
        PolicyAnswer::Met => "met",
        PolicyAnswer::Pending => "pending",
        PolicyAnswer::Violated => "violated",
        PolicyAnswer::NotChecked => "not checked",
    }
}

fn trust(answer: TrustAnswer) -> &'static str {
    match answer {
        TrustAnswer::Anchored => "anchored",
        TrustAnswer::SelfAsserted => "self-asserted: give --trust to name whom you believe",
        TrustAnswer::NotUnderAnchor => "not under the given anchor",
        TrustAnswer::NotChecked => "not checked",
    }
}
