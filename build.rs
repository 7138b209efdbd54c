//! Tells cargo that the shipped procedures, packs and vectors are part of the program, and the program how old it is at
//! least.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=procedures");
    println!("cargo:rerun-if-changed=packs");
    println!("cargo:rerun-if-changed=tests/vectors");
    println!("cargo:rerun-if-changed=CHANGELOG.md");
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    println!("cargo:rustc-env=ASRUN_MADE={}", made());
}

/// Seconds since 1970: what the packager says, or the newest date in a heading of the changelog, whichever is later.
/// Never the clock of the machine that builds, so that the same sources give the same program.
fn made() -> i64 {
    let told = env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.trim().parse().ok());
    let changelog = std::fs::read_to_string("CHANGELOG.md").unwrap_or_default();
    let headings = changelog.lines().filter(|line| line.starts_with("## "));
    let dates = headings.flat_map(|line| line.split(' ')).filter_map(date);
    dates.chain(told).max().unwrap_or(0)
}

/// Reads a date such as 2026-11-21 as seconds since 1970.
fn date(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // The year begins in March, so that the day that is sometimes there stands at its end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    Some(days * 86_400)
}
