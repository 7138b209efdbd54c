//! What a file is, told by its bytes: its media type, and whether it is there to its end (FORMAT.md §5).
//!
//! One pass in pieces of any size, in bounded memory; the answer does not depend on how the bytes were cut. The
//! recorder looks while it copies and the verifier while it hashes, so that both say the same of the same bytes.
//! Honest limit: structure is followed, pixels are not decoded.

mod boxes;
mod jpeg;
mod png;
mod tail;
mod text;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
pub use text::is_text;

/// How much of a file its type is judged by.
pub const LOOK: usize = 1 << 20;

/// What is wrong with a file of a kind whose structure is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// It ends before its end.
    Truncated,
    /// A part does not have the bytes that its own checksum says.
    Checksum,
    /// It is not built as its kind is.
    Malformed,
    /// A text that stops being one.
    NotText,
}

impl Damage {
    /// Returns what to say of it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Truncated => "it ends before its end",
            Self::Checksum => "a part of it does not have the bytes that its checksum says",
            Self::Malformed => "it is not built as a file of its type is",
            Self::NotText => "it begins as a text and then is none",
        }
    }
}

/// What the bytes say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// What kind of file.
    pub media_type: String,
    /// What is wrong with it; none too where nothing is known of such files.
    pub damage: Option<Damage>,
}

impl Look {
    /// Looks at bytes that are all there.
    #[must_use]
    pub fn at(bytes: &[u8]) -> Self {
        let mut inspector = Inspector::default();
        inspector.push(bytes);
        inspector.finish()
    }
}

/// Follows the structure of one kind of file.
trait Walk: Send {
    /// Takes the next bytes.
    fn push(&mut self, bytes: &[u8]);
    /// Says what is wrong, now that nothing follows.
    fn finish(&self) -> Option<Damage>;
}

/// Looks at a file that comes in pieces.
#[derive(Default)]
pub struct Inspector {
    /// The first bytes, until the type is judged by them.
    head: Vec<u8>,
    begun: Option<(String, Option<Box<dyn Walk>>)>,
}

impl Inspector {
    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let wanted = LOOK - self.head.len().min(LOOK);
        let (first, rest) = bytes.split_at(bytes.len().min(if self.begun.is_some() { 0 } else { wanted }));
        self.head.extend_from_slice(first);
        if !rest.is_empty() {
            self.begin(false);
            if let Some((_, Some(walk))) = &mut self.begun {
                walk.push(rest);
            }
        }
    }

    /// Judges the type by the head, and follows the structure from the first byte on.
    fn begin(&mut self, whole: bool) {
        if self.begun.is_none() {
            let head = std::mem::take(&mut self.head);
            let media_type = media_type(&head, whole);
            let mut walk = walk(&media_type);
            if let Some(walk) = &mut walk {
                walk.push(&head);
            }
            self.begun = Some((media_type, walk));
        }
    }

    /// Says what the bytes are, now that nothing follows.
    #[must_use]
    pub fn finish(mut self) -> Look {
        self.begin(true);
        let (media_type, walk) = self.begun.unwrap_or_default();
        Look { media_type, damage: walk.and_then(|walk| walk.finish()) }
    }
}

/// Returns the way to follow a kind of file; none where nothing is known of such files.
fn walk(media_type: &str) -> Option<Box<dyn Walk>> {
    Some(match media_type {
        "image/png" => Box::new(png::Png::default()),
        "image/jpeg" => Box::new(jpeg::Jpeg::default()),
        "image/webp" => Box::new(boxes::Riff::default()),
        "image/heif" | "image/heic" | "image/avif" => Box::new(boxes::Boxes::default()),
        "application/pdf" => Box::new(tail::Tail::pdf()),
        zipped
            if zipped == "application/zip" || zipped.contains("officedocument") || zipped.contains("opendocument") =>
        {
            Box::new(tail::Tail::zip())
        }
        "text/plain" => Box::new(text::Utf8::default()),
        _ => return None,
    })
}

/// Returns the media type of a file that begins with `head`; `whole` says that nothing follows.
#[must_use]
pub fn media_type(head: &[u8], whole: bool) -> String {
    let kind = match infer::get(head) {
        _ if is_pem(head) && is_text(head, whole) => "application/x-pem-file",
        Some(known) => known.mime_type(),
        None if is_text(head, whole) && whole && is_json(head) => "application/json",
        None if is_text(head, whole) => "text/plain",
        None if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") => "text/plain; charset=utf-16",
        None if text::is_old(head) => "text/plain; charset=unknown",
        None => "application/octet-stream",
    };
    kind.to_owned()
}

fn is_pem(head: &[u8]) -> bool {
    let start = head.iter().take_while(|b| b.is_ascii_whitespace()).count();
    head[start..].starts_with(b"-----BEGIN ")
}

fn is_json(head: &[u8]) -> bool {
    let first = head.iter().find(|b| !b.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'[')) && serde_json::from_slice::<serde::de::IgnoredAny>(head).is_ok()
}

#[cfg(test)]
mod tests;
