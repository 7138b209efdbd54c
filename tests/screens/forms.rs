//! Forms of the run screen: what they reach, what they unfold, what they keep.

use super::kit::bench::{acts, at_work, control, drawn, keys, on, perform, press, screen, small, types};
use crate::world::World;
use asrun::kernel::records::intent::Intent;
use asrun::session::Session;
use asrun::tui::ground::effect::{Effect, Outcome};
use asrun::tui::machine::app::{App, Message};
use asrun::tui::run::drafts::Drafts;
use crossterm::event::KeyCode::{Char, Down, Enter, Esc, F, Up};
use serde_json::json;

const ITEM: (&str, &str) = (
    "  - {code: SML-ANY,",
    "  - {code: SML-ITM, label: A thing, group: MAT, default_class: minor, requires: [description, affected_item]}\n  - {code: SML-ANY,",
);

/// Step 1 with a reading that is too high: the deviation is due.
fn out_of_limits(world: &World, changes: &[(&str, &str)]) -> (App, Session) {
    let package = small(world, changes);
    let (mut app, mut session) = on(world, &package, &[("verifier", "l.chen"), ("supervisor", "m.berg")]);
    let work = json!([
        {"intent": "begin", "step": "1"},
        {"intent": "enter", "step": "1", "input": "p_res", "raw": "0.35"},
    ]);
    acts(&mut app, &mut session, "a.ortiz", work);
    (app, session)
}

fn statement(effects: &[Effect]) -> &asrun::kernel::model::deviation::Statement {
    match effects {
        [Effect::Submit(_, intent, _)] => match &**intent {
            Intent::Deviate { statement, .. } => statement,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_code_that_demands_the_affected_item_unfolds_its_fields_and_is_recorded() {
    let world = World::new();
    let (mut app, mut session) = out_of_limits(&world, &[ITEM]);
    press(&mut app, Enter);
    assert!(!drawn(&app, 120, 60).contains("kind of thing"));
    keys(&mut app, &mut session, &[Char('1'), Enter]);
    assert!(drawn(&app, 120, 60).contains("kind of thing"), "{}", drawn(&app, 120, 60));
    types(&mut app, "The valve passes");
    press(&mut app, Enter);
    types(&mut app, "Told the supervisor");
    keys(&mut app, &mut session, &[Enter, Char('6')]);
    assert!(control(&mut app, 's').is_empty(), "the item is demanded");
    keys(&mut app, &mut session, &[Char('2'), Enter]);
    types(&mut app, "V-7, V-8");
    let effects = control(&mut app, 's');
    let items = &statement(&effects).affected.items;
    assert_eq!(
        items.iter().map(|i| (i.kind.as_str(), i.id.as_str())).collect::<Vec<_>>(),
        [("component", "V-7"), ("component", "V-8")]
    );
    perform(&mut app, &mut session, effects);
    types(&mut app, "demo");
    let effects = press(&mut app, Enter);
    perform(&mut app, &mut session, effects);
    assert_eq!(screen(&app).run.deviations().len(), 1, "{:?}", screen(&app).notice);
}

#[test]
fn a_plain_departure_takes_five_answers_and_says_nothing_that_was_not_shown() {
    let world = World::new();
    let (mut app, mut session) = out_of_limits(&world, &[]);
    keys(&mut app, &mut session, &[Enter, Char('1'), Enter]);
    types(&mut app, "The valve passes");
    press(&mut app, Enter);
    types(&mut app, "Told the supervisor");
    keys(&mut app, &mut session, &[Enter, Char('6')]);
    let effects = control(&mut app, 's');
    let said = statement(&effects);
    assert_eq!((said.item, said.cause.as_deref(), said.affected.items.len()), (None, None, 0));
    perform(&mut app, &mut session, effects);
    let text = drawn(&app, 120, 40);
    for words in ["statement code: SML-ANY", "The valve passes", "process: stop", "rule R99"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn more_to_say_reaches_every_member_of_the_statement() {
    let world = World::new();
    let (mut app, mut session) = out_of_limits(&world, &[]);
    keys(&mut app, &mut session, &[Enter, Char('1'), Enter]);
    let answers = [
        "The valve passes",
        "Told the supervisor",
        "\u{2}2",
        "It is only a demonstration",
        "\u{2}2",
        "\u{2}3",
        "\u{2}3",
        "\u{2}1",
        "PUMP-7",
        "\u{2}2",
        "\u{2}2",
        "\u{2}3",
        "worn seat",
        "extra check at 5",
        "NCR-12",
        "1, 2",
        "01RUN",
    ];
    for answer in answers {
        match answer.strip_prefix('\u{2}') {
            Some(digit) => types(&mut app, digit),
            None => types(&mut app, answer),
        }
        press(&mut app, Enter);
    }
    let effects = control(&mut app, 's');
    let said = serde_json::to_value(statement(&effects)).unwrap();
    assert_eq!(said["immediate_action"]["containment"], "tagged");
    assert_eq!(
        said["affected"],
        json!({"items": [{"type": "asset", "id": "PUMP-7"}], "prior_steps": ["1", "2"], "other_runs": ["01RUN"]})
    );
    for (name, value) in [
        ("item", "rework"),
        ("safety_impact", "possible"),
        ("data_integrity_impact", "possible"),
        ("proposed", "critical"),
        ("cause", "worn seat"),
        ("compensating_action", "extra check at 5"),
        ("follow_up", "NCR-12"),
        ("justification", "It is only a demonstration"),
    ] {
        assert_eq!(said[name], value, "{name}: {said}");
    }
}

#[test]
fn a_way_that_the_policy_blocks_is_marked_before_it_is_chosen() {
    let world = World::new();
    let (mut app, mut session) = out_of_limits(&world, &[]);
    keys(&mut app, &mut session, &[Enter, Char('1'), Down, Down, Down]);
    let text = drawn(&app, 120, 40);
    let line = |word: &str| text.lines().find(|l| l.contains(word)).unwrap_or_default().to_owned();
    assert!(line("skip the step").contains("BLOCKED: rule R1"), "{text}");
    assert!(line("not applicable").contains("off:"), "{text}");
    assert!(!line("continue as it is").contains("BLOCKED"), "{text}");
}

#[test]
fn stop_work_over_an_open_form_loses_nothing_of_it() {
    let world = World::new();
    let (mut app, mut session) = out_of_limits(&world, &[]);
    keys(&mut app, &mut session, &[Enter, Char('1'), Enter]);
    types(&mut app, "The valve passes");
    press(&mut app, F(9));
    assert!(drawn(&app, 120, 40).contains("STOP WORK"));
    press(&mut app, Esc);
    assert!(drawn(&app, 120, 40).contains("The valve passes"));
    press(&mut app, F(9));
    types(&mut app, "unsure");
    keys(&mut app, &mut session, &[Enter]);
    assert_eq!(screen(&app).run.phase().word(), "stopped");
    keys(&mut app, &mut session, &[F(4)]);
    assert!(drawn(&app, 120, 40).contains("The valve passes"), "{}", drawn(&app, 120, 40));
}

#[test]
fn a_form_survives_records_of_other_acts_and_of_other_steps() {
    let world = World::new();
    let (mut app, mut session) = out_of_limits(&world, &[]);
    keys(&mut app, &mut session, &[Enter, Char('1'), Enter]);
    types(&mut app, "The valve passes");
    press(&mut app, Esc);
    press(&mut app, F(6));
    types(&mut app, "a remark");
    keys(&mut app, &mut session, &[Enter]);
    press(&mut app, Char(']'));
    press(&mut app, F(6));
    types(&mut app, "at another step");
    press(&mut app, Esc);
    press(&mut app, Char('.'));
    press(&mut app, F(6));
    assert!(!drawn(&app, 120, 40).contains("another step") && !drawn(&app, 120, 40).contains("[ a remark"));
    press(&mut app, Esc);
    press(&mut app, F(4));
    assert!(drawn(&app, 120, 40).contains("The valve passes"));
}

#[test]
fn a_refusal_or_a_wrong_passphrase_brings_the_form_back() {
    let world = World::new();
    let (mut app, mut session) = out_of_limits(&world, &[]);
    keys(&mut app, &mut session, &[Enter, Char('1'), Enter]);
    types(&mut app, "short");
    press(&mut app, Enter);
    types(&mut app, "Told the supervisor");
    keys(&mut app, &mut session, &[Enter, Char('6')]);
    let effects = control(&mut app, 's');
    perform(&mut app, &mut session, effects);
    assert!(drawn(&app, 120, 40).contains("[ short"), "{}", drawn(&app, 120, 40));
    assert!(
        drawn(&app, 80, 24).contains("of at least 10 characters"),
        "the refusal is read whole\n{}",
        drawn(&app, 80, 24)
    );
    keys(&mut app, &mut session, &[Up, Up]);
    types(&mut app, " of pressure");
    let effects = control(&mut app, 's');
    perform(&mut app, &mut session, effects);
    types(&mut app, "wrong");
    keys(&mut app, &mut session, &[Enter]);
    assert!(drawn(&app, 120, 40).contains("Passphrase of a.ortiz") && !drawn(&app, 120, 40).contains("****"));
    press(&mut app, Esc);
    assert!(drawn(&app, 120, 40).contains("short of pressure"));
}

#[test]
fn what_is_typed_is_written_down_after_a_pause_and_dropped_when_it_is_recorded() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    let now = session.now().time;
    assert!(app.update(Message::Tick(now)).is_empty());
    press(&mut app, F(6));
    types(&mut app, "seen from the gallery");
    let written = app.update(Message::Tick(now));
    let [Effect::KeepDrafts(drafts)] = &written[..] else { panic!("{written:?}") };
    assert!(app.update(Message::Tick(now)).is_empty(), "nothing changed since");
    let (mut other, _) = at_work(&World::new());
    other.update(Message::Outcome(Outcome::Drafts(Drafts::parse(&drafts.bytes()))));
    press(&mut other, F(6));
    assert!(drawn(&other, 80, 24).contains("seen from the gallery"));
    keys(&mut app, &mut session, &[Enter]);
    let written = app.update(Message::Tick(now));
    assert!(matches!(&written[..], [Effect::KeepDrafts(d)] if d.is_empty()), "{written:?}");
}

#[test]
fn the_menu_of_acts_locks_the_session_and_the_run_asks_for_the_passphrase_again() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    press(&mut app, F(2));
    let at = screen(&app).act_list().iter().position(|a| a.title.contains("lock")).unwrap();
    for _ in 0..at {
        press(&mut app, Down);
    }
    let effects = press(&mut app, Enter);
    let others = perform(&mut app, &mut session, effects);
    assert!(matches!(&others[..], [Effect::Lock(p)] if p.as_str() == "a.ortiz"), "{others:?}");
}

#[test]
fn a_file_that_cannot_be_had_and_an_absent_verifier_can_be_written_down() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    keys(&mut app, &mut session, &[Enter, F(4), Up, Char('2'), Enter, Char('1'), Enter]);
    assert!(drawn(&app, 120, 40).contains("evidence missing"), "{}", drawn(&app, 120, 40));
}
