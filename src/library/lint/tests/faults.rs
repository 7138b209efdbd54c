//! Four documents without a fault, and every fault that is put into one of them.

use super::Code;

/// The step that becomes one of another kind.
const RIGHT: &str = "type: action\n        title: Right";

pub(super) const PROCEDURE: &str = r#"
format: asrun.procedure.v1
id: base
revision: "1"
title: Base
use_level: continuous
criticality: safety
roles: [performer, verifier, supervisor]
parameters:
  - {id: most, type: number, unit: bar, default: "0.20", min: "0.10", max: "0.50", text: Most pressure}
safe_state: "Switched off"
back_out: back
sections:
  - id: body
    title: Work
    kind: body
    steps:
      - id: "1"
        type: record
        title: Read pressure
        instruction: "READ the pressure, at most {most} bar."
        component: {tag: PG-1}
        references: [{doc: S-1, attachment: sheet.txt}]
        inputs:
          - {id: p, type: number, unit: bar, quantity: pressure, limits: {accept: {max: most}, alert: {max: "0.10"}, plausible: {min: "-1", max: "40"}}}
          - {id: again, type: identifier, equals: "{most}"}
          - {id: tools, type: multi, options: [{id: key}, {id: tap}]}
        evidence:
          - {id: photo, kind: any, prompt: Gauge readable}
      - id: "2"
        type: decision
        title: Choose the way
        instruction: "DECIDE which way is taken."
        inputs:
          - {id: way, type: choice, options: [{id: left}, {id: right}, {id: none}]}
      - id: "3"
        type: action
        title: Left
        instruction: "TURN left."
        when: {expr: 'way == "left"'}
        requires: ["1"]
        verification: {mode: independent, by: verifier, observe: [angle]}
        inputs:
          - {id: angle, type: number}
      - id: "4"
        type: action
        title: Right
        instruction: "TURN right."
        when: {expr: 'way == "right"'}
      - id: "5"
        type: record
        title: Adjust
        instruction: "ADJUST the pressure."
        critical: true
        inputs:
          - {id: q, type: number, unit: bar}
        evidence:
          - {id: photo, kind: any, prompt: Gauge readable}
        loop: {until: "q <= 0.20", max: 3, body: ["3"]}
        alternatives: [{id: around, section: around}]
      - id: "6"
        type: hold
        title: Hold
        instruction: "WAIT for the release."
        signoff: [{role: supervisor, meaning: hold_released}]
  - id: around
    title: Way round
    kind: body
    steps:
      - {id: a1, type: action, title: Go round, instruction: "DO it by hand."}
  - id: back
    title: Back out
    kind: back_out
    steps:
      - {id: b1, type: action, title: Switch off, instruction: "SWITCH off."}
"#;

pub(super) const PACK: &str = r#"
format: asrun.pack.v1
id: base
version: "1"
units:
  - {id: bar, quantity: pressure}
  - {id: degc, quantity: temperature}
tags: [{id: PG-1, name: Gauge}]
reason_codes:
  - {code: BAS-LIMIT, label: Out of limit, group: EQP, default_class: minor, triggers: [out_of_limit], process: [continue]}
  - {code: BAS-OTHER, label: Other, group: PRO, default_class: major}
"#;

pub(super) const POLICY: &str = r#"
format: asrun.policy.v1
id: base
version: "1"
deviations:
  - {id: R1, when: {trigger: skipped}, outcome: block}
  - {id: R99, when: {}, outcome: review}
review: {minor: 1, major: 1, critical: 2, by: [supervisor], comment: required}
closure:
  - {id: C1, role: supervisor, meaning: approved, count: 1, when: either, not: [performer]}
identity: {passphrase: act, idle_lock: 10min}
clock: {max_step: 2s, max_pause: 12h}
"#;

pub(super) const ROSTER: &str = r#"
format: asrun.roster.v1
site: base
serial: 1
issued: "2026-01-01T00:00:00.000Z"
expires: "2027-01-01T00:00:00.000Z"
package_approval: {role: approver, count: 1}
persons:
  - {id: ana, name: Ana, keys: [], roles: [{role: performer, valid_from: "2026-01-01T00:00:00.000Z", valid_until: "2027-01-01T00:00:00.000Z"}]}
  - {id: lin, name: Lin, keys: [], roles: [{role: verifier, valid_from: "2026-01-01T00:00:00.000Z", valid_until: "2027-01-01T00:00:00.000Z"}]}
  - {id: mia, name: Mia, keys: [], roles: [{role: supervisor, valid_from: "2026-01-01T00:00:00.000Z", valid_until: "2027-01-01T00:00:00.000Z"}]}
  - {id: zoe, name: Zoe, keys: [], roles: [{role: supervisor, valid_from: "2026-01-01T00:00:00.000Z", valid_until: "2027-01-01T00:00:00.000Z"}]}
"#;

const STEP_3: &str = "instruction: \"TURN left.\"";

/// Code, what is replaced, and with what.
pub(super) const FAULTS: &[(Code, &str, &str)] = &[
    (Code::UnknownPermit, STEP_3, "instruction: \"TURN left.\"\n        permits: [hot_work]"),
    (
        Code::UnknownStep,
        STEP_3,
        "instruction: \"TURN left.\"\n        timing: {deadline: {after: \"9\", within: 5min}, if_missed: Stop}",
    ),
    (
        Code::OnInterruption,
        "instruction: \"DECIDE which way is taken.\"",
        "instruction: \"DECIDE which way is taken.\"\n        on_interruption: restart",
    ),
    (Code::UnknownSection, STEP_3, "instruction: \"TURN left.\"\n        on_fail: {goto: nowhere}"),
    (
        Code::UnknownRole,
        STEP_3,
        "instruction: \"TURN left.\"\n        not_applicable: {allowed: true, authority: chemist}",
    ),
    (
        Code::DecisionRule,
        "{id: q, type: number, unit: bar}",
        "{id: q, type: number, unit: bar, decision_rule: guard_band, limits: {accept: {max: \"1\"}}}",
    ),
    (Code::Lapse, STEP_3, "instruction: \"TURN left.\"\n        timing: {usual: most}"),
    (Code::IfMissed, STEP_3, "instruction: \"TURN left.\"\n        timing: {max_duration: 5min}"),
    (
        Code::TimingOrder,
        STEP_3,
        "instruction: \"TURN left.\"\n        timing: {min_wait: 6min, max_duration: 5min, if_missed: Stop}",
    ),
    (
        Code::Deadline,
        STEP_3,
        "instruction: \"TURN left.\"\n        timing: {deadline: {after: \"5\", within: 5min}, if_missed: Stop}",
    ),
    (Code::Watch, "safe_state:", "watches: [{id: w, text: Dry, every: 5min, from: \"5\", until: \"3\"}]\nsafe_state:"),
    (
        Code::Watch,
        "safe_state:",
        "watches: [{id: w, text: Dry, every: 5min, input: {id: seen, type: text}}]\nsafe_state:",
    ),
    (Code::PackTerm, "units:\n", "terms: {devation: Departure}\nunits:\n"),
    (Code::StepForm, "type: action\n        title: Left", "type: wait\n        title: Left"),
    (Code::StepForm, "type: action\n        title: Left", "type: sample\n        title: Left"),
    (Code::InputForm, RIGHT, "type: sample\n        sample: {id: rows, columns: []}\n        title: Right"),
    (
        Code::InputForm,
        RIGHT,
        "type: sample\n        sample: {id: rows, columns: [{id: lot, type: identifier, material: required}]}\n        title: Right",
    ),
    (Code::StepForm, STEP_3, "instruction: \"TURN left.\"\n        poll: [supervisor]"),
    (Code::Expression, RIGHT, "type: calculate\n        calc: {id: sum, expr: 'p <= most'}\n        title: Right"),
    (Code::UnknownValue, RIGHT, "type: calculate\n        calc: {id: sum, expr: 'p + q'}\n        title: Right"),
    (
        Code::GroupForm,
        "title: Work\n    kind: body",
        "title: Work\n    kind: body\n    groups: [{id: g, type: any_order, steps: [\"1\", \"3\"]}]",
    ),
    (
        Code::GroupForm,
        "title: Work\n    kind: body",
        "title: Work\n    kind: body\n    groups: [{id: g, type: repeat, steps: [\"3\", \"4\"]}]",
    ),
    (
        Code::LoopExit,
        "title: Work\n    kind: body",
        "title: Work\n    kind: body\n    groups: [{id: g, type: repeat, steps: [\"3\", \"4\"], until: 'p > 1', max: 2}]",
    ),
    (Code::DuplicateId, "id: \"4\"", "id: \"1\""),
    (Code::DuplicateId, "{id: angle, type: number}", "{id: angle, type: number}\n          - {id: p, type: text}"),
    (Code::UnknownStep, "requires: [\"1\"]", "requires: [\"9\"]"),
    (Code::UnknownStep, "body: [\"3\"]", "body: [\"9\"]"),
    (Code::UnknownSection, "back_out: back\n", "back_out: nowhere\n"),
    (Code::UnknownRole, STEP_3, "instruction: \"TURN left.\"\n        performed_by: chemist"),
    (Code::UnknownTag, "{tag: PG-1}", "{tag: PG-2}"),
    (Code::UnknownUnit, "{id: q, type: number, unit: bar}", "{id: q, type: number, unit: furlong}"),
    (Code::WrongUnit, "unit: bar, quantity: pressure, limits", "unit: degc, quantity: pressure, limits"),
    (Code::UnknownValue, "way == \"right\"", "road == \"right\""),
    (Code::UnknownValue, "way == \"right\"", "q <= 1"),
    (Code::UnknownOption, "way == \"right\"", "way == \"up\""),
    (Code::UnknownOption, "way == \"right\"", "\"up\" in tools"),
    (Code::Expression, "way == \"right\"", "tools == \"key\""),
    (Code::Expression, "way == \"right\"", "\"right\" in way"),
    (Code::BranchNever, "way == \"right\"", "not \"key\" in tools and not \"tap\" in tools"),
    (Code::BranchAlways, "way == \"right\"", "\"key\" in tools or \"tap\" in tools"),
    (Code::DuplicateId, "options: [{id: key}", "options: [{id: tap}"),
    (Code::UnknownPlaceholder, "at most {most} bar", "at most {least} bar"),
    (
        Code::UnknownPlaceholder,
        RIGHT,
        "type: sample\n        sample: {id: rows, columns: [{id: lot, type: text, equals: \"{nowhere}\"}]}\n        title: Right",
    ),
    (Code::UnknownPlaceholder, "equals: \"{most}\"", "equals: \"{angle}\""),
    (Code::Expression, "way == \"right\"", "way == 3"),
    (Code::Expression, "way == \"right\"", "p + 1"),
    (Code::Parameter, "default: \"0.20\"", "default: \"0.90\""),
    (Code::UnitMissing, "{id: q, type: number, unit: bar}", "{id: q, type: number, limits: {accept: {max: \"1\"}}}"),
    (Code::Bound, "accept: {max: most}", "accept: {max: angle}"),
    (Code::Bands, "plausible: {min: \"-1\", max: \"40\"}", "plausible: {min: \"40\", max: \"-1\"}"),
    (Code::AcceptOutsidePlausible, "accept: {max: most}", "accept: {max: \"50\"}"),
    (Code::AlertOutsideAccept, "alert: {max: \"0.10\"}", "alert: {max: \"0.30\"}"),
    (Code::InputForm, "{id: angle, type: number}", "{id: angle, type: number, options: [{id: a}]}"),
    (Code::InputForm, "{id: angle, type: number}", "{id: angle, type: number, distinct: true}"),
    (
        Code::UnknownUnit,
        "{id: bar, quantity: pressure}",
        "{id: bar, quantity: pressure, equals: [{unit: psi, factor: \"14.5\"}]}",
    ),
    (
        Code::WrongUnit,
        "{id: bar, quantity: pressure}",
        "{id: bar, quantity: pressure, equals: [{unit: degc, factor: \"14.5\"}]}",
    ),
    (
        Code::CalcUnit,
        "prompt: Gauge readable}\n      - id: \"2\"",
        "prompt: Gauge readable}\n      - {id: \"1b\", type: calculate, title: Work out, instruction: \"WAIT.\", calc: {id: half, expr: p / 2, unit: degc}}\n      - id: \"2\"",
    ),
    (
        Code::CalcUnit,
        "prompt: Gauge readable}\n      - id: \"2\"",
        "prompt: Gauge readable}\n      - {id: \"1b\", type: calculate, title: Work out, instruction: \"WAIT.\", calc: {id: half, expr: p / most * 100, unit: bar}}\n      - id: \"2\"",
    ),
    (Code::UnknownUnit, "{id: degc, quantity: temperature}", "{id: degc, quantity: temperature, of: {k: 1}}"),
    (Code::Criticality, "when: {}, outcome: review", "when: {}, outcome: allow"),
    (Code::Criticality, "comment: required", "comment: required, self_approval: true"),
    (Code::UseLevel, "use_level: continuous", "use_level: reference"),
    (Code::DecisionForm, "{id: none}]}", "{id: none}]}\n          - {id: more, type: text}"),
    (Code::UnknownAttachment, "attachment: sheet.txt}", "attachment: sheet.txt}, {doc: S-2, attachment: lost.txt}"),
    (Code::UnusedAttachment, "{doc: S-1, attachment: sheet.txt}", "{doc: S-1}"),
    (Code::HoldForm, "signoff: [{role: supervisor, meaning: hold_released}]", "basis: none"),
    (
        Code::HoldForm,
        STEP_3,
        "instruction: \"TURN left.\"\n        signoff: [{role: supervisor, meaning: hold_released}]",
    ),
    (
        Code::SignoffForm,
        STEP_3,
        "instruction: \"TURN left.\"\n        signoff: [{role: supervisor, meaning: performed}]",
    ),
    (
        Code::SignoffForm,
        STEP_3,
        "instruction: \"TURN left.\"\n        signoff: [{role: performer, meaning: performed, count: 2}]",
    ),
    (
        Code::SignoffForm,
        "DECIDE which way is taken.\"",
        "DECIDE which way is taken.\"\n        signoff: [{role: performer, meaning: performed}]",
    ),
    (
        Code::DemandTwice,
        "[{role: supervisor, meaning: hold_released}]",
        "[{role: supervisor, meaning: hold_released}, {role: supervisor, meaning: hold_released, count: 2}]",
    ),
    (Code::DemandTwice, RIGHT, "type: go_no_go\n        poll: [supervisor, supervisor]\n        title: Right"),
    (
        Code::DemandTwice,
        "closure:\n",
        "closure:\n  - {id: C2, role: supervisor, meaning: approved, count: 1, when: either, not: [performer]}\n",
    ),
    (Code::TextLength, STEP_3, "instruction: \" \""),
    (
        Code::EvidenceNone,
        "prompt: Gauge readable}\n      - id: \"2\"",
        "prompt: Gauge readable, min: 0}\n      - id: \"2\"",
    ),
    (
        Code::AlternativeShared,
        "alternatives: [{id: around, section: around}]",
        "alternatives: [{id: around, section: around}, {id: same, section: around}]",
    ),
    (Code::LoopForm, "body: [\"3\"]", "body: [\"6\"]"),
    (Code::LoopForm, "max: 3", "max: 0"),
    (Code::LoopExit, "until: \"q <= 0.20\"", "until: \"p <= 0.20\""),
    (Code::LoopExit, "until: \"q <= 0.20\"", "until: \"q < 0.20 and q > 0.30\""),
    (Code::UnreachableStep, "requires: [\"1\"]", "requires: [\"5\"]"),
    (Code::UnreachableStep, "requires: [\"1\"]", "requires: [b1]"),
    (Code::BranchNever, "way == \"right\"", "way == \"right\" and way == \"none\""),
    (Code::BranchNever, "way == \"right\"", "p < 0.1 and p > 0.2"),
    (Code::BranchNever, "way == \"right\"", "most > 0.60"),
    (Code::BranchAlways, "way == \"right\"", "p < 0.2 or p >= 0.2"),
    (
        Code::BranchOverlap,
        "way == \"right\"'}",
        "p <= 0.1'}\n      - {id: \"4b\", type: action, title: High, instruction: \"DO more.\", when: {expr: 'p >= 0.1'}}",
    ),
    (
        Code::DecisionUnused,
        "- id: \"3\"",
        "- {id: \"2b\", type: decision, title: Choose, instruction: \"DECIDE.\", inputs: [{id: tea, type: choice, options: [{id: hot}, {id: cold}]}]}\n      - id: \"3\"",
    ),
    (
        Code::BackOutUnused,
        "- id: around\n    title: Way round\n    kind: body",
        "- id: old\n    title: Old\n    kind: back_out\n    steps: [{id: o1, type: action, title: Old, instruction: \"DO it.\"}]\n  - id: around\n    title: Way round\n    kind: body",
    ),
    (Code::VerificationForm, "observe: [angle]", "observe: [p]"),
    (Code::VerificationForm, "observe: [angle]", "observe: []"),
    (
        Code::VerificationForm,
        "{mode: independent, by: verifier, observe: [angle]}",
        "{mode: concurrent, by: verifier, min_separation: 5min}",
    ),
    (Code::VerificationRole, "by: verifier, observe", "by: performer, observe"),
    (Code::CriticalUnverified, "instruction: \"TURN right.\"", "instruction: \"TURN right.\"\n        critical: true"),
    (Code::SeveralActions, STEP_3, "instruction: \"TURN left, then OPEN the door.\""),
    (
        Code::AdvisoryAction,
        STEP_3,
        "instruction: \"TURN left.\"\n        advisories: [{level: caution, text: Close the door behind you.}, {level: note, text: It is heavy.}]",
    ),
    (
        Code::AdvisoryDensity,
        "{id: a1, type: action, title: Go round, instruction: \"DO it by hand.\"}",
        "{id: a1, type: action, title: Go round, instruction: \"DO it by hand.\", advisories: [{level: warning, text: Hot}, {level: warning, text: Sharp}, {level: caution, text: Wet}]}",
    ),
    (Code::TitleWords, "title: Right", "title: One two three four five six seven eight"),
    (Code::UnusedParameter, "safe_state:", "  - {id: spare, type: text, default: x, text: Nothing}\nsafe_state:"),
    (
        Code::UnusedInput,
        "{id: angle, type: number}",
        "{id: angle, type: number}\n          - {id: remark, type: text, required: false}",
    ),
    (
        Code::PackCodes,
        "reason_codes:\n  - {code: BAS-LIMIT, label: Out of limit, group: EQP, default_class: minor, triggers: [out_of_limit], process: [continue]}\n  - {code: BAS-OTHER, label: Other, group: PRO, default_class: major}",
        "reason_codes: []",
    ),
    (Code::TriggerWithoutCode, "default_class: major}", "default_class: major, triggers: [out_of_limit]}"),
    (Code::ReasonCodeNoWay, "trigger: skipped", "trigger: [skipped, out_of_limit]"),
    (Code::PolicyLastRule, "  - {id: R99, when: {}, outcome: review}\n", ""),
    (
        Code::PolicyDeadRule,
        "outcome: review}\n",
        "outcome: review}\n  - {id: R100, when: {critical: true}, outcome: review}\n",
    ),
    (Code::PolicyLayers, "identity:", "layers: [timestamp]\nidentity:"),
    (Code::PolicyRoles, "by: [supervisor]", "by: []"),
    (Code::PolicySupervisor, "process: [continue]", "process: [continue], requires: [supervisor]"),
    (Code::PolicyContradiction, "not: [performer]", "not: [supervisor]"),
    (Code::HardStop, "identity:", "hard_stops: [run.trainning]\nidentity:"),
    (Code::PolicyForm, "when: {}, outcome: review}", "when: {}, outcome: review, form: {evidence: photo}}"),
    (Code::PolicyUnreachable, "count: 1, when: either", "count: 3, when: either"),
    (
        Code::ReservedName,
        "{id: photo, kind: any, prompt: Gauge readable}\n      - id: \"2\"",
        "{id: profile.any, kind: any, prompt: Gauge readable}\n      - id: \"2\"",
    ),
    (
        Code::RoleUnfilled,
        "roles: [performer, verifier, supervisor]",
        "roles: [performer, verifier, supervisor, chemist]",
    ),
    (
        Code::SecondPerson,
        "{role: verifier, valid_from: \"2026-01-01T00:00:00.000Z\", valid_until: \"2027-01-01T00:00:00.000Z\"}",
        "{role: witness, valid_from: \"2026-01-01T00:00:00.000Z\", valid_until: \"2027-01-01T00:00:00.000Z\"}",
    ),
];
