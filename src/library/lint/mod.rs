//! The linter: what an author must mend before a procedure can be locked (FORMAT.md §2).
//!
//! Pure rules over the typed documents, one file for each family. A rule names a [`Code`] and a path such as
//! `sections[2].steps[4].inputs[0].unit`, which `source` turns into line and column. Deliberately absent: files,
//! clocks, and every judgement that needs a run; those are walked through by `desk::simulate`.

mod advisories;
mod branches;
mod code;
mod domain;
mod expressions;
mod forms;
mod language;
mod later;
mod limits;
mod names;
mod order;
mod policy;
mod roster;
mod unused;
mod verification;
mod wording;

pub use code::{Code, Weight};
pub use domain::cases;
pub use later::{LATER, later_word};

use crate::kernel::expression::{Expression, Type};
use crate::kernel::model::input::Input;
use crate::kernel::model::name::{StepId, Variable};
use crate::kernel::model::pack::Pack;
use crate::kernel::model::policy::Policy;
use crate::kernel::model::procedure::{Parameter, ParameterType, Procedure};
use crate::kernel::model::roster::Roster;
use crate::kernel::model::step::Step;
use crate::kernel::run::value_type;

/// Which document a remark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// The procedure.
    Procedure,
    /// The domain pack.
    Pack,
    /// The policy profile.
    Policy,
}

/// One remark of the linter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What kind of remark.
    pub code: Code,
    /// In which document.
    pub document: Document,
    /// Where in it.
    pub path: String,
    /// What is wrong, with the names of this document.
    pub message: String,
}

/// Lints a procedure together with its pack and policy, and with a roster where there is one.
#[must_use]
pub fn lint(procedure: &Procedure, pack: &Pack, policy: &Policy, roster: Option<&Roster>) -> Vec<Remark> {
    let mut linter = Linter { procedure, pack, policy, document: Document::Procedure, remarks: Vec::new() };
    names::check(&mut linter);
    limits::check(&mut linter);
    forms::check(&mut linter);
    language::check(&mut linter);
    expressions::check(&mut linter);
    order::check(&mut linter);
    branches::check(&mut linter);
    verification::check(&mut linter);
    wording::check(&mut linter);
    advisories::check(&mut linter);
    unused::check(&mut linter);
    policy::check(&mut linter);
    if let Some(roster) = roster {
        roster::check(&mut linter, roster);
    }
    linter.remarks.extend(lint_pack(pack));
    linter.remarks.extend(lint_policy(policy));
    linter.remarks
}

/// Lints a domain pack by itself.
#[must_use]
pub fn lint_pack(pack: &Pack) -> Vec<Remark> {
    policy::pack_alone(pack)
}

/// Lints a policy profile by itself.
#[must_use]
pub fn lint_policy(policy: &Policy) -> Vec<Remark> {
    policy::policy_alone(policy)
}

/// What the rules read, and where they write.
struct Linter<'a> {
    procedure: &'a Procedure,
    pack: &'a Pack,
    policy: &'a Policy,
    document: Document,
    remarks: Vec<Remark>,
}

/// Where a value first stands: parameters are known before every step.
#[derive(Clone, Copy)]
enum Known<'a> {
    Parameter(&'a Parameter),
    Input(usize, &'a Input),
}

impl Known<'_> {
    fn kind(&self) -> Option<Type> {
        match self {
            Self::Parameter(p) if p.kind == ParameterType::Number => Some(Type::Number),
            Self::Parameter(_) => Some(Type::Text),
            Self::Input(_, input) => value_type(input),
        }
    }

    /// Tells whether the value may be there before the step of this number.
    fn before(&self, number: usize) -> bool {
        matches!(self, Self::Input(at, ..) if *at < number) || matches!(self, Self::Parameter(_))
    }
}

/// A condition or loop end with the place where it stands.
struct Asked<'a> {
    /// Where it is written.
    path: String,
    /// The expression.
    expression: &'a Expression,
    /// Values of steps with a smaller number are known to it.
    until: usize,
}

impl<'a> Linter<'a> {
    fn say(&mut self, code: Code, path: impl Into<String>, message: impl Into<String>) {
        let (path, message) = (path.into(), message.into());
        self.remarks.push(Remark { code, document: self.document, path, message });
    }

    /// Every step with its number in the document and its path.
    fn steps(&self) -> Vec<(usize, String, &'a Step)> {
        let procedure = self.procedure;
        let sections = procedure.sections.iter().enumerate();
        let steps = sections
            .flat_map(|(s, x)| x.steps.iter().enumerate().map(move |(i, t)| (format!("sections[{s}].steps[{i}]"), t)));
        steps.enumerate().map(|(number, (path, step))| (number, path, step)).collect()
    }

    /// Finds the first parameter or input of a name.
    fn known(&self, name: &Variable) -> Option<Known<'a>> {
        let parameter = self.procedure.parameters.iter().find(|p| p.id == *name).map(Known::Parameter);
        parameter.or_else(|| {
            let mut steps = self.procedure.steps().enumerate();
            let entered = steps.find_map(|(n, step)| step.input(name).map(|input| Known::Input(n, input)));
            let watched = || self.procedure.watches.iter().filter_map(|w| w.input.as_ref()).find(|i| i.id == *name);
            entered.or_else(|| watched().map(|input| Known::Input(0, input)))
        })
    }

    /// Every condition of sections and steps, in document order.
    fn conditions(&self) -> Vec<Asked<'a>> {
        let mut found = Vec::new();
        let mut number = 0;
        for (s, section) in self.procedure.sections.iter().enumerate() {
            let of_section = section.when.iter().map(|c| (format!("sections[{s}].when.expr"), c, number));
            let of_steps = section.steps.iter().enumerate().filter_map(|(i, step)| {
                step.when.as_ref().map(|c| (format!("sections[{s}].steps[{i}].when.expr"), c, number + i))
            });
            let both = of_section.chain(of_steps);
            found.extend(both.map(|(path, c, until)| Asked { path, expression: &c.expr, until }));
            number += section.steps.len();
        }
        found
    }

    /// Every end of a loop; it knows the values of its own step.
    fn loop_ends(&self) -> Vec<Asked<'a>> {
        let steps = self.steps().into_iter();
        let ends = steps.filter_map(|(number, path, step)| {
            let expression = &step.repeat.as_ref()?.until;
            Some(Asked { path: format!("{path}.loop.until"), expression, until: number + 1 })
        });
        let place = |id: &StepId| self.procedure.steps().position(|s| s.id == *id);
        let sections = self.procedure.sections.iter().enumerate();
        let groups = sections.flat_map(|(s, x)| x.groups.iter().enumerate().map(move |(g, group)| (s, g, group)));
        let repeats = groups.filter_map(|(s, g, group)| {
            let until = place(group.steps.last()?)? + 1;
            Some(Asked { path: format!("sections[{s}].groups[{g}].until"), expression: group.until.as_ref()?, until })
        });
        ends.chain(repeats).collect()
    }

    /// Tells whether an expression is free of faults that have their own codes.
    fn is_sound(&self, asked: &Asked) -> bool {
        expressions::fault(self, asked).is_none() && expressions::strange_options(self, asked.expression).is_empty()
    }
}

#[cfg(test)]
mod tests;
