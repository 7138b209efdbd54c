//! Calling another procedure: its own run, its own bundle (FORMAT.md §2).

use super::kind::{Act, Around, Ask, At, By, Consequence, Kind, Pass, Recorded};
use crate::kernel::canon::digest::{PackageDigest, SealDigest};
use crate::kernel::model::gate::{Gate, GateCode};
use crate::kernel::model::name::{Identifier, Role, RunId, StepId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The procedure that a `call` step has executed elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Called {
    /// Its id, for the reader.
    pub procedure: Identifier,
    /// The very package.
    pub package: PackageDigest,
}

/// Name the bundle of the called procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Its seal.
    pub bundle: SealDigest,
    /// Its run.
    pub child: RunId,
    /// The package that it executed.
    pub package: PackageDigest,
    /// At which step.
    pub step: StepId,
}

/// Another procedure was executed; its bundle is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallRecorded {
    /// Attempt.
    pub attempt: u32,
    /// The child's seal: SHA-256 of its tag manifest, which covers all of its bundle.
    pub bundle: SealDigest,
    /// The child's run.
    pub child: RunId,
    /// Gates.
    pub gates: Vec<Gate>,
    /// The package that the child executed.
    pub package: PackageDigest,
    /// Step.
    pub step: StepId,
}

/// The bundle of the called procedure must be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits;

/// What is remembered of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The bundle of the called procedure.
    pub bundle: Option<SealDigest>,
}

impl Kind for Called {
    type State = State;
    type Waits = Waits;

    fn waits(&self, _: &State, _: &dyn Around) -> Vec<Waits> {
        vec![Waits]
    }

    fn pass<I: super::Acts>(&self, _: &Waits, at: &dyn Pass) -> Option<(Option<Role>, I)> {
        let child = "01JDZ3Q4M5N6P7R8S9T0V1W2X4".parse().ok()?;
        let bundle = SealDigest::of(b"simulated");
        Some((None, Call { bundle, child, package: self.package, step: at.step() }.into()))
    }
}

impl Act for Call {
    type Kind = Called;
    type Recorded = CallRecorded;

    fn step(&self) -> &StepId {
        &self.step
    }

    fn decide(&self, at: &At<'_, Called>, ask: &mut dyn Ask) -> Option<CallRecorded> {
        ask.performer();
        ask.kind(at.wanted.is_some());
        ask.ready();
        let wanted = at.wanted?;
        let fits = wanted.package == self.package && self.child != *at.around.run();
        ask.ask(GateCode::CalledPackage, fits, &[("wanted", &wanted.package), ("given", &self.package)]);
        let gates = ask.passed()?;
        let Self { bundle, child, package, step } = self.clone();
        Some(CallRecorded { attempt: at.around.attempt(), bundle, child, gates, package, step })
    }
}

impl Recorded for CallRecorded {
    type Kind = Called;
    type Act = Call;

    fn step(&self) -> &StepId {
        &self.step
    }

    fn after(&self, _: Option<&Called>, state: &mut State, _: &By) -> Vec<Consequence> {
        state.bundle = Some(self.bundle);
        vec![Consequence::Performed]
    }

    fn act(self) -> Call {
        let Self { bundle, child, package, step, .. } = self;
        Call { bundle, child, package, step }
    }
}
