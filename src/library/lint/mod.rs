//! The linter: what an author must fix before a procedure can be locked (FORMAT.md §2).
//!
//! Pure rules over the typed documents, one file for each family. A rule names a [`Code`] and a path such as
//! `sections[2].steps[4].inputs[0].unit`, which `source` turns into line and column. Deliberately absent: files,
//! clocks, and every judgement that needs a run; those are walked through by `authoring::simulate`.

mod advisories;
mod branches;
mod code;
mod demands;
mod dimensions;
mod domain;
mod expressions;
mod forms;
mod later;
mod level;
mod limits;
mod names;
mod order;
mod policy;
mod references;
mod roster;
mod timing;
mod unused;
mod verification;
mod wording;

pub use code::{Code, Weight};
pub use domain::cases;
pub use later::{LATER, later_word};
pub use references::lint_references;

use crate::kernel::documents::group::Group;
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::policy::Policy;
use crate::kernel::documents::procedure::{Parameter, ParameterType, Procedure, Section};
use crate::kernel::documents::roster::Roster;
use crate::kernel::documents::step::Step;
use crate::kernel::expression::{Expression, Type};
use crate::kernel::model::input::Input;
use crate::kernel::model::name::Variable;
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
    let under = procedure.clone().under(policy);
    let document = Document::Procedure;
    let mut linter = Linter { procedure: &under, pack, policy, document, remarks: Vec::new() };
    names::check(&mut linter);
    limits::check(&mut linter);
    dimensions::check(&mut linter);
    level::check(&mut linter);
    forms::check(&mut linter);
    demands::check(&mut linter);
    expressions::check(&mut linter);
    timing::check(&mut linter);
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
    let mut remarks = policy::policy_alone(policy);
    remarks.extend(demands::policy_alone(policy));
    remarks
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
    Watch(&'a Input),
}

impl Known<'_> {
    fn kind(&self) -> Option<Type> {
        match self {
            Self::Parameter(p) if p.kind == ParameterType::Number => Some(Type::Number),
            Self::Parameter(_) => Some(Type::Text),
            Self::Input(_, input) | Self::Watch(input) => value_type(input),
        }
    }

    /// Tells whether the value may be there before the step of this number.
    fn before(&self, number: usize) -> bool {
        match self {
            Self::Input(at, _) => *at < number,
            Self::Parameter(_) | Self::Watch(_) => true,
        }
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

    /// Remarks on the profile, in the midst of the procedure.
    fn of_policy(&mut self, code: Code, path: &str, message: &str) {
        let (path, message) = (path.to_owned(), message.to_owned());
        self.remarks.push(Remark { code, document: Document::Policy, path, message });
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
        let found = parameter.or_else(|| {
            let mut steps = self.procedure.steps().enumerate();
            steps.find_map(|(n, step)| step.input(name).map(|input| Known::Input(n, input)))
        });
        let watched = || self.procedure.watches.iter().filter_map(|w| w.input.as_ref()).find(|i| i.id == *name);
        // A watch is read while the work goes on: its last reading may stand in any condition.
        found.or_else(|| watched().map(Known::Watch))
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

    /// Every end of a loop with the steps that are repeated; it knows the values of its own step.
    fn loops(&self) -> Vec<(Asked<'a>, Vec<&'a Step>)> {
        let procedure = self.procedure;
        let steps = self.steps();
        let own = steps.iter().filter_map(|(number, path, step)| {
            let repeat = step.repeat.as_ref()?;
            let body = repeat.body.iter().filter_map(|id| procedure.step(id)).chain([*step]).collect();
            Some((Asked { path: format!("{path}.loop.until"), expression: &repeat.until, until: number + 1 }, body))
        });
        let mut all: Vec<_> = own.collect();
        for (path, _, group) in self.groups() {
            let last = group.steps.last().and_then(|id| steps.iter().position(|(.., s)| s.id == *id));
            if let (Some(expression), Some(last)) = (&group.until, last) {
                let body = group.steps.iter().filter_map(|id| procedure.step(id)).collect();
                all.push((Asked { path: format!("{path}.until"), expression, until: last + 1 }, body));
            }
        }
        all
    }

    /// Every end of a loop.
    fn loop_ends(&self) -> Vec<Asked<'a>> {
        self.loops().into_iter().map(|(asked, _)| asked).collect()
    }

    /// Every group with its path and section.
    fn groups(&self) -> Vec<(String, &'a Section, &'a Group)> {
        let sections = self.procedure.sections.iter().enumerate();
        let groups = sections.flat_map(|(s, section)| {
            section
                .groups
                .iter()
                .enumerate()
                .map(move |(g, group)| (format!("sections[{s}].groups[{g}]"), section, group))
        });
        groups.collect()
    }

    /// Tells whether an expression is free of faults that have their own codes.
    fn is_sound(&self, asked: &Asked) -> bool {
        expressions::fault(self, asked).is_none() && expressions::strange_options(self, asked.expression).is_empty()
    }
}

#[cfg(test)]
mod tests;
