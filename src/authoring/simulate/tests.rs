//! Simulations of small procedures whose every way is known.

use super::{Simulation, simulate};
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::policy::Policy;
use crate::kernel::documents::procedure::Procedure;
use crate::kernel::documents::roster::{KeyGrant, QualificationGrant, Roster};
use crate::kernel::judgement::verdict::Verdict;
use crate::library::lint::lint;
use crate::library::read_document;
use std::collections::BTreeSet;

const HEAD: &str = r#"
format: asrun.procedure.v1
id: small
revision: "1"
title: Small
use_level: continuous
criticality: routine
roles: [performer, supervisor]
safe_state: "Switched off"
sections:
  - id: body
    title: Work
    kind: body
    steps:
"#;

const PACK: &str = r#"
format: asrun.pack.v1
id: small
version: "1"
units: [{id: bar, quantity: pressure}]
reason_codes: [{code: SML-ANY, label: Any, group: EQP, default_class: minor}]
"#;

const POLICY: &str = r#"
format: asrun.policy.v1
id: small
version: "1"
deviations:
  - {id: R1, when: {trigger: skipped}, outcome: block}
  - {id: R2, when: {trigger: cannot_perform}, outcome: allow}
  - {id: R99, when: {}, outcome: review}
review: {minor: 1, major: 1, critical: 2, by: [supervisor], comment: required}
closure: [{id: C1, role: supervisor, meaning: approved, count: 1, when: either, not: [performer]}]
identity: {passphrase: act, idle_lock: 10min}
clock: {max_step: 2s, max_pause: 12h}
"#;

fn simulated(steps: &str) -> Simulation {
    let procedure: Procedure = read_document("procedure", format!("{HEAD}{steps}").as_bytes()).unwrap();
    let pack: Pack = read_document("pack", PACK.as_bytes()).unwrap();
    let policy: Policy = read_document("policy", POLICY.as_bytes()).unwrap();
    simulate(&procedure, &pack, &policy, None).unwrap()
}

fn words(simulation: &Simulation, verdict: Verdict) -> &str {
    simulation.ways.iter().find(|w| w.verdict == verdict).map_or("none", |w| &w.words)
}

const READ: &str = r#"
      - id: "1"
        type: record
        title: Read
        instruction: "READ p."
        inputs: [{id: p, type: number, unit: bar, limits: {accept: {min: "1", max: "2"}, plausible: {min: "0", max: "9"}}}]
"#;

#[test]
fn each_verdict_has_its_shortest_way_in_words() {
    let found = simulated(READ);
    assert_eq!(words(&found, Verdict::Final), "every step done as written -> C1: approved by 1 as supervisor");
    let open = "DEV-0001: 1 to review it as supervisor, C1: approved by 1 as supervisor";
    assert_eq!(words(&found, Verdict::Provisional), format!("1 p is 0, continue (R99 review) -> {open}"));
    assert_eq!(
        words(&found, Verdict::Fail).rsplit(" -> ").next(),
        Some("aborted, made safe: a good record of unmet work")
    );
    assert!(found.blocked.contains("skip 1 (rule R1)"), "{found:#?}");
    assert!(found.stuck.is_empty() && found.unreached.is_empty() && found.cut.is_none(), "{found:#?}");
}

#[test]
fn a_departure_that_is_allowed_still_ends_final() {
    let found = simulated("      - {id: \"1\", type: action, title: Do, instruction: \"DO it.\"}\n");
    assert_eq!(words(&found, Verdict::Provisional), "none", "{found:#?}");
    assert_eq!(found.ways[0].departures, 0);
}

#[test]
fn both_bounds_of_a_limit_are_walked() {
    // As written; each bound with continue and redo; cannot with continue, redo and back-out; skip; abort.
    assert_eq!(simulated(READ).walks, 1 + 2 * 2 + 3 + 1 + 1);
}

const DECIDE: &str = r#"
      - id: "1"
        type: decision
        title: Choose
        instruction: "DECIDE."
        inputs: [{id: way, type: choice, options: [{id: left}, {id: right}, {id: none}]}]
"#;

#[test]
fn every_option_that_a_condition_asks_for_is_walked() {
    let step = |id: &str, when: &str| {
        format!(
            "      - {{id: \"{id}\", type: action, title: Do, instruction: \"DO it.\", when: {{expr: '{when}'}}}}\n"
        )
    };
    let found = simulated(&format!("{DECIDE}{}{}", step("2", "way == \"left\""), step("3", "way == \"right\"")));
    assert_eq!((found.branches, found.unreached.len()), (3, 0));
    assert_eq!(words(&found, Verdict::Final).split(" -> ").next(), Some("every step done as written with way none"));
    let found = simulated(&format!("{DECIDE}{}", step("2", "way == \"left\" and way == \"right\"")));
    // A decision that could not be taken has no value, and a condition over nothing does not exclude.
    assert_eq!(found.departing, ["2".parse().unwrap()]);
}

#[test]
fn numbers_branch_on_both_sides_of_what_they_are_compared_with() {
    let step = |id: &str, when: &str| {
        format!(
            "      - {{id: \"{id}\", type: action, title: Do, instruction: \"DO it.\", when: {{expr: '{when}'}}}}\n"
        )
    };
    let found = simulated(&format!("{READ}{}{}", step("2", "p < 1.5"), step("3", "p >= 1.5")));
    assert_eq!((found.branches, found.departing.len()), (2, 0), "{found:#?}");
}

#[test]
fn a_several_choice_is_walked_with_one_and_with_more_of_its_options() {
    let head = DECIDE.replace("decision", "record").replace("choice", "multi").replace("id: way", "id: p");
    let head = head.replace("left", "a").replace("right", "b");
    let step = |id: &str, when: &str| {
        format!(
            "      - {{id: \"{id}\", type: action, title: Do, instruction: \"DO it.\", when: {{expr: '{when}'}}}}\n"
        )
    };
    let found = simulated(&format!("{head}{}{}", step("2", "\"a\" in p"), step("3", "\"a\" in p and \"b\" in p")));
    assert_eq!((found.branches, found.unreached.len()), (3, 0), "{found:#?}");
}

#[test]
fn too_many_branches_are_cut_and_it_is_said_where() {
    let many: String = (0..8)
        .map(|n| {
            let decision = DECIDE.replace("\"1\"", &format!("\"d{n}\"")).replace("id: way", &format!("id: w{n}"));
            format!("{decision}      - {{id: \"a{n}\", type: action, title: Do, instruction: \"DO it.\", when: {{expr: 'w{n} == \"left\"'}}}}\n")
        })
        .collect();
    let found = simulated(&many);
    assert_eq!(found.branches, 1 + 8 * 2);
    assert!(found.cut.as_deref().is_some_and(|c| c.contains("one value changed at a time")), "{:?}", found.cut);
}

#[test]
fn a_loop_is_ended_by_the_value_that_it_waits_for() {
    let found = simulated(
        r#"
      - id: "1"
        type: record
        title: Read
        instruction: "READ p."
        inputs: [{id: p, type: number, unit: bar}]
        loop: {until: "p > 250", max: 3}
"#,
    );
    assert_eq!(words(&found, Verdict::Final).split(" -> ").next(), Some("every step done as written"));
    assert!(found.stuck.is_empty(), "{found:#?}");
}

#[test]
fn a_step_that_nobody_can_do_as_written_shows_as_stuck_or_departing() {
    let found = simulated(
        "      - {id: \"1\", type: record, title: R, instruction: \"READ.\", inputs: [{id: c, type: choice, options: [{id: bad, verdict: fail}]}]}\n",
    );
    assert!(found.stuck.iter().any(|s| s.contains("no entry for `c` passes")), "{found:#?}");
    let final_ = "1 cannot be done, continue (R2 allow) -> C1: approved by 1 as supervisor";
    assert_eq!(words(&found, Verdict::Final), final_);
}

const CALCULATE: &str = r#"
      - id: "1"
        type: record
        title: Read
        instruction: "READ both."
        inputs:
          - {id: a, type: number, unit: bar, limits: {plausible: {min: "0", max: "90"}}}
          - {id: b, type: number, unit: bar, limits: {accept: {min: "1", max: "3"}}}
      - id: "2"
        type: calculate
        title: Add
        instruction: "CALCULATE the sum."
        calc: {id: sum, expr: "a + b", unit: bar, limits: {accept: {min: "13.4", max: "13.6"}}}
"#;

#[test]
fn readings_are_chosen_so_that_the_calculation_over_them_passes() {
    let found = simulated(CALCULATE);
    assert_eq!(words(&found, Verdict::Final), "every step done as written -> C1: approved by 1 as supervisor");
    assert!(found.stuck.is_empty(), "{:?}", found.stuck);
}

/// A roster of persons with their roles.
fn site(persons: &[(&str, &[&str])]) -> Roster {
    let dates =
        serde_json::json!({"valid_from": "2026-01-01T00:00:00.000Z", "valid_until": "2027-01-01T00:00:00.000Z"});
    let grant = |role: &&str| serde_json::json!({"role": role, "valid_from": dates["valid_from"], "valid_until": dates["valid_until"]});
    let person = |(id, roles): &(&str, &[&str])| serde_json::json!({"id": id, "name": id, "keys": [], "roles": roles.iter().map(grant).collect::<Vec<_>>()});
    serde_json::from_value(serde_json::json!({
        "format": "asrun.roster.v1", "site": "site", "serial": 1, "issued": "2026-01-01T00:00:00.000Z",
        "expires": "2027-01-01T00:00:00.000Z", "package_approval": {"role": "approver", "count": 1},
        "persons": persons.iter().map(person).collect::<Vec<_>>(),
    }))
    .unwrap()
}

fn walked_by(steps: &str, persons: &[(&str, &[&str])]) -> (Simulation, BTreeSet<&'static str>) {
    walked_under(steps, &site(persons))
}

fn walked_under(steps: &str, roster: &Roster) -> (Simulation, BTreeSet<&'static str>) {
    let procedure: Procedure = read_document("procedure", format!("{HEAD}{steps}").as_bytes()).unwrap();
    let pack: Pack = read_document("pack", PACK.as_bytes()).unwrap();
    let policy: Policy = read_document("policy", POLICY.as_bytes()).unwrap();
    let said = lint(&procedure, &pack, &policy, Some(roster)).into_iter().map(|r| r.code.name());
    let said = said.filter(|code| code.contains("person") || code.contains("unreachable")).collect();
    (simulate(&procedure, &pack, &policy, Some(roster)).unwrap(), said)
}

const SIGNED: &str = "      - {id: \"1\", type: action, title: Do, instruction: \"DO it.\", signoff: [{role: supervisor, meaning: reviewed, count: 2}]}\n";

#[test]
fn a_site_whose_persons_suffice_reaches_final() {
    let (found, said) =
        walked_by(SIGNED, &[("ana", &["performer", "supervisor"]), ("mia", &["supervisor"]), ("zoe", &["supervisor"])]);
    assert_eq!(words(&found, Verdict::Final), "every step done as written -> C1: approved by 1 as supervisor");
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn a_step_that_needs_more_persons_than_the_site_has_is_told_and_is_not_walked_as_written() {
    let (found, said) = walked_by(SIGNED, &[("ana", &["performer", "supervisor"]), ("mia", &["supervisor"])]);
    assert!(said.contains("lint.second_person"), "{said:?}");
    // The profile of this test allows a step that cannot be done; as written nobody reaches FINAL.
    assert!(!words(&found, Verdict::Final).starts_with("every step done as written"), "{found:#?}");
    assert!(found.stuck.iter().any(|s| s.starts_with("step 1: sign: the same person may not do both")), "{found:#?}");
}

#[test]
fn a_closing_rule_that_the_site_cannot_meet_is_told_and_no_final_is_promised() {
    let one = "      - {id: \"1\", type: action, title: Do, instruction: \"DO it.\"}\n";
    let (found, said) = walked_by(one, &[("ana", &["performer", "supervisor"])]);
    assert_eq!((words(&found, Verdict::Final), said.contains("lint.policy_unreachable")), ("none", true), "{found:#?}");
    assert!(words(&found, Verdict::Provisional).ends_with("; but C1: the roster leaves 0 of 1"), "{found:#?}");
    let (found, _) = walked_by(one, &[("ana", &["performer", "supervisor"]), ("bea", &["performer"])]);
    assert_ne!(words(&found, Verdict::Final), "none", "{found:#?}");
}

#[test]
fn whose_keys_are_all_revoked_is_nobody_and_no_final_is_promised_with_them() {
    let one = "      - {id: \"1\", type: action, title: Do, instruction: \"DO it.\"}\n";
    let persons: [(&str, &[&str]); 3] = [("ana", &["performer"]), ("mia", &["supervisor"]), ("zoe", &["supervisor"])];
    let mut roster = site(&persons);
    let grant = |revoked_at| {
        let (valid_from, valid_until) = (roster.issued, roster.expires);
        KeyGrant { key: super::ground::key("mia").unwrap(), valid_from, valid_until, revoked_at }
    };
    let (whole, revoked) = (grant(None), grant(Some(roster.issued)));
    roster.persons[1].keys = vec![revoked.clone()];
    roster.persons[2].keys = vec![revoked.clone()];
    let (found, said) = walked_under(one, &roster);
    assert_eq!(words(&found, Verdict::Final), "none", "{found:#?}");
    assert!(said.contains("lint.policy_unreachable"), "{said:?}");
    // One key in standing is enough.
    roster.persons[1].keys = vec![revoked.clone(), whole.clone()];
    roster.persons[2].keys = vec![whole, revoked];
    let (found, said) = walked_under(one, &roster);
    assert!(said.is_empty() && words(&found, Verdict::Final).starts_with("every step done as written"), "{said:?}");
}

#[test]
fn who_has_the_qualification_is_bound_to_the_step_that_asks_for_it() {
    let one = "      - {id: \"1\", type: action, title: Do, instruction: \"DO it.\", qualifications: [HV-1]}\n";
    let persons: [(&str, &[&str]); 3] = [("ana", &["performer"]), ("bea", &["performer"]), ("mia", &["supervisor"])];
    let mut roster = site(&persons);
    let (valid_from, valid_until) = (roster.issued, roster.expires);
    let grant = QualificationGrant { id: "HV-1".parse().unwrap(), valid_from, valid_until };
    let without_a_departure =
        |found: &Simulation| found.ways.iter().any(|w| w.verdict == Verdict::Final && w.departures == 0);
    let (found, _) = walked_under(one, &roster);
    assert!(!without_a_departure(&found), "nobody is qualified: {found:#?}");
    roster.persons[1].qualifications = vec![grant];
    let (found, _) = walked_under(one, &roster);
    assert!(without_a_departure(&found), "{found:#?}");
}

#[test]
fn different_persons_are_made_up_where_different_persons_are_counted() {
    let found = simulated(SIGNED);
    assert_ne!(words(&found, Verdict::Final), "none", "{found:#?}");
}
