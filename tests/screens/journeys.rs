//! Journeys of the real binary in a pseudo-terminal, told as its users would.
//!
//! With `ASRUN_PICTURES=screenshots` the pictures of the README are written along the way.

use super::kit::png::keep;
use super::kit::pty::Pty;
use crate::world::{World, flip};

fn asrun(world: &World, arguments: &[&str]) -> Pty {
    let home = world.home.root();
    let mut all = vec!["--home", home.to_str().unwrap()];
    all.extend(arguments);
    Pty::asrun(home, &all, &[])
}

/// Presses keys and waits until the screen says `text`.
fn press(pty: &mut Pty, keys: &str, text: &str) {
    pty.keys(keys);
    pty.wait_for(text);
}

fn picture(pty: &mut Pty, name: &str) {
    pty.wait_stable(60);
    keep(name, &pty.svg());
}

/// Opens the small package with everybody bound, as a.ortiz.
fn opened(world: &World) -> Pty {
    let package = world.package("small");
    let mut pty = asrun(world, &["run", package.to_str().unwrap()]);
    pty.wait_for("work_order");
    pty.keys("W-1<Enter>");
    pty.keys("<Enter><Enter><Enter><Enter>");
    pty.keys("demo<Enter>");
    pty.wait_for("begin step 1");
    pty
}

/// Enters the reading and attaches the file of step 1, up to the wish for a deviation or the end of the step.
fn reads(pty: &mut Pty, value: &str, after: &str) {
    press(pty, "<Enter>", "Enter  enter p_res");
    press(pty, "<Enter>", "accept");
    pty.keys(value);
    press(pty, "<Enter>", after);
}

fn attaches(world: &World, pty: &mut Pty) {
    press(pty, "<Enter>", "Files, newest first");
    pty.wait_for("gauge.txt");
    let _ = world;
    press(pty, "/gauge", "filter: gauge");
    pty.keys("<Enter>");
    press(pty, "<Enter>", "Enter  step 1 is done");
}

fn small_world() -> World {
    let world = World::new();
    let samples = world.home.root().join("samples/small");
    std::fs::create_dir_all(&samples).unwrap();
    std::fs::write(samples.join("gauge.txt"), "needle at 0.05\n").unwrap();
    world
}

/// Goes through steps 1 to 3 without anything unusual.
fn worked(world: &World) -> Pty {
    let mut pty = opened(world);
    reads(&mut pty, "0,05", "Enter  attach: Gauge readable");
    attaches(world, &mut pty);
    press(&mut pty, "<Enter>", "begin step 2");
    peer_checks(&mut pty);
    releases(&mut pty);
    pty
}

fn peer_checks(pty: &mut Pty) {
    press(pty, "<Enter>", "Enter  record pass or fail");
    press(pty, "<Enter>", "Result");
    pty.keys("1<Enter><Enter>");
    pty.wait_for("step 2 is done");
    press(pty, "<Enter>", "hand over: verifier");
    press(pty, "<Enter>", "Second person");
    pty.keys("1<Enter>");
    pty.wait_for("What you see");
    pty.keys("1<Enter>");
    pty.wait_for("Passphrase of l.chen");
    pty.keys("demo<Enter>");
    pty.wait_for("begin step 3");
}

fn releases(pty: &mut Pty) {
    press(pty, "<Enter>", "HOLD");
    press(pty, "<Enter>", "Second person");
    pty.keys("1<Enter>");
    pty.wait_for("releases hold");
    pty.keys("seen<Enter>");
    pty.wait_for("Passphrase of m.berg");
    pty.keys("demo<Enter>");
    pty.wait_for("check and seal");
    pty.wait_for("Every step is closed. Enter checks and seals.");
}

fn seals(pty: &mut Pty) {
    press(pty, "<Enter>", "Sealing makes the run read-only");
    pty.keys("demo<Enter>");
    pty.wait_for("integrity intact");
}

#[test]
fn a_clean_run_is_walked_through_and_sealed_and_judged() {
    let world = small_world();
    let mut pty = worked(&world);
    press(&mut pty, "<F10>", "Sealing makes the run read-only");
    picture(&mut pty, "seal");
    pty.keys("demo<Enter>");
    pty.wait_for("PROVISIONAL");
    pty.wait_for("integrity intact");
    picture(&mut pty, "verdict");
    press(&mut pty, "<C-q>", "Sealed:");
    pty.wait_end();
    pty.assert_restored();
}

#[test]
fn a_reading_out_of_limits_is_written_down_before_anything_else() {
    let world = small_world();
    let mut pty = opened(&world);
    picture(&mut pty, "run-80x24");
    reads(&mut pty, "0.35", "record the deviation");
    press(&mut pty, "<Enter>", "Reason code");
    pty.keys("1<Enter>");
    pty.keys("The valve passes, the gauge stays at 0.35<Enter>");
    pty.keys("Told the supervisor<Enter>");
    press(&mut pty, "2", "R99");
    picture(&mut pty, "deviation");
    pty.keys("<Enter>Accepted for this demonstration<Enter><Enter>");
    pty.wait_for("Passphrase of a.ortiz");
    pty.keys("demo<Enter>");
    pty.wait_for("DEV-0001");
    pty.wait_for("Enter  attach: Gauge readable");
}

#[test]
fn nothing_lets_a_failed_reading_be_typed_again_until_it_passes() {
    let world = small_world();
    let mut pty = opened(&world);
    reads(&mut pty, "0.35", "record the deviation");
    press(&mut pty, "u", "What it should have been");
    pty.keys("0.05<Enter>misread the scale<Enter>");
    pty.wait_for("Passphrase of a.ortiz");
    pty.keys("demo<Enter>");
    pty.wait_for("(entry corrected");
    assert!(pty.screen_text().contains("replaced"), "{}", pty.screen_text());
}

#[test]
fn a_second_person_verifies_and_another_releases_the_hold() {
    let world = small_world();
    let mut pty = opened(&world);
    reads(&mut pty, "0.05", "Enter  attach: Gauge readable");
    press(&mut pty, "<Enter>", "Files, newest first");
    pty.wait_for("gauge.txt");
    picture(&mut pty, "evidence");
    press(&mut pty, "/gauge", "filter: gauge");
    pty.keys("<Enter>");
    press(&mut pty, "<Enter>", "Enter  step 1 is done");
    press(&mut pty, "<Enter>", "begin step 2");
    peer_checks(&mut pty);
    press(&mut pty, "<Enter>", "HOLD");
    picture(&mut pty, "hold");
    press(&mut pty, "<Enter>", "Second person");
}

#[test]
fn a_supervisor_signs_a_sealed_run_off_and_it_becomes_final() {
    let world = small_world();
    let mut pty = worked(&world);
    seals(&mut pty);
    press(&mut pty, "s", "Decision");
    pty.keys("1<Enter>1<Enter>Read in full<Enter>m.berg<Enter>");
    picture(&mut pty, "sign-off");
    pty.keys("demo<Enter>");
    // The word alone stands on the screen of every other grade too.
    pty.wait_for(" FINAL  integrity intact");
    picture(&mut pty, "final");
}

#[test]
fn a_bundle_with_one_flipped_byte_is_not_signed_off_in_the_terminal() {
    let world = small_world();
    let mut pty = worked(&world);
    seals(&mut pty);
    let bundle = std::fs::read_dir(world.home.runs()).unwrap().flatten().map(|e| e.path());
    let bundle = bundle.into_iter().find(|path| path.join("receipt.json").is_file()).unwrap();
    flip(&std::fs::read_dir(bundle.join("data/evidence")).unwrap().next().unwrap().unwrap().path());
    press(&mut pty, "s", "Decision");
    pty.keys("1<Enter>1<Enter>Read in full<Enter>m.berg<Enter>");
    press(&mut pty, "demo<Enter>", "the bundle does not verify");
    assert!(!bundle.join("signoffs").exists(), "{}", pty.screen_text());
}

#[test]
fn nobody_signs_a_run_off_before_every_exception_was_opened() {
    let world = small_world();
    let mut pty = opened(&world);
    press(&mut pty, "a", "Acts");
    press(&mut pty, &format!("{}<Enter>", "j".repeat(40)), "Abort");
    press(&mut pty, "drill<Enter>", "begin step b1");
    press(&mut pty, "<Enter>", "step b1 is done");
    press(&mut pty, "<Enter>", "confirm the safe state");
    press(&mut pty, "<Enter>", "What you see");
    press(&mut pty, "all off<Enter>", "Passphrase of a.ortiz");
    press(&mut pty, "demo<Enter>", "record the deviation");
    press(&mut pty, "<Enter>", "Reason code");
    pty.keys("1<Enter>A drill was called<Enter>Everybody left<Enter>7<C-s>");
    pty.wait_for("Passphrase of a.ortiz");
    press(&mut pty, "demo<Enter>", "check and seal");
    seals(&mut pty);
    press(&mut pty, "s", "0 of 2 exceptions opened");
    picture(&mut pty, "review");
    press(&mut pty, "s", "Sign-off is off: 2 exceptions");
    press(&mut pty, "<F8>", "drill");
    press(&mut pty, "<Esc>", "1 of 2 exceptions opened");
    press(&mut pty, "<F8>", "A drill was called");
    press(&mut pty, "s", "Decision");
}

#[test]
fn a_sealed_run_is_replayed_record_by_record_read_only() {
    let world = small_world();
    let mut pty = worked(&world);
    seals(&mut pty);
    press(&mut pty, "R", "READ-ONLY");
    press(&mut pty, "g", "before the first record");
    press(&mut pty, "<Right>", "run.opened");
    press(&mut pty, "<Right>", "step.started");
    press(&mut pty, "5", "Record");
    picture(&mut pty, "replay");
    press(&mut pty, "r", "sig");
    press(&mut pty, "G", "run.closed");
    press(&mut pty, "<Esc>", "integrity intact");
}

#[test]
fn a_killed_program_comes_back_to_the_exact_step_and_asks_to_go_on() {
    let world = small_world();
    let mut pty = opened(&world);
    reads(&mut pty, "0.05", "Enter  attach: Gauge readable");
    pty.kill();
    drop(pty);
    let mut pty = asrun(&world, &[]);
    pty.wait_for("Packages and runs");
    pty.wait_for("running");
    press(&mut pty, "jjjjjjjjjjjj", "small-1");
    press(&mut pty, "<Enter>", "unlock your session");
    press(&mut pty, "<Enter>", "Passphrase of a.ortiz");
    pty.keys("demo<Enter>");
    pty.wait_for("interrupted");
    press(&mut pty, "<Enter>", "The program ended in the middle");
    press(&mut pty, "<Enter>", "Enter  attach: Gauge readable");
}

#[test]
fn what_was_typed_survives_a_program_that_is_killed() {
    let world = small_world();
    let mut pty = opened(&world);
    press(&mut pty, "n", "Remark");
    pty.keys("seen from the gallery");
    pty.wait_for("seen from the gallery");
    let runs = world.home.runs();
    let local = std::fs::read_dir(&runs).unwrap().map(|e| e.unwrap().path()).find(|p| p.extension().is_some()).unwrap();
    let draft = local.join("drafts/forms.json");
    let written = || std::fs::read_to_string(&draft).is_ok_and(|text| text.contains("gallery"));
    let patience = std::time::Instant::now();
    while !written() && patience.elapsed().as_secs() < 10 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    pty.kill();
    drop(pty);
    let mut pty = asrun(&world, &[]);
    pty.wait_for("running");
    press(&mut pty, "jjjjjjjjjjjj", "small-1");
    press(&mut pty, "<Enter>", "1 draft restored (not recorded)");
    press(&mut pty, "n", "seen from the gallery");
    press(&mut pty, "<Esc>", "unlock your session");
    press(&mut pty, "<Enter>", "Passphrase of a.ortiz");
    pty.keys("demo<Enter>");
    press(&mut pty, "n", "seen from the gallery");
    // Everything is filled in, so the form begins at its first field.
    pty.keys("<Enter>");
    press(&mut pty, "<Enter>", "note");
    pty.wait_for("Record 4: note");
    assert!(!draft.exists() || !std::fs::read_to_string(&draft).unwrap().contains("passphrase"));
}

#[test]
fn a_person_locks_the_session_from_the_menu_and_unlocks_it_again() {
    let world = small_world();
    let mut pty = opened(&world);
    press(&mut pty, "a", "Acts");
    // The last line but one, however many there are.
    press(&mut pty, &format!("{}k<Enter>", "j".repeat(40)), "unlock your session");
    press(&mut pty, "<Enter>", "Passphrase of a.ortiz");
    press(&mut pty, "wrong<Enter>", "Type the passphrase again");
    press(&mut pty, "demo<Enter>", "begin step 1");
}

#[test]
fn a_wrong_passphrase_at_the_opening_brings_the_form_back() {
    let world = small_world();
    let package = world.package("small");
    let mut pty = asrun(&world, &["run", package.to_str().unwrap()]);
    pty.wait_for("work_order");
    pty.paste("W-1");
    pty.wait_for("[ W-1");
    pty.keys("<Enter><Enter><Enter><Enter><Enter>");
    press(&mut pty, "wrong<Enter>", "could not be opened");
    press(&mut pty, "demo<Enter>", "begin step 1");
}

#[test]
fn the_terminal_is_given_back_when_the_program_is_asked_to_end() {
    let world = small_world();
    let mut pty = opened(&world);
    pty.signal(rustix::process::Signal::TERM);
    pty.wait_end();
    pty.assert_restored();
    assert!(pty.is_cooked(), "the terminal still hands keys over one by one");
    let listed = world.asrun(&["runs"], "").exits(0).stdout();
    assert!(listed.contains("running"), "{listed}");
}

#[test]
fn stop_work_is_one_key_away_even_inside_a_form() {
    let world = small_world();
    let mut pty = opened(&world);
    press(&mut pty, "<Enter>", "Enter  enter p_res");
    press(&mut pty, "<Enter>", "accept");
    press(&mut pty, "<F9>", "STOP WORK");
    press(&mut pty, "unsure<Enter>", "stopped");
}

#[test]
fn without_colours_no_colour_byte_is_sent() {
    let world = small_world();
    let home = world.home.root();
    let mut pty = Pty::asrun(home, &["--home", home.to_str().unwrap()], &[("NO_COLOR", "1")]);
    pty.wait_for("Packages and runs");
    pty.wait_stable(60);
    let raw = pty.raw();
    for code in (30..=37).chain(40..=47).chain(90..=97) {
        assert!(!raw.contains(&format!("\x1b[{code}m")), "SGR {code}");
    }
}

#[test]
fn the_library_lists_packages_and_runs() {
    let world = small_world();
    let mut pty = asrun(&world, &[]);
    pty.wait_for("tls-rotation");
    pty.wait_for("pump-lockout");
    picture(&mut pty, "library");
    press(&mut pty, "?", "What works here");
    picture(&mut pty, "help");
    press(&mut pty, "<Esc>", "Packages and runs");
}

#[test]
fn pasted_text_and_a_resize_leave_what_was_typed_in_its_field() {
    let world = small_world();
    let mut pty = opened(&world);
    press(&mut pty, "n", "Remark");
    pty.paste("seen from the gallery");
    pty.wait_for("seen from the gallery");
    pty.resize(120, 40);
    pty.wait_for("CREW");
    pty.wait_for("seen from the gallery");
    press(&mut pty, "<Enter>", "Record 2: note");
}
