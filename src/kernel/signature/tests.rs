use super::*;
use ed25519_dalek::{Signer as _, SigningKey};

fn key(seed: u8) -> (SigningKey, PublicKey) {
    let secret = SigningKey::from_bytes(&[seed; 32]);
    let public = PublicKey::from_bytes(secret.verifying_key().as_bytes()).unwrap();
    (secret, public)
}

fn armored(seed: u8, namespace: Namespace, message: &[u8]) -> String {
    let (secret, public) = key(seed);
    let signature = RawSignature(secret.sign(&signed_data(namespace, message)).to_bytes());
    SshSignature::new(public, namespace, signature).to_armored()
}

/// The blob of a good signature, to be damaged field by field.
fn blob() -> Vec<u8> {
    let text = armored(1, Namespace::Signoff, b"statement");
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    base64::decode(&body).unwrap()
}

fn parse_blob(blob: &[u8]) -> Result<SshSignature, SshSigFault> {
    let text = format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", wrapped(blob));
    SshSignature::parse(text.as_bytes())
}

fn wrapped(blob: &[u8]) -> String {
    let text = base64::encode(blob);
    let lines: Vec<_> = text.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join("\n")
}

fn replaced(blob: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = blob.windows(from.len()).position(|window| window == from).unwrap();
    [&blob[..at], to, &blob[at + from.len()..]].concat()
}

#[test]
fn a_record_is_signed_as_dsse_writes_it() {
    assert_eq!(RECORD_TYPE.len(), 36);
    assert_eq!(pae("application/example", b"hello world"), b"DSSEv1 19 application/example 11 hello world");
}

#[test]
fn a_public_key_has_one_spelling_in_documents() {
    let (_, public) = key(1);
    let text = public.to_openssh();
    assert_eq!(text.len(), 80);
    assert_eq!(serde_json::from_value::<PublicKey>(text.clone().into()).unwrap(), public);
    for other in [format!("{text} comment"), format!("{text}\n"), format!(" {text}"), text.replace(' ', "  ")] {
        assert!(serde_json::from_value::<PublicKey>(other.clone().into()).is_err(), "{other:?}");
    }
    assert_eq!(PublicKey::from_openssh(&format!("{text} a.ortiz at site\n")), Ok((public, "a.ortiz at site")));
    assert_eq!(PublicKey::from_openssh(&format!("{text} x\n{text}")), Err(KeyFault::Line));
    assert_eq!(PublicKey::from_openssh(&text.replace("ssh-ed25519", "ssh-rsa")), Err(KeyFault::Algorithm));
    assert_eq!(PublicKey::from_openssh(&text[..79]), Err(KeyFault::Base64));
    assert_eq!(PublicKey::from_openssh(&text[..76]), Err(KeyFault::Blob));
    assert_eq!(PublicKey::from_blob(&[public.blob(), vec![0]].concat()), Err(KeyFault::Blob));
}

#[test]
fn a_key_id_round_trips_and_has_one_spelling() {
    let id = key(1).1.id();
    let text = id.to_string();
    assert_eq!(text.len(), 50);
    assert_eq!(text.parse(), Ok(id));
    for other in [format!("{text}="), text.to_lowercase(), text[..49].to_owned(), text.replace("SHA256:", "MD5:")] {
        assert_eq!(other.parse::<KeyId>(), Err(KeyFault::Id), "{other}");
    }
}

#[test]
fn weak_and_non_canonical_keys_are_refused_at_load() {
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(PublicKey::from_bytes(&identity), Err(KeyFault::Weak));
    assert_eq!(PublicKey::from_bytes(&[0; 32]), Err(KeyFault::Weak));
    // y = p + 1, which is the identity once more, and minus zero in x.
    let mut second_spelling = [0xff; 32];
    second_spelling[0] = 0xee;
    second_spelling[31] = 0x7f;
    assert_eq!(PublicKey::from_bytes(&second_spelling), Err(KeyFault::NonCanonical));
    identity[31] = 0x80;
    assert_eq!(PublicKey::from_bytes(&identity), Err(KeyFault::NonCanonical));
    let no_point = (2..=255_u8).map(|y| [[y].as_slice(), &[0; 31]].concat());
    assert!(no_point.into_iter().any(|b| PublicKey::from_bytes(&b.try_into().unwrap()) == Err(KeyFault::NotAPoint)));
}

#[test]
fn a_signature_is_padded_base64_of_64_bytes() {
    let signature = RawSignature([7; 64]);
    let json = serde_json::to_string(&signature).unwrap();
    assert_eq!(serde_json::from_str::<RawSignature>(&json).unwrap(), signature);
    for text in [json.replace("==", ""), json.replace("w==", "x=="), json.replace("\"B", "\" B"), "\"AA==\"".into()] {
        assert!(serde_json::from_str::<RawSignature>(&text).is_err(), "{text}");
    }
}

#[test]
fn a_signature_counts_in_its_own_namespace_only() {
    let text = armored(1, Namespace::Signoff, b"statement");
    let signature = SshSignature::parse(text.as_bytes()).unwrap();
    assert_eq!(signature.to_armored(), text);
    assert_eq!(signature.check(Namespace::Signoff, b"statement"), Ok(key(1).1));
    assert_eq!(signature.check(Namespace::Signoff, b"statemenT"), Err(SshSigFault::Mismatch));
    for other in [Namespace::Package, Namespace::Roster, Namespace::Answer, Namespace::Archive] {
        assert!(matches!(signature.check(other, b"statement"), Err(SshSigFault::Namespace { .. })));
    }
    // Renaming the namespace in the file does not help: it is signed too.
    let renamed = parse_blob(&replaced(&blob(), b"\x0dsignoff@asrun", b"\x0dpackage@asrun")).unwrap();
    assert_eq!(renamed.check(Namespace::Package, b"statement"), Err(SshSigFault::Mismatch));
}

#[test]
fn a_signature_shown_under_another_key_is_refused() {
    let forged = parse_blob(&replaced(&blob(), &key(1).1.blob(), &key(2).1.blob())).unwrap();
    assert_eq!(forged.check(Namespace::Signoff, b"statement"), Err(SshSigFault::Mismatch));
}

#[test]
fn each_fault_of_the_blob_is_named() {
    let good = blob();
    let fault = |from: &[u8], to: &[u8]| parse_blob(&replaced(&good, from, to)).unwrap_err();
    assert_eq!(fault(b"SSHSIG", b"SSHSIX"), SshSigFault::Magic);
    assert_eq!(fault(b"SSHSIG\0\0\0\x01", b"SSHSIG\0\0\0\x02"), SshSigFault::Version(2));
    assert_eq!(fault(b"SSHSIG\0\0\0\x01", b"SSHSIG\0\0\0\0"), SshSigFault::Version(0));
    assert_eq!(fault(b"ssh-ed25519", b"ssh-ed25518"), SshSigFault::Key(KeyFault::Algorithm));
    assert_eq!(fault(b"signoff", b"sign\xff\xfff"), SshSigFault::NamespaceText);
    assert_eq!(fault(b"asrun\0\0\0\0", b"asrun\0\0\0\x01x"), SshSigFault::Reserved);
    assert_eq!(fault(b"sha512", b"sha256"), SshSigFault::Hash);
    assert_eq!(fault(b"\0\0\0\x53\0\0\0\x0bssh-ed25519", b"\0\0\0\x53\0\0\0\x0bssh-ed25518"), SshSigFault::Algorithm);
    assert_eq!(
        fault(b"\0\0\0\x53\0\0\0\x0bssh-ed25519\0\0\0\x40", b"\0\0\0\x53\0\0\0\x0bssh-ed25519\0\0\0\x3f"),
        SshSigFault::Length
    );
    assert_eq!(parse_blob(&good[..good.len() - 1]), Err(SshSigFault::Short));
    assert_eq!(parse_blob(&[good.as_slice(), b"x"].concat()), Err(SshSigFault::BlobTrailing));
}

#[test]
fn each_fault_of_the_armor_is_named() {
    let good = armored(1, Namespace::Roster, b"x");
    let fault = |text: String| SshSignature::parse(text.as_bytes()).unwrap_err();
    assert!(SshSignature::parse(good.trim_end().as_bytes()).is_ok());
    assert_eq!(fault(format!("{good}\n")), SshSigFault::Trailing);
    assert_eq!(fault(format!("{good}{good}")), SshSigFault::Trailing);
    assert_eq!(fault(format!("\n{good}")), SshSigFault::Begin);
    assert_eq!(fault(good.replace('\n', "\r\n")), SshSigFault::Begin);
    assert_eq!(fault(good.replace("-----END", "----END")), SshSigFault::End);
    assert_eq!(fault(good.replacen("\nU1NI", "\n\nU1NI", 1)), SshSigFault::Base64);
    assert_eq!(fault(good.replacen("\nU1NI", "\nU1 NI", 1)), SshSigFault::Base64);
    assert_eq!(fault(good.replacen("\nU1NI", &format!("\n{}", "A".repeat(77)), 1)), SshSigFault::Base64);
    assert_eq!(fault("A".repeat(5000)), SshSigFault::TooLong);
}

#[test]
fn arbitrary_bytes_are_refused_without_panic() {
    let good = blob();
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            let outcome = parse_blob(&bad).and_then(|signature| signature.check(Namespace::Signoff, b"statement"));
            assert!(outcome.is_err(), "byte {at} bit {bit}");
        }
    }
}
