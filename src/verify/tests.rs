//! What holds for every report.

use super::*;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::invariants;
use std::collections::BTreeSet;

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
            FindingCode::ALL.iter().filter(|f| f.invariant() == one.number).map(|f| format!("`{f}`")).collect();
        let line = format!("| {} | {} |\n", one.number, pointing.join(", "));
        assert!(pointing.is_empty() || page.contains(&line), "FORMAT.md §11 lacks {line}");
    }
    let listed: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("| AR-")?.get(..3)).collect();
    let known: BTreeSet<&str> = numbers.iter().map(|number| &number[3..]).collect();
    assert_eq!(listed, known);
}
