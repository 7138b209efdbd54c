//! The list of runs is the same with, without, with a stale and with a damaged cache.

use super::drive::END;
use super::health::Station;
use crate::world::World;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// The list, from what is kept and anew; both must say the same.
fn listed(world: &World) -> String {
    let ask = || world.asrun(&["runs", "--json"], "").exits(0).stdout();
    let kept = ask();
    std::fs::remove_dir_all(world.home.cache()).unwrap();
    let anew = ask();
    assert_eq!(kept, anew, "the cache says something else");
    settle(world);
    anew
}

fn cached(world: &World) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(world.home.cache()).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Lets time pass: what was kept a moment after its files were written does not count.
fn settle(world: &World) {
    for path in cached(world) {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(9)).unwrap();
    }
}

#[test]
fn a_list_says_the_same_from_its_cache_and_anew_whatever_happened_to_either() {
    let station = Station::at_work();
    let world = &station.world;
    let open = listed(world);
    assert!(open.contains("\"running\"") && cached(world).len() == 1, "{open}");
    station
        .drives("{\"intent\":\"note\",\"as\":\"a.ortiz\",\"kind\":\"observation\",\"text\":\"one more\"}\n")
        .exits(0);
    let later = listed(world);
    assert_ne!(later, open);
    station.drives(END).exits(0);
    let sealed = listed(world);
    assert!(sealed.contains("\"state\":\"sealed\""), "{sealed}");
    for garbage in [&b""[..], b"{}", b"\xff", &[b' '; 5000]] {
        cached(world).iter().for_each(|path| std::fs::write(path, garbage).unwrap());
        settle(world);
        assert_eq!(listed(world), sealed);
    }
    let photo = std::fs::read_dir(station.paths.evidence()).unwrap().next().unwrap().unwrap().path();
    let whole = std::fs::read(&photo).unwrap();
    std::fs::remove_file(&photo).unwrap();
    assert!(listed(world).contains("altered"));
    std::fs::write(&photo, whole).unwrap();
    assert_eq!(listed(world), sealed);
    std::fs::rename(station.paths.receipt(), world.path("receipt")).unwrap();
    assert_ne!(listed(world), sealed);
}

#[test]
fn what_is_kept_is_what_is_shown() {
    let station = Station::sealed();
    let world = &station.world;
    let sealed = listed(world);
    // A forged value with a right key: the list believes it, which is how one knows that it was read at all.
    let [path] = &cached(world)[..] else { panic!("one run") };
    let kept = std::fs::read_to_string(path).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&kept).unwrap();
    value["value"]["procedure"] = "another-procedure".into();
    let digest = asrun::kernel::canon::digest::FileDigest::of(value["value"].to_string().as_bytes());
    value["digest"] = digest.to_string().into();
    std::fs::write(path, value.to_string()).unwrap();
    settle(world);
    let told = world.asrun(&["runs", "--json"], "").exits(0).stdout();
    assert!(told != sealed && told.contains("another-procedure"), "{told}");
}
