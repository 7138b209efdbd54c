//! Samples: rows that are known only when they are taken.

use super::rules::{begun, codes};
use super::*;
use crate::kernel::work::{Waits, sample};

fn bolts() -> Value {
    let columns = json!([
        {"id": "bolt", "type": "identifier", "distinct": true},
        {"id": "torque", "type": "number", "unit": "bar",
            "limits": {"accept": {"min": "38", "max": "42"}, "plausible": {"min": "0", "max": "100"}}},
        {"id": "remark", "type": "text", "required": false},
    ]);
    json!({"id": "1", "type": "sample", "title": "Torque", "instruction": "TORQUE each bolt.",
        "sample": {"id": "bolts", "columns": columns, "min": 2}})
}

fn row(bolt: &str, torque: &str) -> Value {
    json!({"intent": "take_sample", "step": "1", "values": {"bolt": bolt, "torque": torque}})
}

fn outstanding(bench: &Bench) -> Vec<Outstanding> {
    bench.run.outstanding(&"1".parse().unwrap())
}

fn rows(left: u32) -> Outstanding {
    Outstanding::Work(Waits::Sample(sample::Waits { left }))
}

#[test]
fn a_sample_is_done_when_so_many_rows_are_taken_and_takes_more() {
    let mut bench = begun(bolts());
    let done = json!({"intent": "perform", "step": "1"});
    assert_eq!(codes(&mut bench, "ana", done.clone()), [GateCode::InputsEntered]);
    bench.does("ana", row("B1", "40"));
    assert_eq!(outstanding(&bench), [rows(1), Outstanding::Perform]);
    bench.does("ana", row("B2", "41"));
    assert_eq!(outstanding(&bench), [Outstanding::Perform]);
    bench.does("ana", row("B3", "39.5"));
    bench.does("ana", done);
    assert_eq!(bench.state("1"), StepState::Complete);
    let step = bench.run.step(&"1".parse().unwrap()).unwrap();
    assert_eq!(step.current().unwrap().entries.len(), 6);
    assert_eq!(codes(&mut bench, "ana", row("B4", "40")), [GateCode::StepActive]);
}

#[test]
fn a_row_is_taken_whole_or_not_at_all() {
    let mut bench = begun(bolts());
    let lacking = json!({"intent": "take_sample", "step": "1", "values": {"bolt": "B1"}});
    assert_eq!(codes(&mut bench, "ana", lacking), [GateCode::InputsEntered]);
    let strange = json!({"intent": "take_sample", "step": "1", "values": {"bolt": "B1", "torque": "40", "angle": "3"}});
    assert_eq!(codes(&mut bench, "ana", strange), [GateCode::KnownInput]);
    assert_eq!(codes(&mut bench, "ana", row("B 1", "forty")), [GateCode::EntryForm, GateCode::EntryForm]);
    assert_eq!(codes(&mut bench, "lin", row("B1", "40")), [GateCode::RoleBound]);
    bench.does("ana", row("B1", "40"));
    assert_eq!(codes(&mut bench, "ana", row("B1", "40")), [GateCode::EntryForm], "two rows of one bolt");
}

#[test]
fn what_seems_implausible_in_a_row_is_read_again_first() {
    let mut bench = begun(bolts());
    assert_eq!(codes(&mut bench, "ana", row("B1", "400")), [GateCode::EntryForm]);
    let again = patched(row("B1", "400"), &json!({"read_again": true}));
    bench.does("ana", again);
    assert_eq!(bench.run.pending()[0].trigger, Trigger::OutOfLimit);
}

#[test]
fn a_reading_of_a_row_outside_its_limits_demands_a_deviation_of_its_own() {
    let mut bench = begun(bolts());
    bench.does("ana", row("B1", "50"));
    let [pending] = bench.run.pending() else { panic!("{:?}", bench.run.pending()) };
    assert_eq!((pending.trigger, pending.about.as_deref()), (Trigger::OutOfLimit, Some("bolts/1/torque")));
    assert_eq!(pending.as_found, "50");
    assert_eq!(codes(&mut bench, "ana", row("B2", "40")), [GateCode::DeviationFiled]);
}

#[test]
fn a_value_of_a_row_is_corrected_and_the_others_of_that_row_stay() {
    let mut bench = begun(bolts());
    let taken =
        json!({"intent": "take_sample", "step": "1", "values": {"bolt": "B1", "torque": "50", "remark": "new"}});
    bench.does("ana", taken);
    let correct = |column: &str, raw: &str| {
        json!({"intent": "correct", "step": "1", "input": "bolts", "row": "1", "column": column, "raw": raw,
            "reason": "misread"})
    };
    bench.does("ana", correct("remark", "old"));
    assert_eq!(bench.run.pending().len(), 1, "the torque is still outside its limits");
    bench.does("ana", correct("torque", "40"));
    let open: Vec<_> = bench.run.pending().iter().map(|p| p.trigger).collect();
    assert_eq!(open, [Trigger::EntryCorrectedAfterSignoff], "a correction that turns a verdict is written down");
    let nowhere = patched(correct("torque", "41"), &json!({"row": "9"}));
    assert_eq!(codes(&mut bench, "ana", nowhere), [GateCode::KnownInput]);
}

#[test]
fn a_row_is_taken_at_no_step_of_another_kind() {
    let mut bench = begun(action("1", json!({})));
    assert_eq!(codes(&mut bench, "ana", row("B1", "40")), [GateCode::StepType]);
}

#[test]
fn the_instrument_of_a_row_is_asked_of_the_columns_that_want_one_alone() {
    let columns = json!([
        {"id": "bolt", "type": "identifier"},
        {"id": "pressure", "type": "number", "unit": "bar", "instrument": "required"},
        {"id": "heat", "type": "number", "unit": "kpa"},
    ]);
    let mut bench = begun(patched(bolts(), &json!({"sample": {"id": "bolts", "columns": columns}})));
    let values = json!({"bolt": "B1", "pressure": "4", "heat": "20"});
    let bare = json!({"intent": "take_sample", "step": "1", "values": values});
    assert_eq!(codes(&mut bench, "ana", bare.clone()), [GateCode::InstrumentKnown]);
    let register = json!({"intent": "register_instrument", "instrument": "PG-7", "name": "gauge",
        "cal_due": "2026-11-21T08:00:00.000Z", "range": {"min": "0", "max": "16", "unit": "bar"}});
    bench.does("ana", register);
    bench.does("ana", patched(bare, &json!({"instrument": "PG-7"})));
    let step = bench.run.step(&"1".parse().unwrap()).unwrap();
    let with = |column: &str| {
        let entries = &step.current().unwrap().entries;
        entries.iter().find(|e| e.column.as_ref().is_some_and(|c| c.as_str() == column)).unwrap().instrument.is_some()
    };
    assert_eq!(["bolt", "pressure", "heat"].map(with), [false, true, false]);
    let open: Vec<_> = bench.run.pending().iter().map(|p| p.trigger).collect();
    assert_eq!(open, [Trigger::InstrumentExpired]);
}
