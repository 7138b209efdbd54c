//! The linter: what an author must mend before a procedure can be locked (FORMAT.md §2).
//!
//! Pure rules over the typed documents. Each yields a path such as `sections[2].steps[4].inputs[0].unit`,
//! which `source` turns into line and column.

mod later;

pub use later::{LATER, later_word};

use crate::kernel::expression::Type;
use crate::kernel::model::input::{Band, Bound, Input, InputType};
use crate::kernel::model::name::Variable;
use crate::kernel::model::pack::Pack;
use crate::kernel::model::policy::Policy;
use crate::kernel::model::procedure::{ParameterType, Procedure};
use crate::kernel::model::record::Meaning;
use crate::kernel::model::roster::Roster;
use crate::kernel::model::step::{Condition, Step, StepType, VerificationMode};
use crate::kernel::run::value_type;
use std::collections::{BTreeMap, BTreeSet};

/// How much a remark of the linter weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Locking is refused.
    Error,
    /// Worth mending.
    Warning,
}

/// One remark of the linter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Stable code.
    pub code: &'static str,
    /// How much it weighs.
    pub weight: Weight,
    /// Where in the procedure.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

/// The codes of the linter with what to do about each.
pub const CODES: &[(&str, &str)] = &[
    ("lint.duplicate_id", "give every section, step, input, parameter and requirement a name of its own"),
    ("lint.unknown_step", "name a step of this procedure"),
    ("lint.unknown_section", "name a section of this procedure"),
    ("lint.unknown_role", "list the role under `roles`"),
    ("lint.unknown_unit", "take a unit that the domain pack lists"),
    ("lint.wrong_unit", "the unit measures another quantity than the input asks for"),
    ("lint.unit_missing", "a number with limits names its unit"),
    ("lint.unknown_tag", "list the tag in the domain pack"),
    ("lint.bands", "order the bands: accept inside plausible, alert inside accept, min at most max"),
    ("lint.bound", "write bounds as quoted decimals or as the name of a number parameter"),
    ("lint.expression", "compare numbers with numbers and text with text; name earlier inputs and parameters"),
    ("lint.input_form", "give a choice options, a table rows and columns, and nothing else"),
    ("lint.decision_form", "a decision has exactly one input, a choice"),
    ("lint.hold_form", "a hold names who releases it: signoff: [{role: …, meaning: hold_released}]"),
    ("lint.verification_form", "an independent verification observes inputs; the others observe none or plain inputs"),
    ("lint.loop_form", "a loop repeats earlier steps of its own section at least once"),
    ("lint.alternative_shared", "give each alternative a section of its own, apart from the back-out"),
    ("lint.not_terminal_text", "shorten the text"),
    ("lint.critical_unverified", "let a second person verify a critical step"),
    ("lint.evidence_none", "ask for at least one file"),
    ("lint.parameter", "give the parameter a default inside its bounds"),
    ("lint.policy_last_rule", "let the last rule match everything: when: {}"),
    ("lint.policy_layers", "external layers are not supported by this version: layers: []"),
    ("lint.policy_roles", "name at least one role that reviews deviations"),
    ("lint.policy_unreachable", "nobody in the roster can give this signature"),
    ("lint.pack_codes", "list at least one reason code"),
    ("lint.empty", "a procedure needs a section with a step"),
];

/// Returns what to do about a code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    CODES.iter().find(|(known, _)| *known == code).map(|(_, hint)| *hint)
}

/// Lints a procedure together with its pack and policy, and with a roster where there is one.
#[must_use]
pub fn lint(procedure: &Procedure, pack: &Pack, policy: &Policy, roster: Option<&Roster>) -> Vec<Remark> {
    let mut linter = Linter { procedure, pack, remarks: Vec::new(), known: BTreeMap::new() };
    linter.parameters();
    linter.names();
    for (s, section) in procedure.sections.iter().enumerate() {
        if let Some(condition) = &section.when {
            linter.condition(&format!("sections[{s}].when.expr"), condition);
        }
        for (i, step) in section.steps.iter().enumerate() {
            linter.step(&format!("sections[{s}].steps[{i}]"), step, &section.steps[..i]);
        }
    }
    linter.dormant();
    linter.policy(policy, roster);
    linter.remarks
}

struct Linter<'a> {
    procedure: &'a Procedure,
    pack: &'a Pack,
    remarks: Vec<Remark>,
    /// Inputs and parameters that an expression may name so far.
    known: BTreeMap<Variable, Type>,
}

impl Linter<'_> {
    fn say(&mut self, weight: Weight, code: &'static str, path: impl Into<String>, message: impl Into<String>) {
        let hint = explain(code).unwrap_or_default();
        self.remarks.push(Remark { code, weight, path: path.into(), message: message.into(), hint });
    }

    fn error(&mut self, code: &'static str, path: impl Into<String>, message: impl Into<String>) {
        self.say(Weight::Error, code, path, message);
    }

    fn parameters(&mut self) {
        for (index, parameter) in self.procedure.parameters.iter().enumerate() {
            let path = format!("parameters[{index}]");
            if let Some(fault) = parameter.default.as_deref().and_then(|d| parameter.check(d).err()) {
                self.error("lint.parameter", format!("{path}.default"), fault.to_string());
            }
            if let Some(unit) = parameter.unit.as_ref().filter(|u| !self.pack.units.iter().any(|x| x.id == **u)) {
                self.error("lint.unknown_unit", format!("{path}.unit"), format!("the pack has no unit `{unit}`"));
            }
            let kind = if parameter.kind == ParameterType::Number { Type::Number } else { Type::Text };
            self.known.insert(parameter.id.clone(), kind);
        }
    }

    fn names(&mut self) {
        let procedure = self.procedure;
        let mut seen = BTreeSet::new();
        let sections = procedure
            .sections
            .iter()
            .enumerate()
            .map(|(s, x)| (format!("sections[{s}].id"), format!("section {}", x.id)));
        let parameters = procedure
            .parameters
            .iter()
            .enumerate()
            .map(|(p, x)| (format!("parameters[{p}].id"), format!("value {}", x.id)));
        let mut all: Vec<(String, String)> = sections.chain(parameters).collect();
        for (s, section) in procedure.sections.iter().enumerate() {
            for (i, step) in section.steps.iter().enumerate() {
                let at = format!("sections[{s}].steps[{i}]");
                all.push((format!("{at}.id"), format!("step {}", step.id)));
                all.extend(
                    step.inputs
                        .iter()
                        .enumerate()
                        .map(|(n, x)| (format!("{at}.inputs[{n}].id"), format!("value {}", x.id))),
                );
                all.extend(
                    step.evidence
                        .iter()
                        .enumerate()
                        .map(|(n, x)| (format!("{at}.evidence[{n}].id"), format!("evidence {} {}", step.id, x.id))),
                );
            }
        }
        if procedure.steps().next().is_none() {
            self.error("lint.empty", "sections", "the procedure has no step");
        }
        for (path, name) in all {
            if !seen.insert(name.clone()) {
                self.error("lint.duplicate_id", path, format!("`{name}` stands twice"));
            }
        }
    }

    fn role(&mut self, path: String, role: &crate::kernel::model::name::Role) {
        if !self.procedure.roles.contains(role) {
            self.error("lint.unknown_role", path, format!("the procedure has no role `{role}`"));
        }
    }

    fn condition(&mut self, path: &str, condition: &Condition) {
        self.expression(path, &condition.expr);
    }

    /// True or false, over values that are known before it is asked.
    fn expression(&mut self, path: &str, expression: &crate::kernel::expression::Expression) {
        let known = &self.known;
        match expression.check(&|name| known.get(name).copied()) {
            Ok(Type::Bool) => {}
            Ok(other) => {
                self.error("lint.expression", path, format!("`{}` is {other}, not true or false", expression.source()));
            }
            Err(fault) => self.error("lint.expression", path, fault.to_string()),
        }
    }

    fn step(&mut self, path: &str, step: &Step, before: &[Step]) {
        self.texts(path, step);
        self.role(format!("{path}.performed_by"), &step.performed_by);
        for (n, id) in step.requires.iter().enumerate().filter(|(_, id)| self.procedure.step(id).is_none()) {
            self.error("lint.unknown_step", format!("{path}.requires[{n}]"), format!("there is no step `{id}`"));
        }
        if let Some(condition) = &step.when {
            self.condition(&format!("{path}.when.expr"), condition);
        }
        if let Some(component) = step.component.as_ref().filter(|c| self.pack.component(&c.tag).is_none()) {
            self.error(
                "lint.unknown_tag",
                format!("{path}.component.tag"),
                format!("the pack has no tag `{}`", component.tag),
            );
        }
        for (n, input) in step.inputs.iter().enumerate() {
            self.input(&format!("{path}.inputs[{n}]"), input, true);
        }
        self.form(path, step);
        self.verification(path, step);
        self.known.extend(step.inputs.iter().filter_map(|i| Some((i.id.clone(), value_type(i)?))));
        if let Some(repeat) = &step.repeat {
            self.expression(&format!("{path}.loop.until"), &repeat.until);
            let misplaced = repeat.body.iter().any(|id| !before.iter().any(|s| s.id == *id));
            if misplaced || repeat.max == 0 {
                self.error(
                    "lint.loop_form",
                    format!("{path}.loop"),
                    "the loop does not repeat earlier steps of its section",
                );
            }
        }
        for (n, requirement) in step.evidence.iter().enumerate().filter(|(_, e)| e.min == 0) {
            self.error(
                "lint.evidence_none",
                format!("{path}.evidence[{n}].min"),
                format!("`{}` asks for no file", requirement.id),
            );
        }
        for (n, signature) in step.signoff.iter().enumerate() {
            self.role(format!("{path}.signoff[{n}].role"), &signature.role);
        }
    }

    fn texts(&mut self, path: &str, step: &Step) {
        let title = step.title.chars().count();
        if title > 80 || step.title.trim().is_empty() {
            self.error("lint.not_terminal_text", format!("{path}.title"), "a title has 1 to 80 characters");
        }
        if step.instruction.len() > 4000 || step.instruction.trim().is_empty() {
            self.error("lint.not_terminal_text", format!("{path}.instruction"), "an instruction has 1 to 4000 bytes");
        }
    }

    fn form(&mut self, path: &str, step: &Step) {
        let one_choice = matches!(&step.inputs[..], [only] if only.kind == InputType::Choice);
        if step.kind == StepType::Decision && !one_choice {
            self.error("lint.decision_form", format!("{path}.inputs"), "a decision has exactly one choice");
        }
        if step.kind == StepType::Hold && step.release_role().is_none() {
            self.error("lint.hold_form", format!("{path}.type"), "nobody is named who releases the hold");
        }
        let holds = step.signoff.iter().any(|s| s.meaning == Meaning::HoldReleased);
        if step.kind != StepType::Hold && holds {
            self.error("lint.hold_form", format!("{path}.signoff"), "only a hold is released");
        }
        let waits = matches!(step.kind, StepType::Hold | StepType::Acknowledge);
        if step.critical && step.verification.is_none() && !waits {
            self.say(
                Weight::Warning,
                "lint.critical_unverified",
                format!("{path}.critical"),
                "nobody verifies this critical step",
            );
        }
    }

    fn verification(&mut self, path: &str, step: &Step) {
        let Some(verification) = &step.verification else { return };
        self.role(format!("{path}.verification.by"), &verification.by);
        let plain = |name: &Variable| step.input(name).is_some_and(|i| i.kind != InputType::Table);
        let wrong = verification.observe.iter().any(|n| !plain(n));
        let blind = verification.mode == VerificationMode::Independent && verification.observe.is_empty();
        if wrong || blind {
            self.error(
                "lint.verification_form",
                format!("{path}.verification"),
                "the verifier has nothing proper to observe",
            );
        }
        if verification.by == step.performed_by {
            self.say(
                Weight::Warning,
                "lint.verification_form",
                format!("{path}.verification.by"),
                "performer and verifier hold the same role",
            );
        }
    }

    fn input(&mut self, path: &str, input: &Input, top: bool) {
        let is = |kind: InputType| input.kind == kind;
        let choice = input.options.is_empty() != is(InputType::Choice);
        let table = (!input.rows.is_empty() && !input.columns.is_empty()) == is(InputType::Table)
            && (top || !is(InputType::Table));
        if !choice || !table || (input.rows.is_empty() != input.columns.is_empty()) {
            self.error("lint.input_form", path, format!("`{}` does not fit its type", input.id));
        }
        if let Some(unit) = &input.unit {
            match self.pack.units.iter().find(|u| u.id == *unit) {
                None => {
                    self.error("lint.unknown_unit", format!("{path}.unit"), format!("the pack has no unit `{unit}`"));
                }
                Some(known) if input.quantity.as_ref().is_some_and(|q| *q != known.quantity) => {
                    self.error(
                        "lint.wrong_unit",
                        format!("{path}.unit"),
                        format!("`{unit}` measures {}", known.quantity),
                    );
                }
                Some(_) => {}
            }
        }
        if let Some(limits) = &input.limits {
            if input.unit.is_none() {
                self.error(
                    "lint.unit_missing",
                    format!("{path}.limits"),
                    format!("`{}` has limits but no unit", input.id),
                );
            }
            let bands = [("plausible", &limits.plausible), ("accept", &limits.accept), ("alert", &limits.alert)];
            self.bands(path, &bands);
        }
        for (n, column) in input.columns.iter().enumerate() {
            self.input(&format!("{path}.columns[{n}]"), column, false);
        }
    }

    /// Each band must lie inside the wider one before it.
    fn bands(&mut self, path: &str, bands: &[(&str, &Option<Band>)]) {
        let defaults =
            self.procedure.parameters.iter().filter_map(|p| Some((p.id.clone(), p.default.clone()?))).collect();
        let mut wider: Option<crate::kernel::model::input::Range> = None;
        for (name, band) in bands {
            let Some(band) = band else { continue };
            let unknown = [&band.min, &band.max].into_iter().flatten().find_map(|b| match b {
                Bound::Parameter(p)
                    if self.known.get(p) != Some(&Type::Number)
                        || !self.procedure.parameters.iter().any(|x| x.id == *p) =>
                {
                    Some(p.clone())
                }
                _ => None,
            });
            if let Some(parameter) = unknown {
                self.error(
                    "lint.bound",
                    format!("{path}.limits.{name}"),
                    format!("`{parameter}` is no number parameter"),
                );
                continue;
            }
            let range = band.range(&defaults);
            let turned = matches!((range.min, range.max), (Some(a), Some(b)) if a > b);
            let outside = wider.as_ref().is_some_and(|w| {
                range.min.is_some_and(|m| w.min.is_some_and(|x| m < x))
                    || range.max.is_some_and(|m| w.max.is_some_and(|x| m > x))
            });
            if turned || outside {
                self.error(
                    "lint.bands",
                    format!("{path}.limits.{name}"),
                    format!("the band `{name}` is turned round or reaches outside the wider one"),
                );
            }
            wider = Some(range);
        }
    }

    /// Sections that are entered on purpose exist and serve one purpose only.
    fn dormant(&mut self) {
        let mut used = BTreeSet::new();
        let procedure = self.procedure;
        let back_out = procedure.back_out.iter().map(|id| ("back_out".to_owned(), id));
        let alternatives = procedure.sections.iter().enumerate().flat_map(|(s, section)| {
            section.steps.iter().enumerate().flat_map(move |(i, step)| {
                step.alternatives
                    .iter()
                    .enumerate()
                    .map(move |(n, a)| (format!("sections[{s}].steps[{i}].alternatives[{n}].section"), &a.section))
            })
        });
        let all: Vec<_> = back_out.chain(alternatives).collect();
        for (path, id) in all {
            if procedure.section(id).is_none() {
                self.error("lint.unknown_section", path, format!("there is no section `{id}`"));
            } else if !used.insert(id) {
                self.error("lint.alternative_shared", path, format!("section `{id}` serves two purposes"));
            }
        }
    }

    fn policy(&mut self, policy: &Policy, roster: Option<&Roster>) {
        if self.pack.reason_codes.is_empty() {
            self.error("lint.pack_codes", "", "the pack has no reason code: no deviation could be written");
        }
        if !policy.deviations.last().is_some_and(|r| r.when.matches_all()) {
            self.error("lint.policy_last_rule", "", "some departures would match no rule of the policy");
        }
        if !policy.layers.is_empty() {
            self.error("lint.policy_layers", "", "the policy demands external layers");
        }
        if policy.review.by.is_empty() {
            self.error("lint.policy_roles", "", "nobody may review deviations");
        }
        let Some(roster) = roster else { return };
        for closure in &policy.closure {
            let holders = roster.persons.iter().filter(|p| p.roles.iter().any(|g| g.role == closure.role)).count();
            if holders < closure.count as usize {
                let message = format!(
                    "{}: {} persons as {} are needed, the roster has {holders}",
                    closure.id, closure.count, closure.role
                );
                self.say(Weight::Warning, "lint.policy_unreachable", "", message);
            }
        }
    }
}
