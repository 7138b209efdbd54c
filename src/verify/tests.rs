//! What holds for every report.

use super::*;
use std::collections::BTreeSet;

#[test]
fn codes_are_unique_dotted_and_explained_in_a_sentence() {
    let names: BTreeSet<&str> = codes::ALL.iter().map(|row| row.code).collect();
    assert_eq!(names.len(), codes::ALL.len());
    for codes::Row { code: name, meaning, effect, remedy } in codes::ALL {
        assert!([effect, remedy].iter().all(|text| text.ends_with('.') && text.len() > 15), "{name}");
        assert!(name.split_once('.').is_some_and(|(area, rest)| !area.is_empty() && !rest.is_empty()), "{name}");
        assert!(meaning.ends_with(").") && meaning.len() > 20, "{name}: {meaning}");
    }
}

#[test]
fn every_code_that_the_kernel_and_the_container_use_is_explained() {
    let sources = [
        include_str!("../kernel/closure.rs"),
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
