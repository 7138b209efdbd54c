//! `asrun import` of a sealed bundle: another station holds it, by its run, and nothing is overwritten.

use super::drive::{CLEAN, END};
use super::health::files;
use crate::world::{Done, World};
use std::path::PathBuf;

/// A station where the small run was sealed, its exported bundle, and a second station.
struct Stations {
    here: World,
    run: String,
    proof: PathBuf,
    there: World,
}

impl Stations {
    fn new() -> Self {
        let (here, there) = (World::new(), World::of_strangers());
        here.file("gauge.txt", "needle at 0.05\n");
        let package = here.package("small");
        let done = here.drive(package.to_str().unwrap(), &format!("{CLEAN}{END}")).exits(0);
        let run = done.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
        let proof = here.path("carried.proof");
        let stations = Self { here, run, proof, there };
        stations.exports();
        stations
    }

    fn exports(&self) {
        let _ = std::fs::remove_file(&self.proof);
        self.here.asrun(&["export", &self.run, "-o", self.proof.to_str().unwrap()], "").exits(0);
    }

    fn imports(&self, status: i32) -> Done {
        self.there.asrun(&["import", self.proof.to_str().unwrap()], "").exits(status)
    }

    fn folder(&self, world: &World) -> PathBuf {
        world.home.run(&self.run.parse().unwrap()).dir
    }
}

#[test]
fn a_sealed_bundle_is_held_by_another_station_under_its_run() {
    let stations = Stations::new();
    let done = stations.imports(0);
    assert!(done.stderr().contains("PROVISIONAL"), "{}", done.stderr());
    assert_eq!(files(&stations.folder(&stations.here)), files(&stations.folder(&stations.there)));
    let listed = stations.there.asrun(&["runs"], "").exits(0).stdout();
    assert!(listed.contains(&stations.run) && listed.contains("sealed"), "{listed}");
    let shown = stations.there.asrun(&["show", &stations.run], "").exits(0).stdout();
    assert!(shown.contains("A small procedure"), "{shown}");
    let left = std::fs::read_dir(stations.there.home.runs()).unwrap().count();
    assert_eq!(left, 1, "something was left beside the bundle");
}

#[test]
fn a_bundle_that_is_there_stays_and_only_later_signatures_are_added() {
    let stations = Stations::new();
    stations.imports(0);
    let before = files(&stations.folder(&stations.there));
    let again = stations.imports(0);
    assert!(again.stderr().contains("there already") && again.stderr().contains("0 files"), "{}", again.stderr());
    assert_eq!(files(&stations.folder(&stations.there)), before);
    let passphrases = stations.here.home.passphrases();
    let bundle = stations.folder(&stations.here);
    let person = ["signoff", bundle.to_str().unwrap(), "--as", "m.berg", "--decision", "approve", "--passphrase-file"];
    stations.here.asrun(&[&person[..], &[passphrases.to_str().unwrap()]].concat(), "").exits(0);
    stations.exports();
    let later = stations.imports(0);
    assert!(later.stderr().contains("2 files"), "{}", later.stderr());
    assert_eq!(files(&stations.folder(&stations.there)), files(&bundle));
}

#[test]
fn another_bundle_of_the_same_run_is_refused() {
    let stations = Stations::new();
    stations.imports(0);
    let seal = stations.folder(&stations.there).join("tagmanifest-sha256.txt");
    let other = std::fs::read_to_string(&seal).unwrap().replacen('a', "b", 1);
    std::fs::write(&seal, &other).unwrap();
    let refused = stations.imports(1);
    assert!(refused.stderr().contains("another bundle of this run is here"), "{}", refused.stderr());
    assert_eq!(std::fs::read_to_string(&seal).unwrap(), other);
    // A run that is still under way here is nobody's to replace either.
    let own = stations.here.asrun(&["import", stations.proof.to_str().unwrap()], "").exits(0);
    assert!(own.stderr().contains("there already"), "{}", own.stderr());
}

#[test]
fn doctor_names_what_an_import_left_that_did_not_end() {
    let world = World::new();
    assert!(!world.asrun(&["doctor"], "").exits(0).stdout().contains("leftover"));
    std::fs::create_dir_all(world.home.runs().join(".asrun-x.tmp")).unwrap();
    let told = world.asrun(&["doctor"], "").exits(1).stdout();
    assert!(told.contains("WARN leftover") && told.contains(".asrun-x.tmp"), "{told}");
}

#[test]
fn what_fails_is_not_taken_and_leaves_nothing() {
    let stations = Stations::new();
    let mut bytes = std::fs::read(&stations.proof).unwrap();
    let at = bytes.windows(9).position(|part| part == b"p_res\",\"i" || part == b"\"raw\":\"0,").unwrap();
    bytes[at + 8] = b'9';
    std::fs::write(&stations.proof, &bytes).unwrap();
    let refused = stations.imports(1);
    assert!(refused.stderr().contains("it is graded FAIL"), "{}", refused.stderr());
    std::fs::write(&stations.proof, &bytes[..bytes.len() / 2]).unwrap();
    stations.imports(1);
    assert_eq!(std::fs::read_dir(stations.there.home.runs()).unwrap().count(), 0);
}
