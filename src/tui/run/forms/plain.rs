//! Forms whose fields are the members of an act: what is filled in is sent as it stands, and the kernel decides.

use super::options;
use super::value::with_unit;
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::step::Step;
use crate::kernel::documents::term::Noun;
use crate::kernel::documents::watch::Watch;
use crate::kernel::model::deviation::Deviation;
use crate::kernel::model::input::InputType;
use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::intent::Intent;
use crate::kernel::run::Run;
use crate::telling::terms::{self, localized};
use crate::telling::told::{Told, Tone};
use crate::tui::run::dialog::{Dialog, Purpose, Which};
use crate::tui::widgets::form::{Day, Edge, Field, Form, Kind};
use serde_json::{Map, Value};

/// The name of the field that says who acts; it is no member of the act.
pub(in crate::tui) const WHO: &str = "person";

/// The name of the fields that are the readings of a row.
const VALUES: &str = "values";

/// An act whose members are fields of its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// The word of the act.
    pub word: &'static str,
    /// Members that are settled before the form opens.
    pub fixed: Vec<(&'static str, String)>,
    /// The columns of which the fields named `values` are the readings, in their order.
    pub columns: Vec<String>,
}

impl Plain {
    pub(in crate::tui) fn at(word: &'static str, step: &StepId) -> Self {
        Self { fixed: vec![("step", step.to_string())], ..Self::new(word) }
    }

    pub(in crate::tui) fn new(word: &'static str) -> Self {
        Self { word, fixed: Vec::new(), columns: Vec::new() }
    }

    pub(in crate::tui) fn form(self, title: impl Into<String>, intro: Vec<String>, fields: Vec<Field>) -> Dialog {
        Dialog::new(title, intro, fields, Purpose::Plain(self))
    }

    /// Reads the form: the act, and who does it where the form says so.
    ///
    /// # Errors
    /// Something that has another form than the act wants.
    pub fn act(&self, form: &Form) -> Result<(Option<PersonId>, Intent), &'static str> {
        let mut members: Map<String, Value> =
            self.fixed.iter().map(|(name, value)| ((*name).to_owned(), Value::String(value.clone()))).collect();
        members.insert("intent".into(), Value::String(self.word.to_owned()));
        let read = form.fields.iter().filter(|f| f.name == VALUES).map(|f| f.value.trim().to_owned());
        let read = self.columns.iter().cloned().zip(read).filter(|(_, value)| !value.is_empty());
        let read: Map<String, Value> = read.map(|(column, value)| (column, Value::String(value))).collect();
        if !self.columns.is_empty() {
            members.insert(VALUES.to_owned(), Value::Object(read));
        }
        for field in form.fields.iter().filter(|f| f.name != WHO && f.name != VALUES) {
            if let Some(value) = form.value(field.name) {
                members.insert(field.name.to_owned(), member(field, value));
            }
        }
        let intent = serde_json::from_value(Value::Object(members));
        let person = form.value(WHO).and_then(|p| p.parse().ok());
        Ok((person, intent.map_err(|_| "dates look like 2027-01-31; tags and ids cannot contain spaces")?))
    }
}

fn member(field: &Field, value: &str) -> Value {
    match (&field.kind, value) {
        (Kind::Choice(_), "true") => Value::Bool(true),
        (Kind::Choice(_), "false") => Value::Bool(false),
        // What is no day goes as it was typed, and the act refuses it.
        (Kind::Day(day), text) => Value::String(day.read(text).map_or_else(|| text.to_owned(), |at| at.to_string())),
        _ => Value::String(value.to_owned()),
    }
}

pub(in crate::tui) fn yes_no(name: &'static str, label: &str) -> Field {
    Field::choice(name, label, options(&[("true", "yes"), ("false", "no")]), true)
}

/// Everybody of the crew reads the brief.
#[must_use]
pub fn brief(run: &Run, step: &Step, person: &PersonId) -> Dialog {
    let who = Field::choice(WHO, "Who has read it", vec![(person.to_string(), person.to_string())], true);
    let intro = vec![run.plan().text(&step.instruction), "Hand the terminal over.".into()];
    Plain::at("acknowledge", &step.id).form(
        format!("{person} reads and acknowledges"),
        intro,
        vec![who.with(person.as_str())],
    )
}

/// Confirming that a step still holds.
#[must_use]
pub fn reconfirm(step: &StepId) -> Dialog {
    let intro = vec!["Something that this step rests on has changed. Look again.".into()];
    let fields = vec![Field::text("comment", "What you see", false)];
    Plain::at("reconfirm", step).form(format!("Step {step} still holds"), intro, fields)
}

/// Registering a material or part.
#[must_use]
pub fn material(pack: &Pack, day: Day) -> Dialog {
    let fields = vec![
        Field::text("material", "Tag or batch", true),
        Field::text("name", "What it is", true),
        Field::text("quantity", "How much", false),
        Field::day("expires", "Good until, such as 2027-01-31", day, false),
    ];
    Plain::new("register_material").form(localized(pack, "Register: material"), Vec::new(), fields)
}

/// Registering a permit.
#[must_use]
pub fn permit(run: &Run) -> Dialog {
    let pack = &run.plan().pack;
    let fields = vec![
        Field::text("permit", "Kind, as the procedure names it", true),
        Field::text("number", "Its number", true),
        Field::day("valid_from", "Valid from, such as 2027-01-31", super::day(run, Edge::First), true),
        Field::day("valid_until", "Valid until, such as 2027-01-31", super::day(run, Edge::Last), true),
    ];
    Plain::new("register_permit").form(localized(pack, "Register: permit"), Vec::new(), fields)
}

/// Looking at what is watched.
#[must_use]
pub fn observe(run: &Run, watch: &Watch) -> Dialog {
    let field = match &watch.input {
        Some(input) if input.kind == InputType::Choice => {
            Field::choice("raw", input.label(), super::value::choices(input), true)
        }
        Some(input) => Field::text("raw", with_unit(run, input, input.label()), true),
        None => yes_no("ok", "Is it so"),
    };
    let plain = Plain { fixed: vec![("watch", watch.id.to_string())], ..Plain::new("observe") };
    plain.form(
        format!("{} {}", run.plan().pack.noun(Noun::Watch), watch.id),
        vec![run.plan().text(&watch.text)],
        vec![field],
    )
}

/// Choosing which watch is observed; the one that is due first stands first.
#[must_use]
pub fn which_watch(run: &Run, running: &[(&Watch, Timestamp)]) -> Dialog {
    let line = |(watch, due): &(&Watch, Timestamp)| {
        let late = run.watches().get(&watch.id).is_some_and(|w| w.overdue);
        let mark = if late { "OVERDUE since" } else { "due at" };
        (watch.id.to_string(), format!("{}  {}  {mark} {}", watch.id, run.plan().text(&watch.text), due.clock()))
    };
    let noun = run.plan().pack.noun(Noun::Watch);
    let fields =
        vec![Field::choice("which", format!("Which {}", noun.within()), running.iter().map(line).collect(), true)];
    Dialog::new(noun.to_string(), Vec::new(), fields, Purpose::Which(Which::Watch))
}

/// Choosing which deviation is changed.
#[must_use]
pub fn which_deviation(run: &Run, all: &[Deviation]) -> Dialog {
    let line =
        |d: &Deviation| (d.id.to_string(), format!("{} {}: {}", d.id, d.class().word(), d.statement.description));
    let noun = terms::noun(run, Noun::Deviation);
    let fields = vec![Field::choice("which", format!("Which {noun}"), all.iter().map(line).collect(), true)];
    Dialog::new(format!("Change the {noun} form"), Vec::new(), fields, Purpose::Which(Which::Deviation))
}

/// Dropping the bytes of a file.
#[must_use]
pub fn redact(files: Vec<(String, String)>) -> Dialog {
    let fields =
        vec![Field::choice("blake3", "Which file", files, true), Field::text("reason", "Why its bytes go", true)];
    let grave = "This cannot be taken back. The digests stay in the record, the bytes are left out of the bundle.";
    Plain::new("redact").form("Redact a file", Vec::new(), fields).telling(vec![Told::new(Tone::Bad, grave)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::model::name::Role;

    fn last() -> Day {
        Day { edge: Edge::Last, offset: "+00:00".into() }
    }

    fn pack() -> Pack {
        serde_json::from_str(r#"{"format":"asrun.pack.v1","id":"p","version":"1","reason_codes":[]}"#).unwrap()
    }

    /// Fills every field in and reads the act.
    fn act(dialog: Dialog, values: &[(&str, &str)]) -> (Option<PersonId>, Intent) {
        let Purpose::Plain(plain) = dialog.purpose else { panic!("another purpose") };
        let mut form = dialog.form;
        for (name, value) in values {
            form.field(name).unwrap().set(value);
            assert_eq!(form.value(name), Some(*value), "{name} does not offer {value}");
        }
        plain.act(&form).unwrap()
    }

    #[test]
    fn the_fields_of_every_form_are_the_members_of_its_act() {
        let (step, role): (StepId, Role) = ("1".parse().unwrap(), "witness".parse().unwrap());
        let (_, intent) =
            act(crate::tui::run::work::notify(&pack(), &step, &role), &[("party", "Inspector"), ("by", "telephone")]);
        assert!(matches!(intent, Intent::NotifyWitness(_)));
        let (_, intent) = act(reconfirm(&step), &[("comment", "still closed")]);
        assert!(matches!(intent, Intent::Reconfirm { comment: Some(_), .. }));
        let (_, intent) = act(reconfirm(&step), &[]);
        assert!(matches!(intent, Intent::Reconfirm { comment: None, .. }));
        let batch = [("material", "B-12"), ("name", "Sealant"), ("expires", "2027-01-31")];
        let (_, intent) = act(material(&pack(), last()), &batch);
        assert!(
            matches!(intent, Intent::RegisterMaterial { expires: Some(at), .. } if at.to_string().starts_with("2027-01-31T23:59"))
        );
    }

    #[test]
    fn a_wrong_date_is_said_and_not_sent() {
        let Purpose::Plain(plain) = material(&pack(), last()).purpose else { panic!("another purpose") };
        let mut form = material(&pack(), last()).form;
        for (name, value) in [("material", "B-12"), ("name", "Sealant"), ("expires", "next year")] {
            form.field(name).unwrap().set(value);
        }
        assert!(plain.act(&form).is_err());
    }
}
