//! Whether the persons of a roster suffice for FINAL: somebody for every act, and different persons where the
//! procedure or the profile keeps duties apart. Whose keys are all revoked is nobody here. Dates are the run's and are not
//! looked at; who has the qualifications that a step asks for performs it, where anybody has them.
//!
//! Searched exactly, over one choice of performer for each kind of step and of every second person whom a closing
//! rule excludes; a search that grows beyond its bound says nothing rather than something wrong.

use crate::kernel::documents::policy::{Closure, Policy};
use crate::kernel::documents::procedure::Procedure;
use crate::kernel::documents::roster::{Person, Roster};
use crate::kernel::documents::step::{Step, StepMeaning, VerificationMode};
use crate::kernel::model::name::{PersonId, Role, StepId, Tag};
use std::collections::{BTreeMap, BTreeSet};

/// The most choices that are tried.
const MOST: usize = 50_000;

/// Who acts in which role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crew {
    /// Who performs, by the role of `performed_by`; the first one opens the run.
    pub performers: BTreeMap<Role, BTreeSet<PersonId>>,
    /// Who verifies, releases, answers and signs at steps.
    pub seconds: BTreeMap<Role, BTreeSet<PersonId>>,
}

impl Crew {
    /// Tells whether a person acts in a role; whoever does a part of the work acts as performer.
    fn acted_as(&self, person: &PersonId, role: &Role) -> bool {
        let own = self.performers.get(role).into_iter().chain(self.seconds.get(role));
        let performs = || self.performers.values().any(|all| all.contains(person));
        own.into_iter().any(|all| all.contains(person)) || (role.as_str() == "performer" && performs())
    }
}

/// What keeps a roster from reaching FINAL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// No choice of performer leaves enough others at a step.
    Step {
        /// Which one.
        step: StepId,
        /// Whom it needs.
        role: Role,
        /// How many persons beside the performer.
        count: u32,
    },
    /// A closing rule is left without signers by every choice.
    Rule {
        /// Its number in the profile.
        number: usize,
        /// How many signers the best choice leaves.
        left: usize,
    },
    /// Every demand can be met, but not all of them together.
    Together,
}

/// Persons whom a step needs beside its performer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Needed {
    role: Role,
    count: u32,
    /// Whether the performer may be one of them.
    anybody: bool,
}

/// Steps with the same performer's role and the same needs: one person can perform all of them.
struct Kind<'a> {
    step: &'a StepId,
    performer: Role,
    needs: BTreeSet<Needed>,
    qualifications: BTreeSet<Tag>,
}

fn needs(step: &Step) -> BTreeSet<Needed> {
    let other = |role: &Role, count: u32| Needed { role: role.clone(), count, anybody: false };
    let verifies = step.verification.iter().filter(|v| v.mode != VerificationMode::Own).map(|v| other(&v.by, 1));
    let signs = step.releases().chain(step.later_signatures().filter(|s| s.meaning != StepMeaning::Performed));
    let signs = signs.map(|s| other(&s.role, s.count.get()));
    let polled = step.poll.iter().map(|p| Needed { role: p.role.clone(), count: p.count.get(), anybody: true });
    verifies.chain(signs).chain(polled).collect()
}

/// Finds a crew with which a clean run becomes FINAL; none where the search grew beyond its bound.
///
/// # Errors
/// Everything that keeps this roster from it.
pub fn find(procedure: &Procedure, policy: &Policy, roster: &Roster) -> Result<Option<Crew>, Vec<Lack>> {
    let mut kinds: Vec<Kind> = Vec::new();
    // Whoever opens the run acts as performer, whoever performs its steps.
    if let (Some(step), Ok(performer)) = (procedure.steps().next(), "performer".parse()) {
        let own = procedure.steps().filter(|s| s.performed_by == performer);
        let qualifications = own.flat_map(|s| &s.qualifications).cloned().collect();
        kinds.push(Kind { step: &step.id, performer, needs: BTreeSet::new(), qualifications });
    }
    let ordinary = procedure.sections.iter().filter(|s| !procedure.is_dormant(&s.id)).flat_map(|s| &s.steps);
    for step in ordinary {
        let (performer, needs) = (step.performed_by.clone(), needs(step));
        let qualifications: BTreeSet<Tag> = step.qualifications.iter().cloned().collect();
        let same = |k: &Kind| k.performer == performer && k.needs == needs && k.qualifications == qualifications;
        if !kinds.iter().any(same) {
            kinds.push(Kind { step: &step.id, performer, needs, qualifications });
        }
    }
    // A role that nobody holds has a remark of its own, and nothing can be said behind it.
    let named = kinds.iter().flat_map(|k| k.needs.iter().map(|n| &n.role).chain([&k.performer]));
    if named.into_iter().any(|role| holders(roster, role).is_empty()) {
        return Ok(None);
    }
    if let Outcome::Found(crew) = Search::new(&kinds, policy.closure.iter().collect(), roster).run() {
        return Ok(Some(crew));
    }
    // A person without the qualification is a departure and no refusal: who is lacking is told without regard to it.
    kinds.iter_mut().for_each(|kind| kind.qualifications.clear());
    let search = |rules: Vec<&Closure>| Search::new(&kinds, rules, roster).run();
    match search(policy.closure.iter().collect()) {
        Outcome::Found(crew) => Ok(Some(crew)),
        Outcome::Undecided => Ok(None),
        Outcome::Impossible(_) => {
            let lacks = lacks(&kinds, policy, roster, &search);
            Err(if lacks.is_empty() { vec![Lack::Together] } else { lacks })
        }
    }
}

/// Looks at each demand by itself.
fn lacks(kinds: &[Kind], policy: &Policy, roster: &Roster, search: &dyn Fn(Vec<&Closure>) -> Outcome) -> Vec<Lack> {
    let mut found = Vec::new();
    for kind in kinds {
        let performers = holders(roster, &kind.performer);
        for need in &kind.needs {
            let all = holders(roster, &need.role);
            let met = |p: &PersonId| left(&all, p, need) >= need.count as usize;
            if !performers.iter().any(met) {
                let (step, role) = (kind.step.clone(), need.role.clone());
                found.push(Lack::Step { step, role, count: need.count });
            }
        }
    }
    for (number, rule) in policy.closure.iter().enumerate() {
        if let Outcome::Impossible(left) = search(vec![rule])
            && found.is_empty()
        {
            found.push(Lack::Rule { number, left });
        }
    }
    found
}

/// Tells whether a person could ever sign: not whose keys are all revoked.
#[must_use]
pub fn can_sign(person: &Person) -> bool {
    person.keys.is_empty() || person.keys.iter().any(|grant| grant.revoked_at.is_none())
}

/// Returns who holds a role and has a key that is not revoked.
#[must_use]
pub fn holders(roster: &Roster, role: &Role) -> BTreeSet<PersonId> {
    let holds = |p: &&Person| can_sign(p) && p.roles.iter().any(|grant| grant.role == *role);
    roster.persons.iter().filter(holds).map(|p| p.id.clone()).collect()
}

/// Who of them holds every qualification; all of them where nobody does, for the run says so at the step.
fn qualified(roster: &Roster, all: BTreeSet<PersonId>, wanted: &BTreeSet<Tag>) -> BTreeSet<PersonId> {
    let holds = |id: &&PersonId| {
        let held = roster.person(id).into_iter().flat_map(|p| &p.qualifications).map(|grant| &grant.id);
        wanted.is_subset(&held.cloned().collect())
    };
    let able: BTreeSet<PersonId> = all.iter().filter(holds).cloned().collect();
    if able.is_empty() { all } else { able }
}

fn left(all: &BTreeSet<PersonId>, performer: &PersonId, need: &Needed) -> usize {
    all.len() - usize::from(!need.anybody && all.contains(performer))
}

enum Outcome {
    Found(Crew),
    /// With the most signers that a choice left to the rule that lacked most.
    Impossible(usize),
    Undecided,
}

struct Search<'a> {
    kinds: &'a [Kind<'a>],
    roster: &'a Roster,
    rules: Vec<&'a Closure>,
    holders: BTreeMap<Role, BTreeSet<PersonId>>,
    /// Roles whose members do not count for a rule: who acts in them must be chosen.
    excluding: BTreeSet<Role>,
    tried: usize,
    best: usize,
}

impl<'a> Search<'a> {
    fn new(kinds: &'a [Kind<'a>], rules: Vec<&'a Closure>, roster: &'a Roster) -> Self {
        let roles = kinds.iter().flat_map(|k| k.needs.iter().map(|n| &n.role).chain([&k.performer]));
        let roles = roles.chain(rules.iter().map(|r| &r.role));
        let holders = roles.map(|role| (role.clone(), holders(roster, role))).collect();
        let excluding = rules.iter().flat_map(|r| r.not.iter().cloned()).collect();
        Self { kinds, roster, rules, holders, excluding, tried: 0, best: 0 }
    }

    fn run(mut self) -> Outcome {
        let found = self.perform(0, Crew::default());
        match found {
            Some(crew) => Outcome::Found(crew),
            None if self.tried >= MOST => Outcome::Undecided,
            None => Outcome::Impossible(self.best),
        }
    }

    /// Chooses a performer for the steps of a kind.
    fn perform(&mut self, number: usize, crew: Crew) -> Option<Crew> {
        self.tried += 1;
        if self.tried >= MOST {
            return None;
        }
        let kinds = self.kinds;
        let Some(kind) = kinds.get(number) else { return self.closes(&crew).then_some(crew) };
        let known = crew.performers.get(&kind.performer).cloned().unwrap_or_default();
        let able = qualified(self.roster, self.holders[&kind.performer].clone(), &kind.qualifications);
        let mut persons: Vec<PersonId> = able.into_iter().collect();
        // Whoever performs already costs nothing.
        persons.sort_by_key(|p| !known.contains(p));
        persons.into_iter().find_map(|person| {
            let enough = |need: &Needed| left(&self.holders[&need.role], &person, need) >= need.count as usize;
            if !kind.needs.iter().all(enough) {
                return None;
            }
            let mut next = crew.clone();
            next.performers.entry(kind.performer.clone()).or_default().insert(person.clone());
            let open: Vec<&Needed> = kind.needs.iter().collect();
            self.second(number, &open, &person, next)
        })
    }

    /// Chooses who stands beside the performer, where it matters who it is.
    fn second(&mut self, number: usize, open: &[&Needed], performer: &PersonId, crew: Crew) -> Option<Crew> {
        let Some((need, rest)) = open.split_first() else { return self.perform(number + 1, crew) };
        let free: Vec<PersonId> =
            self.holders[&need.role].iter().filter(|p| need.anybody || *p != performer).cloned().collect();
        if !self.excluding.contains(&need.role) {
            let mut next = crew;
            next.seconds.entry(need.role.clone()).or_default().extend(free);
            return self.second(number, rest, performer, next);
        }
        let groups = groups(&free, need.count as usize);
        groups.into_iter().find_map(|group| {
            self.tried += 1;
            if self.tried >= MOST {
                return None;
            }
            let mut next = crew.clone();
            next.seconds.entry(need.role.clone()).or_default().extend(group);
            self.second(number, rest, performer, next)
        })
    }

    /// Tells whether every closing rule finds enough persons outside of the roles that it excludes.
    fn closes(&mut self, crew: &Crew) -> bool {
        let mut least = usize::MAX;
        for rule in &self.rules {
            let counts = |p: &&PersonId| !rule.not.iter().any(|role| crew.acted_as(p, role));
            let signers = self.holders[&rule.role].iter().filter(counts).count();
            if signers < rule.count.get() as usize {
                least = least.min(signers);
            }
        }
        if least != usize::MAX {
            self.best = self.best.max(least);
        }
        least == usize::MAX
    }
}

/// Every choice of `count` persons, bounded by what a search may try.
fn groups(persons: &[PersonId], count: usize) -> Vec<Vec<PersonId>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (n, first) in persons.iter().enumerate() {
        for mut rest in groups(&persons[n + 1..], count - 1) {
            rest.insert(0, first.clone());
            all.push(rest);
            if all.len() >= MOST {
                return all;
            }
        }
    }
    all
}
