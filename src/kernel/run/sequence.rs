//! Whose turn it is.

use super::places::is_closed;
use super::{Exit, Phase, Run, StepState};
use crate::kernel::documents::group::GroupKind;
use crate::kernel::documents::procedure::{Order, Section};
use crate::kernel::documents::step::Step;
use crate::kernel::expression::Value;
use crate::kernel::model::name::{SectionId, StepId};

impl Run {
    /// Returns the steps that may be begun or are being worked on, in document order.
    #[must_use]
    pub fn frontier(&self) -> Vec<&Step> {
        let mut frontier = self.in_turn();
        let postponed = |s: &&Step| self.steps[&s.id].state == StepState::Deferred;
        let back = |s: &&Step| frontier.iter().any(|t| self.steps[&s.id].return_before.as_ref() == Some(&t.id));
        let due_back: Vec<&Step> = self.steps_aside().filter(postponed).filter(back).collect();
        frontier.retain(|t| !due_back.iter().any(|s| self.steps[&s.id].return_before.as_ref() == Some(&t.id)));
        let ahead = |s: &&Step| self.steps[&s.id].ahead && !self.is_closed(&s.id);
        if self.phase == Phase::Running || self.phase.is_standing() {
            for step in self.steps_aside().filter(|s| postponed(s) || ahead(s)) {
                if !frontier.iter().any(|t| t.id == step.id) {
                    frontier.push(step);
                }
            }
        }
        frontier
    }

    /// Returns the steps whose turn it is, postponed ones left aside.
    fn in_turn(&self) -> Vec<&Step> {
        let open = |id: &SectionId| self.plan.procedure.section(id).filter(|s| !self.is_section_closed(&s.id));
        let response = self.responses.iter().rev().find_map(open).filter(|_| self.phase != Phase::Aborting);
        if let Some(section) = response {
            return self.open_steps(section);
        }
        let sections: Vec<&Section> = match self.phase {
            Phase::Draft | Phase::Aborted | Phase::Closed => return Vec::new(),
            Phase::Aborting => {
                self.plan.procedure.back_out.iter().filter_map(|id| self.plan.procedure.section(id)).collect()
            }
            _ => self.plan.procedure.sections.iter().filter(|s| !self.is_dormant(&s.id)).collect(),
        };
        sections.into_iter().map(|s| self.open_steps(s)).find(|open| !open.is_empty()).unwrap_or_default()
    }

    /// Returns the step that is being worked on, or else the next one.
    #[must_use]
    pub fn active(&self) -> Option<&Step> {
        let frontier = self.frontier();
        let begun = frontier.iter().find(|s| self.steps[&s.id].state != StepState::Open);
        begun.or(frontier.first()).copied()
    }

    fn open_steps<'a>(&'a self, section: &'a Section) -> Vec<&'a Step> {
        let mut open = self.open_in(section).filter(|s| self.steps[&s.id].state != StepState::Deferred);
        match section.order {
            Order::Any => open.flat_map(|s| self.instead_of(s)).collect(),
            Order::Sequential => {
                let Some(first) = open.next() else { return Vec::new() };
                let free = section.groups.iter().find(|g| g.steps.contains(&first.id) && g.kind.is_free());
                let together: Vec<&Step> = match free {
                    Some(group) => open.filter(|s| group.steps.contains(&s.id)).collect(),
                    None => Vec::new(),
                };
                [first].into_iter().chain(together).flat_map(|s| self.instead_of(s)).collect()
            }
        }
    }

    /// Returns the open steps of the alternative that a deviation chose, or the step itself.
    fn instead_of<'a>(&'a self, step: &'a Step) -> Vec<&'a Step> {
        match &self.steps[&step.id].exit {
            Some(Exit::Alternative(_, section)) => match self.plan.procedure.section(section) {
                Some(section) if !self.is_section_closed(&section.id) => self.open_steps(section),
                _ => vec![step],
            },
            _ => vec![step],
        }
    }

    /// Tells whether a step is closed and no way on is left to take.
    #[must_use]
    pub fn is_closed(&self, id: &StepId) -> bool {
        self.steps.get(id).is_some_and(is_closed)
    }

    /// Tells whether every step of a section is closed.
    #[must_use]
    pub fn is_section_closed(&self, id: &SectionId) -> bool {
        self.plan.procedure.section(id).is_none_or(|s| self.open_in(s).next().is_none())
    }

    /// Returns every step that the run needs: all but those of sections that nobody entered on purpose.
    pub fn needed_steps(&self) -> impl Iterator<Item = &Step> {
        self.plan
            .procedure
            .sections
            .iter()
            .filter(|s| !self.is_dormant(&s.id) || s.steps.iter().any(|x| !self.steps[&x.id].attempts.is_empty()))
            .flat_map(|s| &s.steps)
    }

    /// Evaluates the conditions of a step and its section: none when it applies, else how that came out.
    ///
    /// A condition over something that was never recorded does not exclude the step.
    #[must_use]
    pub fn excluded(&self, step: &Step) -> Option<String> {
        if let Some(words) = self.passed_over(step) {
            return Some(words);
        }
        let section = self.section_of(&step.id)?.when.as_ref();
        let conditions = section.into_iter().chain(step.when.as_ref());
        conditions
            .filter_map(|c| c.expr.evaluate(&|name| self.value_of(name)).ok())
            .find(|e| e.value == Value::Bool(false))
            .map(|e| e.words)
    }

    /// Of equally good ways one was taken; the others do not apply.
    fn passed_over(&self, step: &Step) -> Option<String> {
        let group = self.group_of(&step.id).filter(|g| g.kind == GroupKind::OneOf)?;
        let begun = |id: &&StepId| **id != step.id && self.steps.get(*id).is_some_and(|s| !s.attempts.is_empty());
        let taken = group.steps.iter().find(begun).filter(|_| self.steps[&step.id].attempts.is_empty())?;
        Some(format!("one of {}: {taken} is taken", group.id))
    }
}
