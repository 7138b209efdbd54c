//! The two files of an answer from another machine: the request that goes out, the answer that comes back (FORMAT.md §4).
//!
//! What the performer observed is in neither: a blind verifier may read a request.

use super::{Intent, Run};
use crate::kernel::canon::digest::{LineDigest, PackageDigest};
use crate::kernel::model::deviation::Deviation;
use crate::kernel::model::name::{PersonId, RequestId, Role, RunId, StepId, Variable};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::request::{Asked, AskedKind};
use crate::kernel::work::poll::Poll;
use crate::kernel::work::witness::Attend;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The largest request or answer that is read, in bytes.
pub const MAX_ANSWER: usize = 64 * 1024;

/// The format line of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RequestFormat {
    /// The only version.
    #[serde(rename = "asrun.request.v1")]
    V1,
}

/// The format line of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AnswerFormat {
    /// The only version.
    #[serde(rename = "asrun.answer.v1")]
    V1,
}

/// A request file; canonical, not signed: the answer names the record of this run that it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// For what.
    pub asked: Asked,
    /// The deviation that is to be reviewed.
    pub deviation: Option<Deviation>,
    /// Always `asrun.request.v1`.
    pub format: RequestFormat,
    /// What the verifier reads for himself.
    pub observe: Vec<Variable>,
    /// The package.
    pub package: PackageDigest,
    /// The digest of the record `request.sent`.
    pub record: LineDigest,
    /// Its number in the run.
    pub request: RequestId,
    /// The run.
    pub run: RunId,
    /// The procedure's title.
    pub title: String,
    /// Which role is asked.
    pub to: Role,
    /// What the step says.
    pub words: Vec<String>,
}

/// An answer file; canonical, signed in the namespace `answer@asrun`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Always `asrun.answer.v1`.
    pub format: AnswerFormat,
    /// What the person decides.
    pub intent: Intent,
    /// Who.
    pub person: PersonId,
    /// The digest of the record `request.sent`.
    pub record: LineDigest,
    /// The request's number.
    pub request: RequestId,
    /// The run.
    pub run: RunId,
    /// When.
    pub time: Timestamp,
}

/// A request as the run knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requested {
    /// Whether it was answered.
    pub answered: bool,
    /// For what.
    pub asked: Asked,
    /// Its number.
    pub id: RequestId,
    /// The records that the answer judges.
    pub judges: Vec<LineDigest>,
    /// The record `request.sent`.
    pub record: LineDigest,
    /// When it was sent.
    pub time: Timestamp,
    /// Which role is asked.
    pub to: Role,
}

impl Asked {
    /// Tells whether an act is an answer to this.
    #[must_use]
    pub fn is_answered_by(&self, intent: &Intent) -> bool {
        let step = |id: &StepId| id.as_str() == self.id;
        match (self.kind, intent) {
            (AskedKind::Hold, Intent::ReleaseHold { step: id, .. })
            | (AskedKind::Verification, Intent::Verify { step: id, .. })
            | (AskedKind::Witness, Intent::Attend(Attend { step: id, .. }))
            | (AskedKind::Poll, Intent::Poll(Poll { step: id, .. })) => step(id),
            (AskedKind::Review, Intent::ReviewDeviation { deviation, .. }) => deviation.as_str() == self.id,
            _ => false,
        }
    }
}

impl Run {
    /// Returns the requests in order.
    #[must_use]
    pub fn requests(&self) -> &[Requested] {
        &self.requests
    }

    /// Returns the file that goes out for a request.
    #[must_use]
    pub fn request_file(&self, id: &RequestId) -> Option<Request> {
        let sent = self.requests.iter().find(|r| r.id == *id)?;
        let step = sent.asked.id.parse().ok().and_then(|id: StepId| self.authored(&id));
        let words = step.map(|s| vec![format!("{} {}", s.id, s.title), self.plan.text(&s.instruction)]);
        let observed = step.and_then(|s| s.verification.as_ref()).map(|v| v.observe.clone());
        Some(Request {
            asked: sent.asked.clone(),
            deviation: self.deviations.iter().find(|d| d.id.as_str() == sent.asked.id).cloned(),
            format: RequestFormat::V1,
            observe: observed.filter(|_| sent.asked.kind == AskedKind::Verification).unwrap_or_default(),
            package: self.plan.digest,
            record: sent.record,
            request: sent.id.clone(),
            run: self.id.clone(),
            title: self.plan.procedure.title.clone(),
            to: sent.to.clone(),
            words: words.unwrap_or_default(),
        })
    }

    /// Returns the records that are judged by an answer, as they stand now; none when nothing is waited for.
    pub(super) fn judged_by(&self, asked: &Asked) -> Option<Vec<LineDigest>> {
        if asked.kind == AskedKind::Review {
            return self.deviations.iter().find(|d| d.id.as_str() == asked.id).map(|d| d.records.clone());
        }
        let id: StepId = asked.id.parse().ok()?;
        let step = self.authored(&id)?;
        let attempt = self.steps.get(&id)?.current()?;
        let waits = match asked.kind {
            AskedKind::Hold => attempt.hold_reached && !attempt.released,
            AskedKind::Verification => step.verification.is_some() && attempt.verified.is_none(),
            AskedKind::Witness => attempt.work.witness.notified.is_some() && attempt.work.witness.attended.is_none(),
            AskedKind::Poll => step.poll.iter().any(|asked| attempt.work.poll.left(asked) > 0),
            AskedKind::Review => false,
        };
        waits.then(|| attempt.records.clone())
    }
}
