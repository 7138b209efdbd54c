//! What a walk hands in: deviation forms and files.

use super::walker::Walker;
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest};
use crate::kernel::documents::pack::{FormDemand, ReasonCodeEntry};
use crate::kernel::documents::policy::Form;
use crate::kernel::model::deviation::{AffectedItem, ImmediateAction, ProcessDisposition, Statement};
use crate::kernel::model::evidence::{Captured, EvidenceKind, Origin, Sensitivity};
use crate::kernel::model::gate::{GateCode, GateOutcome};
use crate::kernel::model::name::{ReasonCode, RequirementId, Role, StepId};
use crate::kernel::records::intent::Intent;
use crate::kernel::run::{Refusal, facts_for};

impl Walker {
    /// Writes a deviation down; otherwise the rule that blocks it, or none where no code allows this way on.
    pub(super) fn deviate(&mut self, step: Option<&StepId>, way: ProcessDisposition) -> Result<(), Option<String>> {
        let codes = self.run.plan().pack.reason_codes.clone();
        let mut blocked = None;
        let role = match step {
            Some(id) => self.role_of(id, &Intent::Resume { comment: None }),
            None => self.performer.0.clone(),
        };
        for code in &codes {
            let statement = self.statement(step, way, code);
            let asked = self.asked(step, &statement);
            let photo = code.requires.contains(&FormDemand::Photo) || asked.evidence.is_some();
            if photo && let Some(id) = step {
                // Where nothing can be attached yet the form says so itself.
                let _ = self.attach(&role, id, None);
            }
            let intent = Intent::Deviate { about: None, statement, step: step.cloned() };
            match self.act(&role, &intent) {
                Ok(()) => return Ok(()),
                Err(refusal) => blocked = blocked.or_else(|| blocking(&refusal)),
            }
        }
        Err(blocked)
    }

    /// What the profile would ask of the form.
    fn asked(&self, step: Option<&StepId>, statement: &Statement) -> Form {
        let facts = facts_for(&self.run, step, None, statement, &self.now);
        self.run.form(&facts, statement)
    }

    fn statement(&self, step: Option<&StepId>, way: ProcessDisposition, code: &ReasonCodeEntry) -> Statement {
        let authored = step.and_then(|id| self.run.authored(id));
        let named = authored.filter(|_| way == ProcessDisposition::Alternative).and_then(|s| s.alternatives.first());
        let items = ["item".parse().ok().zip("SIM-1".parse().ok()).map(|(kind, id)| AffectedItem { kind, id })];
        Statement {
            code: ReasonCode::clone(&code.code),
            description: "simulated ".repeat(20),
            immediate_action: ImmediateAction { text: "simulated".into(), ..ImmediateAction::default() },
            process: way,
            alternative: named.map(|a| a.id.clone()),
            return_before: None,
            item: code.item.first().copied(),
            justification: Some("simulated".into()),
            affected: crate::kernel::model::deviation::Affected {
                items: items.into_iter().flatten().collect(),
                ..Default::default()
            },
            safety_impact: Default::default(),
            data_integrity_impact: Default::default(),
            proposed: None,
            compensating_action: Some("simulated".into()),
            cause: None,
            follow_up: None,
            evidence: Vec::new(),
        }
    }

    /// Attaches a fresh file.
    pub(super) fn attach(
        &mut self,
        role: &Role,
        step: &StepId,
        requirement: Option<RequirementId>,
    ) -> Result<(), Box<Refusal>> {
        self.files += 1;
        let bytes = self.files.to_be_bytes();
        let authored = self.run.plan().procedure.step(step);
        let kind =
            authored.and_then(|s| s.evidence.iter().find(|e| Some(&e.id) == requirement.as_ref())).map(|e| e.kind);
        let media_type = if kind == Some(EvidenceKind::Output) { "text/plain" } else { "image/png" };
        let file = Captured {
            blake3: EvidenceDigest::of(&bytes),
            sha256: FileDigest::of(&bytes),
            size: 8,
            media_type: media_type.into(),
            damage: None,
            name: "simulated".into(),
            origin: Origin::File,
            mtime: None,
        };
        let sensitivity = Sensitivity::Normal;
        self.act(role, &Intent::Attach { caption: None, file, requirement, sensitivity, step: step.clone() })
    }
}

/// The rule of the profile that refuses, when nothing else does.
fn blocking(refusal: &Refusal) -> Option<String> {
    let mut denied = refusal.gates.iter().filter(|g| g.outcome == GateOutcome::Deny);
    let first = denied.next().filter(|g| g.gate == GateCode::PolicyAccepts)?;
    denied.next().is_none().then(|| first.inputs.iter().find(|(k, _)| k.as_str() == "rule").map(|(_, v)| v.clone()))?
}
