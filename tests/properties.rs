//! Random walks over the shipped procedures: legal and illegal acts by everybody, at all times.
//!
//! The machine never panics; what it accepts is held against rules that are written here once more, without the
//! kernel's gates; every record is admitted by a second run that only replays; both runs end in the same state.
//! 150 walks by default, 2,000 at the gate, more with `ASRUN_WALKS`; a failing walk names its seed (`ASRUN_WALK=seed` walks it alone).

mod chance;
mod clocks;
mod demands;
mod oracle;
mod walker;

use asrun::kernel::documents::package::Plan;
use asrun::kernel::documents::procedure::ParameterType;
use asrun::library;
use asrun::site::shipped;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every shipped procedure, with its waits at their least.
fn plans() -> Vec<Arc<Plan>> {
    let plan = |p: &shipped::Shipped| {
        let procedure: asrun::kernel::documents::procedure::Procedure =
            library::read_document("procedure.yaml", p.procedure).unwrap();
        let spans = procedure.parameters.into_iter().filter(|x| x.kind == ParameterType::Duration);
        let set: BTreeMap<_, _> = spans.filter_map(|x| Some((x.id, x.min?))).collect();
        let documents = [p.procedure, p.pack, p.policy];
        let at = walker::START.parse().unwrap();
        let members = library::build(documents, &p.attachments, &set, at).unwrap();
        Arc::new(library::open(members).unwrap().plan)
    };
    shipped::procedures().iter().map(plan).collect()
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn every_demand_of_a_document_is_outstanding_until_it_is_met_and_missed_when_it_is_not() {
    let seeds = match number("ASRUN_WALK") {
        Some(seed) => seed..seed + 1,
        None => 0..number("ASRUN_WALKS").unwrap_or(150),
    };
    seeds.for_each(demands::walk);
}

#[test]
fn no_walk_makes_the_machine_panic_accept_what_is_illegal_or_replay_otherwise() {
    let plans = plans();
    let seeds = match number("ASRUN_WALK") {
        Some(seed) => seed..seed + 1,
        None => 0..number("ASRUN_WALKS").unwrap_or(150),
    };
    let (mut accepted, mut refused, mut closed) = (0u64, 0u64, 0u64);
    let halves = std::thread::scope(|scope| {
        let walk_every = |first: u64| {
            let (plans, seeds) = (&plans, seeds.clone());
            scope.spawn(move || {
                seeds
                    .filter(|s| s % 2 == first)
                    .map(|s| walker::walk(s, &plans[s as usize % plans.len()]))
                    .collect::<Vec<_>>()
            })
        };
        let both = [walk_every(0), walk_every(1)];
        both.map(|half| half.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    for walked in halves.iter().flatten() {
        accepted += walked.accepted;
        refused += walked.refused;
        closed += u64::from(walked.closed);
    }
    println!(
        "{} walks: {accepted} acts accepted, {refused} refused, {closed} runs closed",
        halves.iter().flatten().count()
    );
    assert!(accepted > 0 && refused > 0);
    assert!(seeds.end - seeds.start < 1000 || closed > 0, "no walk came to an end");
}
