//! What holds for every report.

use super::*;
use std::collections::BTreeSet;

#[test]
fn codes_are_unique_dotted_and_explained_in_a_sentence() {
    let names: BTreeSet<&str> = codes::ALL.iter().map(|row| row.code).collect();
    assert_eq!(names.len(), codes::ALL.len());
    for codes::Row { code: name, meaning, invariant, effect, remedy } in codes::ALL {
        assert!([effect, remedy].iter().all(|text| text.ends_with('.') && text.len() > 15), "{name}");
        assert!(invariants::invariant(invariant).is_some(), "{name}: {invariant}");
        assert!(name.split_once('.').is_some_and(|(area, rest)| !area.is_empty() && !rest.is_empty()), "{name}");
        assert!(meaning.ends_with(").") && meaning.len() > 20, "{name}: {meaning}");
    }
}

#[test]
fn every_code_that_the_kernel_and_the_container_use_is_explained() {
    let sources = [
        include_str!("../kernel/judgement/closure.rs"),
        include_str!("../bundle/shelf.rs"),
        include_str!("../bundle/source.rs"),
        include_str!("../bundle/folder.rs"),
    ];
    let areas = ["container.", "policy.", "run.", "evidence.", "clock."];
    let quoted = sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
    let used: BTreeSet<&str> = quoted.filter(|text| areas.iter().any(|area| text.starts_with(area))).collect();
    assert!(used.len() > 15, "{used:?}");
    for code in used {
        assert!(codes::meaning(code).is_some(), "{code} is not explained");
    }
}

#[test]
fn nothing_is_an_anchor_but_keys_and_rosters() {
    assert_eq!(Anchors::read([]).unwrap_err(), AnchorFault::Nothing);
    for junk in [&b"ssh-rsa AAAA"[..], b"hello", b"\xff\xfe", b""] {
        assert!(matches!(Anchors::read([("x".to_owned(), junk.to_vec())]), Err(AnchorFault::Neither { .. })));
    }
}

#[test]
fn the_format_page_holds_the_invariants_word_for_word_and_which_findings_point_at_them() {
    let page = include_str!("../bundle/FORMAT.md");
    let numbers: BTreeSet<&str> = invariants::ALL.iter().map(|one| one.number).collect();
    assert_eq!(numbers.len(), invariants::ALL.len());
    for one in invariants::ALL {
        let line = format!("| {} | {} | {} |\n", one.number, one.holds, one.reason);
        assert!(page.contains(&line), "FORMAT.md §11 lacks {line}");
        let pointing: Vec<String> =
            codes::ALL.iter().filter(|r| r.invariant == one.number).map(|r| format!("`{}`", r.code)).collect();
        let line = format!("| {} | {} |\n", one.number, pointing.join(", "));
        assert!(pointing.is_empty() || page.contains(&line), "FORMAT.md §11 lacks {line}");
    }
    let listed: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("| AR-")?.get(..3)).collect();
    let known: BTreeSet<&str> = numbers.iter().map(|number| &number[3..]).collect();
    assert_eq!(listed, known);
}
