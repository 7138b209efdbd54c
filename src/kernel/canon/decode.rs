//! Reading canonical JSON: each refusal is one named line.

use super::{MAX_DEPTH, MAX_INTEGER, encode, write};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

/// Why bytes were refused.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    /// Bytes are not UTF-8.
    #[error("not UTF-8")]
    Encoding,
    /// A byte order mark stands in front.
    #[error("a byte order mark")]
    ByteOrderMark,
    /// A NUL, raw or escaped.
    #[error("a NUL at byte {0}")]
    Nul(usize),
    /// Something else than JSON at this byte.
    #[error("not JSON at byte {0}")]
    Syntax(usize),
    /// Ended in the middle.
    #[error("ends too early")]
    End,
    /// Bytes after the value.
    #[error("more bytes after the value, at byte {0}")]
    Trailing(usize),
    /// The same member twice; readers disagree on which one counts.
    #[error("the member `{0}` twice in one object")]
    Duplicate(String),
    /// A fraction, an exponent or minus zero.
    #[error("a number that is not an integer, at byte {0}")]
    Float(usize),
    /// Outside ±(2^53−1).
    #[error("an integer outside ±(2^53−1), at byte {0}")]
    Integer(usize),
    /// Half of a surrogate pair.
    #[error("a lone surrogate at byte {0}")]
    Surrogate(usize),
    /// Deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH}")]
    Depth,
    /// JSON, but in another spelling than the canonical one.
    #[error("not in canonical form")]
    Spelling,
    /// Canonical, but not this document: unknown, missing or mistyped members.
    #[error("{0}")]
    Shape(String),
}

/// Reads a typed document out of canonical bytes.
///
/// The typed value is written again and compared: what equals the output of the writer is canonical, and no member
/// that the type would ignore or default can hide. Only bytes that are refused are read a second time, for the reason.
///
/// # Errors
/// The first reason why the bytes are refused.
pub fn decode<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, Refused> {
    let typed = serde_json::from_slice::<T>(bytes).ok();
    let mut again = Vec::with_capacity(bytes.len());
    match typed.filter(|typed| write(typed, &mut again).is_ok() && again == bytes) {
        Some(typed) => Ok(typed),
        None => explain(bytes),
    }
}

/// Reads the bytes step by step, so that the refusal has its name.
pub(super) fn explain<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, Refused> {
    let value = parse(bytes)?;
    match encode(&value) {
        Ok(again) if again == bytes => {}
        _ => return Err(Refused::Spelling),
    }
    let typed: T = serde_json::from_value(value).map_err(|e| Refused::Shape(e.to_string()))?;
    match encode(&typed) {
        Ok(again) if again == bytes => Ok(typed),
        _ => Err(Refused::Shape("members missing or in another spelling".into())),
    }
}

/// Reads strict JSON of any layout: no duplicates, floats, lone surrogates, BOM or NUL.
///
/// # Errors
/// The first reason why the bytes are refused.
pub fn parse(bytes: &[u8]) -> Result<Value, Refused> {
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        return Err(Refused::ByteOrderMark);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refused::Encoding)?;
    let mut reader = Reader { text, at: 0 };
    reader.space();
    let value = reader.value(0)?;
    reader.space();
    match reader.at == bytes.len() {
        true => Ok(value),
        false => Err(Refused::Trailing(reader.at)),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), Refused> {
        match self.text[self.at..].starts_with(token) {
            true => {
                self.at += token.len();
                Ok(())
            }
            false if self.at >= self.text.len() => Err(Refused::End),
            false => Err(Refused::Syntax(self.at)),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, Refused> {
        if depth > MAX_DEPTH {
            return Err(Refused::Depth);
        }
        match self.peek().ok_or(Refused::End)? {
            b'n' => self.expect("null").map(|()| Value::Null),
            b't' => self.expect("true").map(|()| Value::Bool(true)),
            b'f' => self.expect("false").map(|()| Value::Bool(false)),
            b'"' => self.string().map(Value::String),
            b'[' => self.array(depth),
            b'{' => self.object(depth),
            b'-' | b'0'..=b'9' => self.number(),
            0 => Err(Refused::Nul(self.at)),
            _ => Err(Refused::Syntax(self.at)),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, Refused> {
        self.expect("[")?;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::Array(items));
        }
        loop {
            self.space();
            items.push(self.value(depth + 1)?);
            self.space();
            match self.peek().ok_or(Refused::End)? {
                b',' => self.at += 1,
                _ => return self.expect("]").map(|()| Value::Array(items)),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Refused> {
        self.expect("{")?;
        let mut members = Map::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            let key = self.string()?;
            self.space();
            self.expect(":")?;
            self.space();
            let value = self.value(depth + 1)?;
            if members.insert(key.clone(), value).is_some() {
                return Err(Refused::Duplicate(key));
            }
            self.space();
            match self.peek().ok_or(Refused::End)? {
                b',' => self.at += 1,
                _ => return self.expect("}").map(|()| Value::Object(members)),
            }
        }
    }

    fn number(&mut self) -> Result<Value, Refused> {
        let start = self.at;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        if text.contains(['.', 'e', 'E']) || text == "-0" {
            return Err(Refused::Float(start));
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty()
            || !digits.bytes().all(|b| b.is_ascii_digit())
            || (digits.len() > 1 && digits.starts_with('0'))
        {
            return Err(Refused::Syntax(start));
        }
        match text.parse::<i64>() {
            Ok(n) if (-MAX_INTEGER..=MAX_INTEGER).contains(&n) => Ok(Value::Number(Number::from(n))),
            _ => Err(Refused::Integer(start)),
        }
    }

    fn string(&mut self) -> Result<String, Refused> {
        self.expect("\"")?;
        let mut out = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|b| b != b'"' && b != b'\\' && b >= 0x20) {
                self.at += 1;
            }
            out.push_str(&self.text[start..self.at]);
            match self.peek().ok_or(Refused::End)? {
                b'"' => {
                    self.at += 1;
                    return Ok(out);
                }
                b'\\' => out.push(self.escape()?),
                0 => return Err(Refused::Nul(self.at)),
                _ => return Err(Refused::Syntax(self.at)),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refused> {
        let at = self.at;
        self.at += 1;
        let letter = self.peek().ok_or(Refused::End)?;
        self.at += 1;
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(at),
            _ => return Err(Refused::Syntax(at)),
        })
    }

    fn unicode(&mut self, at: usize) -> Result<char, Refused> {
        let code = match self.hex4()? {
            0 => return Err(Refused::Nul(at)),
            high @ 0xd800..=0xdbff => {
                self.expect("\\u").map_err(|_| Refused::Surrogate(at))?;
                match self.hex4()? {
                    low @ 0xdc00..=0xdfff => 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00),
                    _ => return Err(Refused::Surrogate(at)),
                }
            }
            other => other,
        };
        char::from_u32(code).ok_or(Refused::Surrogate(at))
    }

    fn hex4(&mut self) -> Result<u32, Refused> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Refused::End)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Refused::Syntax(self.at));
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| Refused::Syntax(self.at))
    }
}
