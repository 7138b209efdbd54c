//! `asrun new`: documents with comments that pass `asrun check` as they are.

/// A procedure to grow from.
pub const PROCEDURE: &str = r#"# A procedure. `asrun check` reads it; the schema lies in packs/schema/procedure.json.
format: asrun.procedure.v1
id: my-procedure                 # lower-case, digits, . _ -
revision: "1"
title: A procedure of my own
use_level: continuous            # continuous | reference | information
criticality: routine             # routine | quality | safety
roles: [performer, supervisor]
safe_state: "Switched off"       # the state in which nothing can get worse
back_out: sec_backout            # run after an abort
run_fields:
  - {id: work_order, type: text, required: true, text: Work order}
sections:
  - id: sec_body
    title: The work
    kind: body                   # brief | prerequisites | body | restoration | back_out | closeout
    steps:
      - id: "1"
        type: record             # action | verify | check | record | decision | hold | acknowledge | wait | inspect | …
        title: Read the pressure
        instruction: "READ the pressure on gauge PG-1."
        inputs:
          - id: p_res            # may stand in expressions: p_res <= 0.20
            type: number
            unit: bar            # from the pack
            limits:              # numbers are quoted: they are decimals, never floats
              plausible: {min: "-1", max: "40"}   # outside: probably a typing error
              accept: {max: "0.20"}               # outside: a deviation
        evidence:
          - {id: photo, kind: photo, min: 1, required: true, prompt: Needle and tag readable}
      - id: "2"
        type: hold
        title: Wait for the release
        instruction: "WAIT until the supervisor releases the work."
        signoff: [{role: supervisor, meaning: hold_released}]
      - id: "3"
        type: action
        title: Open the valve
        instruction: "OPEN the valve."
        advisories:
          - {level: warning, text: Hot fluid}
  - id: sec_backout
    title: Back out
    kind: back_out
    steps:
      - id: b1
        type: action
        title: Switch off
        instruction: "SWITCH off at the panel."
"#;

/// A domain pack to grow from.
pub const PACK: &str = r#"# A domain pack: the words of a field of work.
format: asrun.pack.v1
id: my-pack
version: "1"
terms: {deviation: Departure}    # our word: your word
units:
  - {id: bar, quantity: pressure, symbol: bar}
tags:
  - {id: PG-1, name: Pressure gauge}
reason_codes:                    # 8 to 15 of them; "other" is always reviewed
  - {code: MY-VALVE-PASSING, label: Valve passing, group: EQP, default_class: major}
  - {code: MY-OTHER, label: Something else, group: PRO, default_class: major}
"#;

/// A policy profile to grow from.
pub const POLICY: &str = r#"# A policy profile: what passes.
format: asrun.policy.v1
id: my-policy
version: "1"
deviations:                      # the first match wins; the last matches all
  - {id: R1, when: {trigger: skipped, critical: true}, outcome: block}
  - {id: R2, when: {trigger: skipped, step: hold}, outcome: block}
  - {id: R99, when: {}, outcome: review, form: {description_min: 20}}
review: {minor: 1, major: 1, critical: 2, by: [supervisor, qa], comment: required}
closure:                         # signatures that FINAL needs
  - {id: C1, role: supervisor, meaning: approved, count: 1, when: either, not: [performer]}
evidence:                        # each allow | review | block
  kinds: block                   # a file of another kind than was asked for, or a damaged one
  older_than_run: review         # last written before the run was opened
  before_step: allow             # last written before its step was begun
  reuse: review                  # one file for two requirements
identity: {passphrase: act, idle_lock: 10min}
clock: {max_step: 2s, max_pause: 12h}
"#;
