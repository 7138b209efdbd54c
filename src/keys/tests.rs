use super::*;
use crate::kernel::model::name::Identifier;
use crate::kernel::signature::{Namespace, PublicKey, RECORD_TYPE, SshSignature, pae};
use ssh_key::{LineEnding, PrivateKey};
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PASS: &str = "correct horse";

fn name(text: &str) -> Identifier {
    text.parse().unwrap()
}

/// A folder with the lowest-cost key `a.ortiz` in it.
fn site() -> (tempfile::TempDir, KeyFolder, KeyFile) {
    let temp = tempfile::tempdir().unwrap();
    let folder = KeyFolder::new(temp.path().join("keys"));
    let key = folder.create(&name("a.ortiz"), PASS, Cost::Lowest).unwrap();
    (temp, folder, key)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Runs a program; `None`, said aloud, where it is not installed.
fn run(program: &str, arguments: &[&str], input: &[u8]) -> Option<Output> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        eprintln!("skipped: {program} is not on PATH");
        return None;
    };
    // A program may end before it read everything.
    let _ = child.stdin.take().unwrap().write_all(input);
    Some(child.wait_with_output().unwrap())
}

fn ssh_keygen(arguments: &[&str], input: &[u8]) -> Option<Output> {
    run("ssh-keygen", arguments, input)
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn path_text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_created_key_opens_with_its_passphrase_and_signs() {
    let (_temp, folder, key) = site();
    let signer = folder.open(&name("a.ortiz"), PASS).unwrap();
    assert_eq!(signer.public(), key.public());
    assert_eq!(key.comment(), "a.ortiz");
    assert_eq!(key.note(), None);
    let signature = signer.sign_pae(RECORD_TYPE, b"{}");
    assert!(key.public().verify(&pae(RECORD_TYPE, b"{}"), &signature));
    assert!(!key.public().verify(&pae(RECORD_TYPE, b"{ }"), &signature));
    assert_eq!(folder.find(&"a.ortiz".parse().unwrap()).unwrap(), Some(key));
    assert_eq!(folder.find(&"l.chen".parse().unwrap()).unwrap(), None);
}

#[test]
fn keys_are_made_for_their_owner_alone() {
    let (_temp, folder, key) = site();
    assert_eq!((mode(folder.dir()), mode(key.path())), (0o700, 0o600));
    assert!(fs::read_to_string(key.path()).unwrap().starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
}

#[test]
fn a_wrong_passphrase_is_its_own_error() {
    let (_temp, folder, _) = site();
    for wrong in ["", "Correct horse", "correct horse "] {
        assert!(matches!(folder.open(&name("a.ortiz"), wrong), Err(KeyError::WrongPassphrase { .. })), "{wrong:?}");
    }
    assert!(matches!(folder.open(&name("l.chen"), PASS), Err(KeyError::Missing { .. })));
}

#[test]
fn an_empty_passphrase_makes_no_key() {
    let temp = tempfile::tempdir().unwrap();
    let folder = KeyFolder::new(temp.path());
    assert!(matches!(folder.create(&name("x"), "", Cost::Lowest), Err(KeyError::EmptyPassphrase)));
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
}

#[test]
fn a_key_is_never_overwritten() {
    let (_temp, folder, key) = site();
    let before = fs::read(key.path()).unwrap();
    assert!(matches!(folder.create(&name("a.ortiz"), PASS, Cost::Lowest), Err(KeyError::Exists { .. })));
    fs::remove_file(folder.dir().join("a.ortiz.pub")).unwrap();
    assert!(matches!(folder.create(&name("a.ortiz"), PASS, Cost::Lowest), Err(KeyError::Exists { .. })));
    assert_eq!(fs::read(key.path()).unwrap(), before);
    assert!(matches!(folder.create(&name("a.ortiz.pub"), PASS, Cost::Lowest), Err(KeyError::Name { .. })));
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let (_temp, folder, key) = site();
    for wide in [0o640, 0o604, 0o700, 0o660] {
        set_mode(key.path(), wide);
        let fault = folder.open(&name("a.ortiz"), PASS).unwrap_err();
        assert!(matches!(fault, KeyError::Mode { mode, .. } if mode == wide), "{wide:o}");
    }
    set_mode(key.path(), 0o400);
    assert!(folder.open(&name("a.ortiz"), PASS).is_ok());
}

#[test]
fn links_pipes_and_folders_are_refused_without_being_opened() {
    let (_temp, folder, key) = site();
    std::os::unix::fs::symlink(key.path(), folder.dir().join("link")).unwrap();
    fs::create_dir(folder.dir().join("dir")).unwrap();
    if run("mkfifo", &[path_text(&folder.dir().join("fifo"))], b"").is_some() {
        assert!(matches!(folder.open(&name("fifo"), PASS), Err(KeyError::NotRegular { .. })));
    }
    for other in ["link", "dir"] {
        assert!(matches!(folder.open(&name(other), PASS), Err(KeyError::NotRegular { .. })), "{other}");
    }
}

#[test]
fn a_file_that_is_too_large_or_no_key_is_refused() {
    let (_temp, folder, key) = site();
    fs::write(key.path(), vec![b'A'; 64 * 1024 + 1]).unwrap();
    assert!(matches!(folder.open(&name("a.ortiz"), PASS), Err(KeyError::TooLarge { .. })));
    for bytes in
        [b"".as_slice(), b"\xff\xfe", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"]
    {
        fs::write(key.path(), bytes).unwrap();
        assert!(matches!(folder.open(&name("a.ortiz"), PASS), Err(KeyError::Damaged { .. })));
    }
}

#[test]
fn a_key_of_absurd_cost_is_refused_before_it_is_tried() {
    let (_temp, folder, key) = site();
    let locked = PrivateKey::from_openssh(fs::read(key.path()).unwrap()).unwrap();
    let mut bytes = locked.to_bytes().unwrap().to_vec();
    // The rounds stand behind the names, two lengths and 16 bytes of salt.
    let rounds = bytes.windows(6).position(|window| window == b"bcrypt").unwrap() + 6 + 4 + 4 + 16;
    for (absurd, refused) in [(u32::MAX, true), (1025, true), (0, false)] {
        bytes[rounds..rounds + 4].copy_from_slice(&absurd.to_be_bytes());
        let text = PrivateKey::from_bytes(&bytes).unwrap().to_openssh(LineEnding::LF).unwrap();
        fs::write(key.path(), text.as_bytes()).unwrap();
        let fault = folder.open(&name("a.ortiz"), PASS).unwrap_err();
        assert_eq!(matches!(fault, KeyError::Rounds { rounds, .. } if rounds == absurd), refused, "{fault}");
        assert_eq!(matches!(fault, KeyError::Damaged { .. }), !refused, "{fault}");
    }
}

#[test]
fn a_public_file_of_another_key_is_noticed() {
    let (_temp, folder, key) = site();
    folder.create(&name("l.chen"), PASS, Cost::Lowest).unwrap();
    fs::copy(folder.dir().join("l.chen.pub"), folder.dir().join("a.ortiz.pub")).unwrap();
    assert!(matches!(KeyFile::read(key.path()), Err(KeyError::PublicDiffers { .. })));
    fs::remove_file(folder.dir().join("a.ortiz.pub")).unwrap();
    assert_eq!(KeyFile::read(key.path()).unwrap().comment(), "");
}

#[test]
fn the_list_shows_refused_keys_beside_good_ones() {
    let (_temp, folder, key) = site();
    fs::write(folder.dir().join("broken"), "x").unwrap();
    set_mode(&folder.dir().join("broken"), 0o600);
    fs::write(folder.dir().join(".hidden"), "x").unwrap();
    let list = folder.list().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(list[0].as_ref().unwrap(), &key);
    assert!(matches!(list[1], Err(KeyError::Damaged { .. })));
    assert!(KeyFolder::new(folder.dir().join("none")).list().unwrap().is_empty());
}

#[test]
fn a_signer_shows_nothing_but_its_id() {
    let signer = Signer::from_seed(&[0x42; 32]).unwrap();
    assert_eq!(format!("{signer:?}"), format!("Signer {{ id: {}, .. }}", signer.id()));
}

#[test]
fn ssh_keygen_verifies_what_we_sign() {
    let (temp, folder, key) = site();
    let signer = folder.open(&name("a.ortiz"), PASS).unwrap();
    let signers = temp.path().join("allowed_signers");
    let signature = temp.path().join("statement.sig");
    fs::write(&signers, format!("a.ortiz {}\n", key.public())).unwrap();
    fs::write(&signature, signer.sign_ssh(Namespace::Signoff, b"statement")).unwrap();
    let verify = |namespace: &str, message: &[u8]| {
        let (signers, signature) = (path_text(&signers), path_text(&signature));
        ssh_keygen(&["-Y", "verify", "-f", signers, "-I", "a.ortiz", "-n", namespace, "-s", signature], message)
    };
    let Some(good) = verify("signoff@asrun", b"statement") else { return };
    assert!(good.status.success(), "{}", text(&good));
    assert!(text(&good).contains(&key.public().id().to_string()));
    assert!(!verify("signoff@asrun", b"statemenT").unwrap().status.success());
    assert!(!verify("package@asrun", b"statement").unwrap().status.success());
}

#[test]
fn ssh_keygen_reads_the_keys_we_make() {
    let (_temp, _, key) = site();
    let path = path_text(key.path());
    let Some(shown) = ssh_keygen(&["-y", "-P", PASS, "-f", path], b"") else { return };
    assert!(shown.status.success(), "{}", text(&shown));
    assert!(text(&shown).starts_with(&key.public().to_openssh()), "{}", text(&shown));
    assert!(!ssh_keygen(&["-y", "-P", "wrong", "-f", path], b"").unwrap().status.success());
    let listed = ssh_keygen(&["-lf", path], b"").unwrap();
    assert!(text(&listed).contains(&format!("256 {} a.ortiz (ED25519)", key.public().id())), "{}", text(&listed));
}

#[test]
fn we_read_the_keys_that_ssh_keygen_makes_and_changes() {
    let (_temp, folder, _) = site();
    let path = folder.dir().join("m.berg");
    let file = path_text(&path);
    let made = ssh_keygen(&["-q", "-t", "ed25519", "-a", "2", "-N", PASS, "-C", "Mia Berg", "-f", file], b"");
    let Some(made) = made else { return };
    assert!(made.status.success(), "{}", text(&made));
    assert_eq!(KeyFile::read(&path).unwrap().comment(), "Mia Berg");
    assert!(folder.open(&name("m.berg"), PASS).is_ok());
    for cipher in ["aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-ctr"] {
        let changed = ssh_keygen(&["-p", "-a", "1", "-Z", cipher, "-P", PASS, "-N", PASS, "-f", file], b"").unwrap();
        assert!(changed.status.success(), "{}", text(&changed));
        assert!(folder.open(&name("m.berg"), PASS).is_ok(), "{cipher}");
        assert!(matches!(folder.open(&name("m.berg"), "x"), Err(KeyError::WrongPassphrase { .. })), "{cipher}");
    }
}

#[test]
fn we_check_what_ssh_keygen_signs() {
    let (temp, folder, _) = site();
    let path = folder.dir().join("plain");
    let file = path_text(&path);
    let Some(made) = ssh_keygen(&["-q", "-t", "ed25519", "-N", "", "-f", file], b"") else { return };
    assert!(made.status.success(), "{}", text(&made));
    let statement = temp.path().join("statement");
    fs::write(&statement, "statement").unwrap();
    let signed = ssh_keygen(&["-Y", "sign", "-f", file, "-n", "answer@asrun", path_text(&statement)], b"").unwrap();
    assert!(signed.status.success(), "{}", text(&signed));
    let armored = fs::read(temp.path().join("statement.sig")).unwrap();
    let signature = SshSignature::parse(&armored).unwrap();
    let line = fs::read_to_string(folder.dir().join("plain.pub")).unwrap();
    let (public, _) = PublicKey::from_openssh(&line).unwrap();
    assert_eq!(signature.check(Namespace::Answer, b"statement"), Ok(public));
    assert_eq!(signature.to_armored().as_bytes(), armored);
}

#[test]
fn keys_without_passphrase_or_of_another_kind_are_refused() {
    let (_temp, folder, _) = site();
    let make = |file: &str, arguments: &[&str]| {
        let path = folder.dir().join(file);
        ssh_keygen(&[&["-q", "-f", path_text(&path)], arguments].concat(), b"").map(|output| {
            assert!(output.status.success(), "{}", text(&output));
        })
    };
    let Some(()) = make("open", &["-t", "ed25519", "-N", ""]) else { return };
    assert!(matches!(folder.open(&name("open"), PASS), Err(KeyError::Unencrypted { .. })));
    for kind in ["ecdsa", "rsa"] {
        make(kind, &["-t", kind, "-a", "1", "-N", PASS]);
        assert!(matches!(folder.open(&name(kind), PASS), Err(KeyError::Algorithm { .. })), "{kind}");
    }
}

#[test]
fn openssl_verifies_a_record_signature_with_the_pem_key() {
    let (temp, folder, key) = site();
    let signer = folder.open(&name("a.ortiz"), PASS).unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = temp.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let pem = file("key.pem", key.public().to_pem().as_bytes());
    let signed = file("pae", &pae(RECORD_TYPE, b"{}"));
    let signature = file("sig", &signer.sign_pae(RECORD_TYPE, b"{}").0);
    let arguments = ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", &pem, "-in", &signed, "-sigfile", &signature];
    let Some(output) = run("openssl", &arguments, b"") else { return };
    assert!(output.status.success(), "{}", text(&output));
}
