//! Changing shifts: the sheet that says where the work stands, given and taken over.

use crate::kernel::documents::roster::Person;
use crate::kernel::documents::term::Noun;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::records::turnover::Unwritten;
use crate::kernel::run::Run;
use crate::telling::terms::{self, localized};
use crate::tui::run::dialog::Dialog;
use crate::tui::run::forms::plain::{Plain, WHO};
use crate::tui::widgets::form::Field;

/// Handing a role over to somebody of the roster.
#[must_use]
pub fn turnover(run: &Run, person: &PersonId) -> Dialog {
    let held: Vec<&Role> = run.roles_of(person).collect();
    let roles: Vec<_> = held.iter().map(|role| (role.to_string(), terms::role(run, role))).collect();
    let only = held.first().filter(|_| held.len() == 1).map(ToString::to_string).unwrap_or_default();
    let may = |p: &&Person| p.id != *person && p.roles.iter().any(|granted| held.contains(&&granted.role));
    let others = run.roster().persons.iter().filter(may);
    let others = others.map(|p| (p.id.to_string(), format!("{}  {}", p.id, p.name))).collect();
    let fields = vec![
        Field::choice("role", "Which role", roles, true).with(only),
        Field::choice("to", "To whom", others, true),
        Field::text("remarks", "What must be known", false),
    ];
    let mut intro = vec!["The sheet, worked out from the record; it is signed with the handing over:".into()];
    intro.extend(sheet(run));
    Plain::new("turnover").form(run.plan().pack.noun(Noun::Turnover).to_string(), intro, fields)
}

/// Taking a role over.
#[must_use]
pub fn accept_turnover(run: &Run) -> Option<Dialog> {
    let given = run.turnover()?;
    let mut intro = vec![
        format!("{} hands over as {} to {}.", given.from, terms::role(run, &given.role), given.to),
        "Where the work stands; look at the real thing before you sign:".into(),
    ];
    intro.extend(sheet(run));
    intro.extend(given.remarks.iter().map(|remarks| format!("  What must be known: {remarks}")));
    let who = Field::choice(WHO, "Who takes over", vec![(given.to.to_string(), given.to.to_string())], true);
    let plain = Plain::new("accept_turnover");
    Some(plain.form(localized(&run.plan().pack, "Turnover: accept role"), intro, vec![who.with(given.to.as_str())]))
}

/// The sheet, one line for what there is; nothing is said of what there is not.
fn sheet(run: &Run) -> Vec<String> {
    let sheet = run.turnover_sheet();
    let noun = |noun: Noun| run.plan().pack.noun(noun).to_string();
    let next = sheet.next.as_ref().map(|id| {
        let title = run.authored(id).map(|s| s.title.clone()).unwrap_or_default();
        format!("{id}  {title}")
    });
    let steps = |ids: &[crate::kernel::model::name::StepId]| joined(ids.iter().map(ToString::to_string));
    let unwritten = |u: &Unwritten| {
        let at = u.step.as_ref().map_or_else(|| "the run".to_owned(), |step| format!("step {step}"));
        format!("{} at {at}", terms::trigger(run, u.trigger))
    };
    let rows = [
        ("Next step".to_owned(), next.unwrap_or_default()),
        ("Being worked on".to_owned(), steps(&sheet.active)),
        ("Put off".to_owned(), steps(&sheet.deferred)),
        (noun(Noun::Hold), steps(&sheet.holds)),
        (noun(Noun::Deviation), joined(sheet.deviations.iter().map(ToString::to_string))),
        (noun(Noun::Deviation) + " not recorded yet", joined(sheet.unwritten.iter().map(unwritten))),
        (noun(Noun::Instrument), joined(sheet.instruments.iter().map(ToString::to_string))),
        ("Time runs".to_owned(), joined(sheet.timers.iter().map(|(id, at)| format!("step {id} until {}", at.clock())))),
        (noun(Noun::Watch), joined(sheet.watches.iter().map(|(id, at)| format!("{id} at {}", at.clock())))),
    ];
    rows.iter().filter(|(_, what)| !what.is_empty()).map(|(name, what)| format!("  {name}: {what}")).collect()
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}
