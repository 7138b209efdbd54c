//! Departures from plan: what was asked, what was found, what was decided and by whom.

use super::super::block::Block;
use super::teller::{Said, Teller, and, plain};
use crate::kernel::documents::term::Noun;
use crate::kernel::model::deviation::{
    Class, Containment, Deviation, Facts, Impact, ReviewDecision, Ruling, Statement,
};
use crate::kernel::model::name::{DeviationId, ReasonCode};
use crate::kernel::records::event::{DeviationAmended, DeviationRaised, DeviationReviewed, Event};
use crate::kernel::records::record::SignedRecord;

type Fields = Vec<(&'static str, String)>;

impl Teller<'_> {
    pub(super) fn deviation_head(&self, deviation: &Deviation) -> String {
        let facts = &deviation.facts;
        let step = facts.step.as_ref().map_or("the run".to_owned(), |step| format!("step {step}"));
        format!("{}  {} at {step}, {}", deviation.id, facts.trigger.word(), deviation.class().word())
    }

    /// The code with what the pack says of it.
    pub(super) fn code(&self, code: &ReasonCode) -> String {
        let label = self.plan().pack.code(code).map(|entry| format!(" ({}; {})", entry.label, entry.group.words()));
        format!("{code}{}", label.unwrap_or_default())
    }

    pub(super) fn raised(&self, d: &DeviationRaised) -> Said {
        let said = Said::new("Raised", format!("{} {}", self.noun(Noun::Deviation).within(), d.deviation));
        let fields = [self.facts(&d.facts), self.statement(&d.statement), ruling(&d.ruling)].concat();
        said.under(fields.into_iter().map(|(name, value)| Block::Field(name.to_owned(), value)))
    }

    /// Only what was changed, with what it was.
    pub(super) fn amended(&self, signed: &SignedRecord, d: &DeviationAmended) -> Said {
        let new = [self.statement(&d.statement), ruling(&d.ruling)].concat();
        let old = self.written_before(signed, &d.deviation);
        let find =
            |fields: &Fields, name: &str| fields.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone());
        let gone = old.iter().filter(|(name, _)| find(&new, name).is_none()).map(|(name, was)| (*name, was.clone()));
        let gone = gone.map(|(name, was)| changed(name, &was, "nothing"));
        let other = new.iter().filter(|(name, now)| find(&old, name).as_ref() != Some(now));
        let other = other.map(|(name, now)| changed(name, &find(&old, name).unwrap_or_else(|| "nothing".into()), now));
        let text = format!("{} {}: {}", self.noun(Noun::Deviation).within(), d.deviation, d.reason);
        Said::new("Amended", text).under(other.chain(gone).flatten().collect::<Vec<_>>())
    }

    pub(super) fn reviewed(&self, d: &DeviationReviewed) -> Said {
        let decision = match d.decision {
            ReviewDecision::Accept => "accepted",
            ReviewDecision::Reject => "REJECTED",
            ReviewDecision::Return => "returned",
        };
        let comment = d.comment.as_deref().unwrap_or("no comment");
        let class = and("class from now on: ", d.final_class.map(Class::word));
        Said::new(self.noun(Noun::Review), format!("{decision}: {comment}{class}{}", self.judged(&d.judges)))
    }

    fn facts(&self, facts: &Facts) -> Fields {
        let critical = if facts.critical { ", a critical step" } else { "" };
        let attempt = facts.attempt.map_or_else(String::new, |attempt| format!(", attempt {attempt}"));
        let at = facts.step.as_ref().map_or_else(|| "the run".into(), |step| format!("step {}", self.step(step)));
        let record = facts.record.as_ref().map(|digest| match self.record(digest) {
            Some(signed) => signed.record().seq.to_string(),
            None => digest.to_string(),
        });
        let about = facts.about.as_ref().map(|about| ("About", about.clone()));
        let first =
            ("Set off by", format!("{} at {at}{attempt}{critical}{}", facts.trigger.word(), and("record ", record)));
        let seen = ("Seen", format!("{}{}", facts.detected_at, and("it happened ", facts.event_at)));
        let found = [("Asked for", facts.requirement.clone()), ("As found", facts.as_found.clone()), seen];
        [first].into_iter().chain(about).chain(found).collect()
    }

    fn statement(&self, s: &Statement) -> Fields {
        let way = s.alternative.as_ref().map(|way| format!(" {way}")).unwrap_or_default();
        let before = s.return_before.as_ref().map(|step| format!(", returned to before step {}", self.step(step)));
        let contained = match s.immediate_action.containment {
            Containment::None => String::new(),
            other => and("", Some(plain(other))),
        };
        let list = |all: Vec<String>| Some(all.join(", ")).filter(|text| !text.is_empty());
        let affected = &s.affected;
        let impact = |impact: Impact| Some(plain(impact)).filter(|_| impact != Impact::None);
        let optional = [
            (
                "Immediate action",
                Some(format!("{}{contained}", s.immediate_action.text)).filter(|text| !text.is_empty()),
            ),
            ("Disposition", Some(format!("{}{way}{}", s.process.word(), before.unwrap_or_default()))),
            ("Item disposition", s.item.map(|item| item.word().to_owned())),
            ("Justification", s.justification.clone()),
            ("Affected items", list(affected.items.iter().map(|item| format!("{} {}", item.kind, item.id)).collect())),
            ("Steps before", list(affected.prior_steps.iter().map(|step| self.step(step)).collect())),
            ("Other runs", list(affected.other_runs.clone())),
            ("Safety", impact(s.safety_impact)),
            ("Data integrity", impact(s.data_integrity_impact)),
            ("Proposed class", s.proposed.map(|class| class.word().to_owned())),
            ("Compensation", s.compensating_action.clone()),
            ("Cause", s.cause.clone()),
            ("Follow-up", s.follow_up.clone()),
            ("Files", list(s.evidence.iter().map(ToString::to_string).collect())),
        ];
        let optional = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
        [("Code", self.code(&s.code)), ("Description", s.description.clone())].into_iter().chain(optional).collect()
    }

    /// What was written of a deviation before this record.
    fn written_before(&self, signed: &SignedRecord, id: &DeviationId) -> Fields {
        let before = self.before(signed).iter().rev();
        let mut written = before.filter_map(|signed| match &signed.record().event {
            Event::DeviationRaised(d) if d.deviation == *id => Some((&d.statement, &d.ruling)),
            Event::DeviationAmended(d) if d.deviation == *id => Some((&d.statement, &d.ruling)),
            _ => None,
        });
        written.next().map_or_else(Vec::new, |(statement, rule)| [self.statement(statement), ruling(rule)].concat())
    }
}

fn changed(name: &str, was: &str, now: &str) -> [Block; 2] {
    [Block::Item(format!("{name}:")), Block::Was(was.to_owned(), now.to_owned())]
}

fn ruling(r: &Ruling) -> Fields {
    let (outcome, class) = (r.outcome.word(), r.class.word());
    vec![("Rule", format!("{}, profile {}: {outcome}, {class}, {} to review", r.rule, r.profile, r.reviews))]
}
