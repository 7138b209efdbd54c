//! Third-party vectors (the folder that `ASRUN_VECTORS` names) and a second implementation.

use super::decode::explain;
use super::*;
use proptest::prelude::*;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Returns a folder of vectors, or says that its test was skipped.
pub(in crate::kernel) fn folder(name: &str) -> Option<PathBuf> {
    match std::env::var_os("ASRUN_VECTORS") {
        Some(root) => Some(Path::new(&root).join(name)),
        None => {
            eprintln!("skipped: ASRUN_VECTORS does not name the folder of third-party vectors ({name})");
            None
        }
    }
}

/// Reads one vector.
pub(in crate::kernel) fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

#[test]
fn the_jcs_vectors_come_out_byte_for_byte() {
    let Some(folder) = folder("jcs") else { return };
    for name in ["arrays.json", "french.json", "unicode.json", "weird.json"] {
        let value = parse(&read(&folder, &format!("input/{name}"))).unwrap();
        let expected = read(&folder, &format!("output/{name}"));
        assert_eq!(encode(&value).unwrap(), expected, "{name}");
        assert_eq!(decode::<Value>(&expected), Ok(value), "{name}");
    }
    let expected = read(&folder, "output/structures.json");
    assert_eq!(encode(&parse(&expected).unwrap()).unwrap(), expected);
}

#[test]
fn jcs_inputs_with_floats_are_refused_at_the_float() {
    let Some(folder) = folder("jcs") else { return };
    for (name, float) in [("input/structures.json", "56.0"), ("input/values.json", "333333333.33333329")] {
        let text = String::from_utf8(read(&folder, name)).unwrap();
        assert_eq!(parse(text.as_bytes()), Err(Refused::Float(text.find(float).unwrap())), "{name}");
    }
    assert!(matches!(parse(&read(&folder, "output/values.json")), Err(Refused::Float(_))));
}

#[test]
fn the_blake3_vectors_match() {
    let Some(folder) = folder("blake3") else { return };
    let vectors: Value = serde_json::from_slice(&read(&folder, "test_vectors.json")).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() > 30);
    for case in cases {
        let length = usize::try_from(case["input_len"].as_u64().unwrap()).unwrap();
        let input: Vec<u8> = (0..=250_u8).cycle().take(length).collect();
        let expected = &case["hash"].as_str().unwrap()[..64];
        assert_eq!(digest::EvidenceDigest::of(&input).hex(), expected, "length {length}");
    }
}

/// Values of our subset: keys and strings of any characters but NUL, integers within bounds.
fn value() -> impl Strategy<Value = Value> {
    let text = || {
        proptest::collection::vec(prop_oneof![any::<char>(), Just('"'), Just('\u{1f}'), Just('\u{fb33}')], 0..8)
            .prop_map(|letters| letters.into_iter().filter(|c| *c != '\0').collect::<String>())
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-MAX_INTEGER..=MAX_INTEGER).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((text(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn another_implementation_of_jcs_writes_the_same_bytes(value in value()) {
        let bytes = encode(&value).unwrap();
        prop_assert_eq!(&bytes, &serde_json_canonicalizer::to_vec(&value).unwrap());
        prop_assert_eq!(decode::<Value>(&bytes).unwrap(), value);
    }
}

proptest! {
    #[test]
    fn the_fast_reading_refuses_what_the_slow_one_refuses_and_by_its_name(
        value in value(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = encode(&value).unwrap();
        prop_assert_eq!(explain::<Value>(&bytes), Ok(value));
        let at = at.index(bytes.len());
        bytes[at] = byte;
        prop_assert_eq!(decode::<Value>(&bytes), explain(&bytes));
    }
}
