use super::*;
use serde_json::json;

fn refused(text: &str) -> Refused {
    parse(text.as_bytes()).unwrap_err()
}

#[test]
fn canonical_form_sorts_members_and_drops_space() {
    let bytes = encode(&json!({"b": [1, true, null], "a": "x\n\u{e9}"})).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), "{\"a\":\"x\\n\u{e9}\",\"b\":[1,true,null]}");
}

#[test]
fn each_kind_of_bad_json_is_refused_by_name() {
    assert_eq!(refused(r#"{"a":1,"a":1}"#), Refused::Duplicate("a".into()));
    assert_eq!(refused(r#"[{"x":{"a":1,"a":2}}]"#), Refused::Duplicate("a".into()));
    assert_eq!(refused("1.0"), Refused::Float(0));
    assert_eq!(refused("1e3"), Refused::Float(0));
    assert_eq!(refused("-0"), Refused::Float(0));
    assert_eq!(refused("9007199254740992"), Refused::Integer(0));
    assert_eq!(refused(r#""\ud800""#), Refused::Surrogate(1));
    assert_eq!(refused(r#""\udc00x""#), Refused::Surrogate(1));
    assert_eq!(refused("\u{feff}1"), Refused::ByteOrderMark);
    assert_eq!(refused(r#""\u0000""#), Refused::Nul(1));
    assert_eq!(refused("\"\u{0}\""), Refused::Nul(1));
    assert_eq!(refused("1 2"), Refused::Trailing(2));
    assert_eq!(refused("[1"), Refused::End);
    assert_eq!(refused("01"), Refused::Syntax(0));
    assert_eq!(parse(b"\"\xff\""), Err(Refused::Encoding));
    assert_eq!(refused(&("[".repeat(40) + &"]".repeat(40))), Refused::Depth);
}

#[test]
fn another_spelling_of_the_same_value_is_refused() {
    for text in ["{ }", "{\"b\":1,\"a\":2}", "\"\\u0041\"", "\"\\/\""] {
        assert_eq!(decode::<serde_json::Value>(text.as_bytes()), Err(Refused::Spelling), "{text}");
    }
}

#[test]
fn a_missing_optional_member_is_another_spelling() {
    #[derive(serde::Serialize, serde::Deserialize, Debug)]
    struct Two {
        a: Option<i64>,
        b: i64,
    }
    assert!(decode::<Two>(br#"{"a":null,"b":1}"#).is_ok());
    assert!(matches!(decode::<Two>(br#"{"b":1}"#), Err(Refused::Shape(_))));
}

#[test]
fn digests_are_written_and_read_in_one_spelling() {
    let digest = digest::LineDigest::of(b"abc");
    assert_eq!(digest.to_string(), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(digest.to_string().parse(), Ok(digest));
    assert!(digest.to_string().to_uppercase().parse::<digest::LineDigest>().is_err());
    assert!(digest.hex().parse::<digest::LineDigest>().is_err());
}
