//! Where every step stands in its document, and which ones are open or worked on: what a record asks is looked up, and
//! nobody walks along all steps for it.
//!
//! What follows from the document is made once. What follows from the state is kept up with every change of a step;
//! while a record is being folded it is behind, and then all steps are looked at.

use super::{Run, StepRun, StepState};
use crate::kernel::documents::group::Group;
use crate::kernel::documents::procedure::{Procedure, Section};
use crate::kernel::documents::step::Step;
use crate::kernel::model::name::{SectionId, StepId};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, Index, Range};
use std::sync::Arc;

/// What follows from the document.
#[derive(Debug, Default)]
struct Places {
    /// The place of a step in document order.
    of: BTreeMap<StepId, usize>,
    /// Section and step at a place.
    at: Vec<(usize, usize)>,
    /// The places of a section.
    sections: BTreeMap<SectionId, Range<usize>>,
    /// Sections that are only entered on purpose.
    dormant: BTreeSet<SectionId>,
    /// Steps with a limit of time.
    timed: BTreeSet<usize>,
    /// The group of a step: section and group.
    groups: BTreeMap<StepId, (usize, usize)>,
}

impl Places {
    fn new(procedure: &Procedure) -> Self {
        let mut places = Self::default();
        for (number, section) in procedure.sections.iter().enumerate() {
            let first = places.at.len();
            for (index, step) in section.steps.iter().enumerate() {
                let place = places.at.len();
                places.of.entry(step.id.clone()).or_insert(place);
                places.timed.extend(step.timing.is_some().then_some(place));
                places.at.push((number, index));
            }
            places.sections.entry(section.id.clone()).or_insert(first..places.at.len());
            for (index, group) in section.groups.iter().enumerate() {
                group.steps.iter().for_each(|step| {
                    places.groups.entry(step.clone()).or_insert((number, index));
                });
            }
        }
        let sections = procedure.sections.iter().map(|section| &section.id);
        places.dormant = sections.filter(|id| procedure.is_dormant(id)).cloned().collect();
        places
    }
}

/// What is known of every step.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    runs: BTreeMap<StepId, StepRun>,
    places: Arc<Places>,
    /// Not closed.
    open: BTreeSet<usize>,
    /// Worked on, or with a way on that is not taken yet.
    live: BTreeSet<usize>,
    /// Postponed, or taken before their turn.
    aside: BTreeSet<usize>,
    /// Changed since the sets above were made.
    touched: Vec<StepId>,
    /// What the last record touched.
    last: Vec<StepId>,
}

impl Steps {
    /// Nothing is begun yet.
    pub(super) fn new(procedure: &Procedure) -> Self {
        let places = Places::new(procedure);
        let open = (0..places.at.len()).collect();
        let runs = procedure.steps().map(|s| (s.id.clone(), StepRun::default())).collect();
        let (live, aside) = (BTreeSet::new(), BTreeSet::new());
        Self { runs, places: Arc::new(places), open, live, aside, touched: Vec::new(), last: Vec::new() }
    }

    /// A step to be changed.
    pub(super) fn get_mut(&mut self, id: &StepId) -> Option<&mut StepRun> {
        let known = self.runs.get_mut(id)?;
        self.touched.push(id.clone());
        Some(known)
    }

    /// Keeps up with what was changed.
    pub(super) fn settle(&mut self) {
        self.last = std::mem::take(&mut self.touched);
        for id in &self.last {
            let (Some(place), Some(known)) = (self.places.of.get(id).copied(), self.runs.get(id)) else { continue };
            let (open, live, aside) = (!is_closed(known), is_live(known), is_aside(known));
            for (set, belongs) in [(&mut self.open, open), (&mut self.live, live), (&mut self.aside, aside)] {
                if belongs {
                    set.insert(place)
                } else {
                    set.remove(&place)
                };
            }
        }
    }

    /// Returns what the last record touched.
    pub(super) fn last_touched(&self) -> &[StepId] {
        &self.last
    }

    /// Tells whether the sets say what a walk along all steps would say.
    pub(super) fn are_true(&self) -> bool {
        let all = |is: fn(&StepRun) -> bool| -> BTreeSet<usize> {
            self.places.of.iter().filter(|(id, _)| self.runs.get(*id).is_some_and(is)).map(|(_, at)| *at).collect()
        };
        self.touched.is_empty()
            && (&self.open, &self.live, &self.aside) == (&all(|s| !is_closed(s)), &all(is_live), &all(is_aside))
    }

    /// Those of a set in a range, in order; every place of the range while the sets are behind.
    fn among<'a>(&'a self, set: &'a BTreeSet<usize>, range: Range<usize>) -> Box<dyn Iterator<Item = usize> + 'a> {
        match self.touched.is_empty() {
            true => Box::new(set.range(range).copied()),
            false => Box::new(range),
        }
    }
}

impl Deref for Steps {
    type Target = BTreeMap<StepId, StepRun>;
    fn deref(&self) -> &Self::Target {
        &self.runs
    }
}

impl Index<&StepId> for Steps {
    type Output = StepRun;
    fn index(&self, id: &StepId) -> &StepRun {
        &self.runs[id]
    }
}

pub(super) fn is_closed(known: &StepRun) -> bool {
    known.state.is_terminal() && known.exit.is_none()
}

fn is_live(known: &StepRun) -> bool {
    known.exit.is_some() || matches!(known.state, StepState::Active | StepState::Performed)
}

fn is_aside(known: &StepRun) -> bool {
    known.state == StepState::Deferred || (known.ahead && !is_closed(known))
}

impl Run {
    fn step_at(&self, place: usize) -> Option<&Step> {
        let (section, step) = *self.steps.places.at.get(place)?;
        self.plan.procedure.sections.get(section)?.steps.get(step)
    }

    fn steps_among<'a>(&'a self, set: &'a BTreeSet<usize>, range: Range<usize>) -> impl Iterator<Item = &'a Step> {
        self.steps.among(set, range).filter_map(|place| self.step_at(place))
    }

    fn everywhere(&self) -> Range<usize> {
        0..self.steps.places.at.len()
    }

    /// Returns a step as it was authored.
    #[must_use]
    pub fn authored(&self, id: &StepId) -> Option<&Step> {
        self.step_at(*self.steps.places.of.get(id)?)
    }

    /// Returns the section of a step.
    pub(super) fn section_of(&self, id: &StepId) -> Option<&Section> {
        let (section, _) = *self.steps.places.at.get(*self.steps.places.of.get(id)?)?;
        self.plan.procedure.sections.get(section)
    }

    /// Returns the group of a step.
    pub(super) fn group_of(&self, id: &StepId) -> Option<&Group> {
        let (section, group) = *self.steps.places.groups.get(id)?;
        self.plan.procedure.sections.get(section)?.groups.get(group)
    }

    /// Tells whether a section is only entered on purpose.
    pub(super) fn is_dormant(&self, id: &SectionId) -> bool {
        self.steps.places.dormant.contains(id)
    }

    /// Returns the steps that are worked on or have a way on, in document order; while a record is folded, others too.
    pub(super) fn live_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps_among(&self.steps.live, self.everywhere())
    }

    /// Returns the steps that are postponed or taken before their turn, in document order; while a record is folded,
    /// others too.
    pub(super) fn steps_aside(&self) -> impl Iterator<Item = &Step> {
        self.steps_among(&self.steps.aside, self.everywhere())
    }

    /// Returns the steps that have a limit of time.
    pub(super) fn timed_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.places.timed.iter().filter_map(|place| self.step_at(*place))
    }

    /// Returns the steps of a section that are not closed, in document order.
    pub(super) fn open_in(&self, section: &Section) -> impl Iterator<Item = &Step> {
        let range = self.steps.places.sections.get(&section.id).cloned().unwrap_or_default();
        self.steps_among(&self.steps.open, range).filter(|step| !self.is_closed(&step.id))
    }

    /// Returns the steps that the last record touched; no other step stands otherwise than before it.
    #[must_use]
    pub fn touched(&self) -> &[StepId] {
        self.steps.last_touched()
    }

    /// Tells whether what is kept up of the steps is what a walk along all of them would say; tests ask it.
    #[must_use]
    pub fn keeps_up(&self) -> bool {
        self.steps.are_true()
    }
}
