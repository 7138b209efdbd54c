//! Writing canonical JSON.

use super::{MAX_DEPTH, MAX_INTEGER};
use serde::Serialize;
use serde_json::Value;

/// Why a value has no canonical spelling.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotCanonical {
    /// Floats have several spellings; decimals travel as strings.
    #[error("a number is not an integer within ±(2^53−1)")]
    Number,
    /// A NUL would be read differently by other programs.
    #[error("a string contains NUL")]
    Nul,
    /// Deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH}")]
    Depth,
    /// The type does not map to JSON (a map with keys that are no strings, for instance).
    #[error("not expressible as JSON: {0}")]
    Shape(String),
}

/// Returns the canonical bytes of `value`, without a final line feed.
///
/// # Errors
/// When `value` holds something that has no canonical spelling.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, NotCanonical> {
    let value = serde_json::to_value(value).map_err(|e| NotCanonical::Shape(e.to_string()))?;
    let mut out = Vec::new();
    write(&value, &mut out)?;
    Ok(out)
}

/// Appends the canonical bytes of an untyped JSON value to `out`.
///
/// # Errors
/// As [`encode`].
pub fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    write_at(value, out, 0)
}

fn write_at(value: &Value, out: &mut Vec<u8>, depth: usize) -> Result<(), NotCanonical> {
    if depth > MAX_DEPTH {
        return Err(NotCanonical::Depth);
    }
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => {
            let integer = number.as_i64().ok_or(NotCanonical::Number)?;
            if !(-MAX_INTEGER..=MAX_INTEGER).contains(&integer) {
                return Err(NotCanonical::Number);
            }
            out.extend_from_slice(integer.to_string().as_bytes());
        }
        Value::String(text) => write_string(text, out)?,
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_at(item, out, depth + 1)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            // RFC 8785 §3.2.3 sorts by UTF-16 code units, not by bytes.
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (index, (key, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_string(key, out)?;
                out.push(b':');
                write_at(member, out, depth + 1)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn write_string(text: &str, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            0 => return Err(NotCanonical::Nul),
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            1..=0x1f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
    Ok(())
}
