//! Commands that make documents: lock, approve, new, demo. The first three are one write each; what is asked is that
//! whatever lies under the name is whole.

use super::Scene;
use crate::world::World;
use asrun::authoring::{lock, scaffold};
use asrun::disk::Disk;
use asrun::kernel::documents::procedure::Procedure;
use asrun::keys::KeyFolder;
use asrun::library;
use asrun::session::{Clock as _, HostClock, Material, installed_roster};
use asrun::site::demo;
use asrun::store::Home;
use std::collections::BTreeMap;
use std::path::Path;

/// A world with the small package, approved, as `small.lep`, and without its approval as `bare.lep`.
fn with_packages() -> World {
    let world = World::new();
    let package = world.package("small");
    let bytes = std::fs::read(package).unwrap();
    let members = asrun::bundle::ustar::read_all(&bytes, 100).unwrap();
    let bare = members.into_iter().filter(|(name, _)| !name.starts_with("approvals/"));
    let bare: library::Members = bare.map(|(name, part)| (name, part.to_vec())).collect();
    world.file("bare.lep", lock::archive(&bare).unwrap());
    world
}

fn locked(world: &World, disk: &Disk) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
    let documents =
        ["procedure.yaml", "pack.yaml", "policy.yaml"].map(|name| std::fs::read(folder.join(name)).unwrap());
    let now = HostClock::new().now().time;
    let members = library::build(documents.each_ref().map(Vec::as_slice), &BTreeMap::new(), &BTreeMap::new(), now);
    let bytes = lock::archive(&members.unwrap()).unwrap();
    disk.replace(&world.path("x.lep"), &bytes).map_err(|e| e.to_string())
}

fn approved(world: &World, disk: &Disk) -> Result<(), String> {
    let path = world.path("bare.lep");
    let bytes = std::fs::read(&path).unwrap();
    let (roster, ..) = installed_roster(&world.home).unwrap();
    let wish = lock::Wish { person: "j.weiss".parse().unwrap(), role: None, comment: Some("read".into()) };
    let approval = lock::prepare(&lock::open(&bytes).unwrap(), &roster, wish, HostClock::new().now().time);
    // Approving twice is refused; then it is done.
    let approval = approval.map_err(|e| e.to_string())?;
    let key = KeyFolder::new(world.home.keys()).open(&"j.weiss".parse().unwrap(), demo::PASSPHRASE).unwrap();
    let bytes = lock::approve(&bytes, &approval, &roster, &key).unwrap();
    disk.replace(&path, &bytes).map_err(|e| e.to_string())
}

/// Whether a package is there; half of one must not be.
fn is_whole(path: &Path) -> bool {
    let bytes = std::fs::read(path).ok();
    bytes.is_some_and(|bytes| lock::open(&bytes).map(drop).map_err(|e| panic!("half a package: {e}")).is_ok())
}

fn demo_home(world: &World) -> Home {
    Home::at(world.path("demo"))
}

fn is_ready(world: &World) -> bool {
    let home = demo_home(world);
    let ready = home.root().join("demo-site.txt").is_file();
    if ready {
        let now = HostClock::new().now().time;
        let packages = std::fs::read_dir(home.packages()).unwrap().map(|entry| entry.unwrap().path());
        let packages: Vec<_> = packages.filter(|path| path.extension().is_some_and(|e| e == "lep")).collect();
        assert_eq!(packages.len(), asrun::site::shipped::procedures().len(), "packages are missing");
        for package in packages {
            Material::of_package(&home, &package, now).unwrap_or_else(|e| panic!("{}: {e}", package.display()));
        }
        let keys = KeyFolder::new(home.keys());
        for name in ["a.ortiz", "m.berg", "authority"] {
            keys.open(&name.parse().unwrap(), demo::PASSPHRASE).unwrap();
        }
    }
    ready
}

pub fn scenes() -> Vec<Scene> {
    vec![
        Scene { name: "lock", world: World::new(), act: locked, done: |w| is_whole(&w.path("x.lep")), one_of: 1 },
        Scene {
            name: "approve",
            world: with_packages(),
            act: approved,
            done: |w| {
                assert!(is_whole(&w.path("bare.lep")), "the package is gone");
                let members = std::fs::read(w.path("bare.lep")).unwrap();
                let members = asrun::bundle::ustar::read_all(&members, 100).unwrap();
                members.iter().any(|(name, _)| name.starts_with("approvals/"))
            },
            one_of: 1,
        },
        Scene {
            name: "new",
            world: World::new(),
            act: |w, disk| {
                let written = disk.write_new(&w.path("new.yaml"), scaffold::PROCEDURE.as_bytes());
                written.map_err(|e| e.to_string())
            },
            done: |w| {
                let text = std::fs::read(w.path("new.yaml")).ok();
                text.is_some_and(|text| library::read_document::<Procedure>("new.yaml", &text).is_ok())
            },
            one_of: 1,
        },
        Scene {
            name: "demo",
            world: World::new(),
            act: |w, disk| {
                let prepared = demo::prepare_on(disk, &demo_home(w), HostClock::new().now().time);
                prepared.map(drop).map_err(|e| format!("{e:?}"))
            },
            done: is_ready,
            one_of: 180,
        },
    ]
}
