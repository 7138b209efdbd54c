//! The parts of a canonical value: arrays, objects whose members are put in order, and strings.

use super::writer::{NotCanonical, write_inside};
use serde::ser::{self, Serialize, SerializeMap};
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

/// An array that is being written.
pub(super) struct List<'a> {
    out: &'a mut Vec<u8>,
    depth: usize,
    first: bool,
    ends: &'static [u8],
}

impl<'a> List<'a> {
    /// Begins an array whose items stand at this depth and which closes with `ends`.
    pub(super) fn begin(out: &'a mut Vec<u8>, depth: usize, ends: &'static [u8]) -> Self {
        out.push(b'[');
        Self { out, depth, first: true, ends }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotCanonical> {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
        write_inside(value, self.out, self.depth)
    }

    fn over(self) -> Result<(), NotCanonical> {
        self.out.extend_from_slice(self.ends);
        Ok(())
    }
}

/// Every kind of array is written alike; serde only asks by other names.
macro_rules! lists {
    ($($kind:ident $method:ident),*) => { $(
        impl ser::$kind for List<'_> {
            type Ok = ();
            type Error = NotCanonical;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotCanonical> {
                self.item(value)
            }
            fn end(self) -> Result<(), NotCanonical> {
                self.over()
            }
        }
    )* };
}

lists!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

/// A member that is written: its key, and where it begins in the buffer.
struct Member {
    key: Cow<'static, str>,
    start: usize,
}

/// An object that is being written.
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
    depth: usize,
    from: usize,
    members: Vec<Member>,
    sorted: bool,
    ends: &'static [u8],
}

impl<'a> Object<'a> {
    /// Begins an object whose members stand at this depth and which closes with `ends`.
    pub(super) fn begin(out: &'a mut Vec<u8>, depth: usize, ends: &'static [u8]) -> Self {
        out.push(b'{');
        let from = out.len();
        Self { out, depth, from, members: Vec::new(), sorted: true, ends }
    }

    fn key(&mut self, key: Cow<'static, str>) -> Result<(), NotCanonical> {
        if let Some(last) = self.members.last() {
            self.out.push(b',');
            self.sorted &= by_utf16(&last.key, &key) == Ordering::Less;
        }
        let start = self.out.len();
        string(&key, self.out)?;
        self.out.push(b':');
        self.members.push(Member { key, start });
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotCanonical> {
        write_inside(value, self.out, self.depth)
    }

    fn over(mut self) -> Result<(), NotCanonical> {
        if !self.sorted {
            self.sort()?;
        }
        self.out.extend_from_slice(self.ends);
        Ok(())
    }

    /// Puts the members in the order of their keys; RFC 8785 §3.2.3 sorts by UTF-16 code units, not by bytes.
    fn sort(&mut self) -> Result<(), NotCanonical> {
        let written = self.out.split_off(self.from);
        let ends: Vec<usize> =
            self.members.iter().skip(1).map(|next| next.start - 1).chain([self.from + written.len()]).collect();
        let mut members: Vec<(&Member, usize)> = self.members.iter().zip(ends).collect();
        members.sort_by(|(a, _), (b, _)| by_utf16(&a.key, &b.key));
        if let Some([(one, _), _]) = members.windows(2).find(|pair| matches!(pair, [a, b] if a.0.key == b.0.key)) {
            return Err(NotCanonical::Shape(format!("the member `{}` twice in one object", one.key)));
        }
        for (index, (member, end)) in members.into_iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.out.extend_from_slice(&written[member.start - self.from..end - self.from]);
        }
        Ok(())
    }
}

/// Returns the text of a key; serde_json knows which values can be one.
fn text_of<T: Serialize + ?Sized>(key: &T) -> Result<String, NotCanonical> {
    match serde_json::to_value(key) {
        Ok(Value::String(text)) => Ok(text),
        Ok(Value::Number(number)) => Ok(number.to_string()),
        _ => Err(NotCanonical::Shape("a key that is no text".into())),
    }
}

fn by_utf16(a: &str, b: &str) -> Ordering {
    match a.is_ascii() && b.is_ascii() {
        true => a.cmp(b),
        false => a.encode_utf16().cmp(b.encode_utf16()),
    }
}

impl SerializeMap for Object<'_> {
    type Ok = ();
    type Error = NotCanonical;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotCanonical> {
        self.key(Cow::Owned(text_of(key)?))
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotCanonical> {
        self.value(value)
    }
    fn end(self) -> Result<(), NotCanonical> {
        self.over()
    }
}

/// A struct is an object whose keys are known beforehand.
macro_rules! structs {
    ($($kind:ident),*) => { $(
        impl ser::$kind for Object<'_> {
            type Ok = ();
            type Error = NotCanonical;
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), NotCanonical> {
                self.key(Cow::Borrowed(key))?;
                self.value(value)
            }
            fn end(self) -> Result<(), NotCanonical> {
                self.over()
            }
        }
    )* };
}

structs!(SerializeStruct, SerializeStructVariant);

/// Appends a text in quotation marks.
pub(super) fn string(text: &str, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')) {
        let (plain, from) = rest.split_at(at);
        out.extend_from_slice(plain);
        escape(from[0], out)?;
        rest = &from[1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
    Ok(())
}

fn escape(byte: u8, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    let short = match byte {
        0 => return Err(NotCanonical::Nul),
        b'"' | b'\\' => byte,
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        _ => {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
            return Ok(());
        }
    };
    out.extend_from_slice(&[b'\\', short]);
    Ok(())
}
