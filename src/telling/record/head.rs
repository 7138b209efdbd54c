//! The head of the document: what was executed, and by whom.

use super::super::block::Block;
use super::teller::Teller;
use crate::kernel::documents::approval::Approver;
use crate::kernel::model::opening::Mode;

fn field(page: &mut Vec<Block>, name: &str, value: impl ToString) {
    page.push(Block::Field(name.to_owned(), value.to_string()));
}

pub(super) fn header(page: &mut Vec<Block>, teller: &Teller, approvers: &[Approver]) {
    let (run, plan) = (teller.run(), teller.plan());
    let manifest = &plan.manifest;
    page.push(Block::Title(manifest.title.clone()));
    page.extend(plan.banner().map(|banner| Block::Banner(banner.to_owned())));
    if run.mode() == Some(Mode::Training) {
        page.push(Block::Banner("TRAINING".into()));
    }
    field(page, "Procedure", format!("{}, revision {}", manifest.id, manifest.revision));
    let (level, criticality) = (plan.procedure.use_level.word(), plan.procedure.criticality.word());
    field(page, "Use and criticality", format!("{level}, {criticality}"));
    field(page, "Run", run.id());
    field(page, "Package", plan.digest);
    approvers.iter().for_each(|approver| field(page, "Approved by", approver));
    field(page, "Pack and profile", format!("{}-{}, {}", plan.pack.id, plan.pack.version, plan.profile()));
    if let Some((opened, at)) = run.opened() {
        field(page, "Opened", format!("{at} (UTC; station at {})", opened.offset));
        opened.fields.iter().for_each(|(name, value)| field(page, name.as_str(), value));
    }
    manifest.parameters.iter().for_each(|(name, value)| field(page, &format!("Parameter {name}"), value));
    match run.closed() {
        Some(closed) => field(page, "Closed", format!("{} by {}", closed.at, closed.by)),
        None => field(page, "State", run.phase().word()),
    }
    let crew = run.crew().iter().map(|b| teller.person_as(&b.person, &b.role));
    field(page, "Crew", crew.collect::<Vec<_>>().join("; "));
    let gone = teller.gone().into_iter().map(|b| teller.person_as(&b.person, &b.role)).collect::<Vec<_>>();
    if !gone.is_empty() {
        field(page, "Former crew", gone.join("; "));
    }
}
