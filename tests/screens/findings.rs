//! One finding through every face: `verify`, `show` and the screen say the same of it, with and without a subject.

use super::kit::bench::{LOOK, drawn};
use crate::commands::judging::sealed;
use crate::world::World;
use asrun::telling::finding;
use asrun::tui::ground::effect::Outcome;
use asrun::tui::machine::app::{App, Message};
use asrun::verify::{Anchors, Report};
use std::path::{Path, PathBuf};

/// A sealed bundle whose evidence has other bytes and whose roster lost its signature.
fn damaged(world: &World) -> String {
    let bundle = sealed(world);
    let evidence = std::fs::read_dir(Path::new(&bundle).join("data/evidence")).unwrap().next().unwrap().unwrap().path();
    std::fs::write(evidence, "needle at 0.15\n").unwrap();
    std::fs::remove_file(Path::new(&bundle).join("data/rosters/1.yaml.sig")).unwrap();
    bundle
}

/// What is read, without frames, breaks and columns.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !"\"│┃".contains(*c)).collect()
}

fn screen(report: Report) -> String {
    let mut app = App::new(LOOK, PathBuf::from("/"));
    app.update(Message::Outcome(Outcome::Judged(PathBuf::from("bundle"), Box::new(report), None)));
    bare(&drawn(&app, 160, 200))
}

#[test]
fn one_finding_is_told_alike_by_verify_show_and_the_screen() {
    let world = World::new();
    let open = sealed(&world);
    tells_alike(&world, &open, 3, |subject| !subject.is_empty());
    let world = World::new();
    let damaged = damaged(&world);
    tells_alike(&world, &damaged, 1, str::is_empty);
}

fn tells_alike(world: &World, bundle: &str, status: i32, subject: fn(&str) -> bool) {
    let source = asrun::bundle::Source::open(Path::new(bundle)).unwrap();
    let report = asrun::verify::check(&source, &Anchors::none(), None).unwrap();
    let findings = report.findings.clone();
    assert!(findings.iter().any(|found| subject(&found.subject)), "{findings:#?}");
    let faces = [
        ("verify", bare(&world.asrun(&["verify", bundle], "").exits(status).stdout())),
        ("show", bare(&world.asrun(&["show", bundle], "").exits(0).stdout())),
        ("screen", screen(report)),
    ];
    for (face, text) in faces {
        for found in &findings {
            let about = finding::about(found).map(|about| format!("at {about}")).unwrap_or_default();
            let told = bare(&format!("{}  {}{about}", found.code, finding::seen(found)));
            assert!(text.contains(&told), "{face} does not say {told}\n{text}");
        }
    }
}
