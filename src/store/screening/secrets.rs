//! Secrets never become evidence: patterns that stop a capture (FORMAT.md §5).
//!
//! Judged on the very buffers that are hashed and stored. Each pattern wants the secret itself, not talk
//! about it, so that a manual which prints `-----BEGIN PRIVATE KEY-----` passes. This catches accidents;
//! whoever hides a key on purpose (zipped, encoded, photographed) gets through.

use memchr::memmem::Finder;

/// The longest stretch that a pattern looks at, across the border of two buffers.
const SPAN: usize = 1024;
/// Credential lines are looked for in texts up to this size.
const TEXT_LIMIT: usize = 1 << 20;

type Judge = fn(bytes: &[u8], at: usize) -> bool;

/// A pattern: what is looked for, what it is called, and who confirms it around a hit.
struct Pattern {
    needle: &'static [u8],
    what: &'static str,
    holds: Judge,
}

/// Few and long needles, because each is one more pass over every byte of evidence.
const PATTERNS: [Pattern; 5] = [
    Pattern { needle: b"PRIVATE KEY", what: "a private key", holds: pem },
    Pattern { needle: b"PuTTY-User-Key-File-", what: "a PuTTY private key", holds: putty },
    Pattern { needle: b"ecret", what: "an AWS secret key", holds: aws },
    Pattern { needle: b"ECRET_ACCESS_KEY", what: "an AWS secret key", holds: aws_environment },
    Pattern { needle: b"uthorization:", what: "an authorization header", holds: authorization },
];

/// Looks at a stream of buffers for secrets.
pub struct Scanner {
    finders: Vec<(Finder<'static>, &'static Pattern)>,
    border: Vec<u8>,
    text: Vec<u8>,
    seen: u64,
}

impl Default for Scanner {
    fn default() -> Self {
        let finders = PATTERNS.iter().map(|pattern| (Finder::new(pattern.needle), pattern)).collect();
        Self { finders, border: Vec::new(), text: Vec::new(), seen: 0 }
    }
}

impl Scanner {
    /// Looks at the next buffer; returns what was recognised.
    #[must_use]
    pub fn push(&mut self, bytes: &[u8]) -> Option<&'static str> {
        if self.seen == 0 && der_private_key(bytes) {
            return Some("a private key in DER form");
        }
        self.seen += bytes.len() as u64;
        self.border.extend_from_slice(&bytes[..bytes.len().min(SPAN)]);
        let found = self.search(&self.border).or_else(|| self.search(bytes));
        if bytes.len() > SPAN {
            self.border.clear();
            self.border.extend_from_slice(&bytes[bytes.len() - SPAN..]);
        }
        self.border.drain(..self.border.len().saturating_sub(SPAN));
        if self.seen <= TEXT_LIMIT as u64 {
            self.text.extend_from_slice(bytes);
        }
        found
    }

    /// Looks at what can only be judged as a whole.
    #[must_use]
    pub fn finish(&self) -> Option<&'static str> {
        let text = std::str::from_utf8(&self.text).ok().filter(|_| self.seen <= TEXT_LIMIT as u64)?;
        if netrc(text) {
            Some("a netrc login")
        } else if login_block(text) {
            Some("a user name with its password")
        } else {
            None
        }
    }

    fn search(&self, bytes: &[u8]) -> Option<&'static str> {
        self.finders.iter().find_map(|(finder, pattern)| {
            let mut hits = finder.find_iter(bytes);
            hits.any(|at| (pattern.holds)(bytes, at)).then_some(pattern.what)
        })
    }
}

/// Looks at bytes that are at hand as a whole.
#[must_use]
pub fn scan(bytes: &[u8]) -> Option<&'static str> {
    let mut scanner = Scanner::default();
    scanner.push(bytes).or_else(|| scanner.finish())
}

/// `-----BEGIN` on the same line in front, and key material behind.
fn pem(bytes: &[u8], at: usize) -> bool {
    let front = &bytes[at.saturating_sub(40)..at];
    let line = front.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
    let begins = front[line..].windows(11).any(|window| window == b"-----BEGIN ");
    let behind = &bytes[at + b"PRIVATE KEY".len()..];
    let pgp = front.ends_with(b"BEGIN PGP ") && behind.starts_with(b" BLOCK-----");
    begins && (pgp || behind.strip_prefix(b"-----").is_some_and(key_material))
}

/// A line end, real or escaped as in JSON, perhaps the headers of an old encrypted key, then base64.
fn key_material(bytes: &[u8]) -> bool {
    let mut rest = &bytes[..bytes.len().min(SPAN / 2)];
    for line_end in [&b"\r\n"[..], b"\n", b"\r", b"\\r\\n", b"\\n", b" "] {
        if let Some(stripped) = rest.strip_prefix(line_end) {
            rest = stripped;
            break;
        }
    }
    rest.starts_with(b"Proc-Type:") || rest.iter().take_while(|b| base64(**b)).count() >= 16
}

fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

fn putty(bytes: &[u8], at: usize) -> bool {
    matches!(&bytes[at + b"PuTTY-User-Key-File-".len()..], [version, b':', ..] if version.is_ascii_digit())
}

fn aws(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at + b"ecret".len()..];
    let names: [&[u8]; 2] = [b"_access_key", b"AccessKey"];
    names.iter().any(|name| rest.strip_prefix(*name).is_some_and(aws_value))
}

fn aws_environment(bytes: &[u8], at: usize) -> bool {
    aws_value(&bytes[at + b"ECRET_ACCESS_KEY".len()..])
}

/// Forty base64 characters after an assignment; no more and no fewer.
fn aws_value(rest: &[u8]) -> bool {
    let skipped = rest.iter().take(16).take_while(|b| b" \t=:\"'".contains(b)).count();
    skipped > 0 && rest[skipped..].iter().take_while(|b| base64(**b)).count() == 40
}

/// `Authorization: Bearer …` or `Basic …` with a token long enough to be real.
fn authorization(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at + b"uthorization:".len()..];
    let rest = &rest[..rest.len().min(SPAN / 2)];
    let mut words = rest.split(|b| b" \t\r\n\"'".contains(b)).filter(|word| !word.is_empty());
    let (scheme, token) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let long = token.iter().take_while(|b| base64(**b) || b"-._~".contains(b)).count();
    (scheme.eq_ignore_ascii_case(b"bearer") && long >= 20) || (scheme.eq_ignore_ascii_case(b"basic") && long >= 12)
}

/// A DER sequence over the whole file that begins as private keys do: PKCS#8, PKCS#1, SEC1, PKCS#12.
fn der_private_key(bytes: &[u8]) -> bool {
    let body = match bytes {
        [0x30, 0x82, _, _, body @ ..] => body,
        [0x30, 0x81, _, body @ ..] | [0x30, 0x00..=0x7f, body @ ..] => body,
        _ => return false,
    };
    let pkcs8 = body.starts_with(&[2, 1, 0, 0x30]) || body.starts_with(&[2, 1, 1, 0x30]);
    let pkcs1 = body.starts_with(&[2, 1, 0, 2, 0x82]) || body.starts_with(&[2, 1, 0, 2, 0x81]);
    let sec1 = matches!(body, [2, 1, 1, 4, 0x20 | 0x30 | 0x42, ..]);
    let pkcs12 = body.starts_with(&[2, 1, 3, 0x30]);
    pkcs8 || pkcs1 || sec1 || pkcs12
}

/// `machine … login … password …`, in this order, as netrc files have it.
fn netrc(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(6).any(|w| (w[0], w[2], w[4]) == ("machine", "login", "password") && real(w[5]))
}

/// A user and a password assigned within five lines of each other.
fn login_block(text: &str) -> bool {
    let lines: Vec<Option<Credential>> = text.lines().map(credential).collect();
    lines.windows(5).chain(std::iter::once(&lines[..])).filter(|near| near.len() <= 5).any(|near| {
        let has = |wanted| near.iter().flatten().any(|found| *found == wanted);
        has(Credential::User) && has(Credential::Password)
    })
}

#[derive(PartialEq, Eq)]
enum Credential {
    User,
    Password,
}

fn credential(line: &str) -> Option<Credential> {
    let (key, value) = line.split_once(['=', ':'])?;
    let key = key.trim().trim_matches(['"', '\'']).to_ascii_lowercase().replace('-', "_");
    let value = value.trim().trim_end_matches([',', ';']).trim_matches(['"', '\'']);
    let key = key.rsplit(['.', ' ']).next()?;
    match key {
        "user" | "username" | "login" | "user_name" => (!value.is_empty()).then_some(Credential::User),
        "password" | "passwd" | "passphrase" | "client_secret" => real(value).then_some(Credential::Password),
        _ => None,
    }
}

/// A value that could open something: one word, not a blank, a mask, a variable or a word about it.
fn real(value: &str) -> bool {
    let masked = value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '-' | '_' | '•'));
    let variable = value.starts_with(['$', '<', '{', '%', '[']);
    let word = ["redacted", "removed", "hidden", "none", "null", "required", "prompt", "true", "false", "yes", "no"];
    let talk = word.iter().any(|word| value.eq_ignore_ascii_case(word)) || value.contains(' ');
    value.len() >= 4 && !(masked || variable || talk)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pem(label: &str) -> String {
        let body = "MC4CAQAwBQYDK2VwBCIEIPZ1x8oZz0G0o3vJm4".repeat(2);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn private_keys_in_every_usual_coat_are_recognised() {
        for label in
            ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"]
        {
            assert_eq!(scan(pem(label).as_bytes()), Some("a private key"), "{label}");
            assert!(scan(pem(label).replace('\n', "\r\n").as_bytes()).is_some(), "{label}");
            let json = format!("{{\"private_key\":\"{}\"}}", pem(label).replace('\n', "\\n"));
            assert!(scan(json.as_bytes()).is_some(), "{label}");
        }
        assert!(scan(b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n").is_some());
        assert!(scan(b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ==").is_some());
        assert!(scan(b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n").is_some());
        let ed25519 =
            [&[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20][..], &[7; 32]].concat();
        assert!(scan(&ed25519).is_some());
    }

    #[test]
    fn credentials_are_recognised() {
        let secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12";
        for text in [
            format!("aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {secret}\n"),
            format!("export AWS_SECRET_ACCESS_KEY={secret}"),
            format!("\"SecretAccessKey\": \"{secret}\""),
            "curl -H 'Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJz.abc' https://x".into(),
            "machine db.example.org login ops password hunter22\n".into(),
            "[client]\nuser = ops\nhost = db\npassword = \"hunter22\"\n".into(),
        ] {
            assert!(scan(text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn certificates_public_keys_and_talk_about_secrets_pass() {
        for text in [
            pem("CERTIFICATE"),
            pem("PUBLIC KEY"),
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ a.ortiz".into(),
            "The file begins with -----BEGIN PRIVATE KEY----- and must stay secret.".into(),
            "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----\n".into(),
            "Send `Authorization: Bearer <token>` with each call; Authorization: Bearer $TOKEN works too.".into(),
            "user: a.ortiz\npassword: ********\n".into(),
            "user = ops\npassword = ${DB_PASSWORD}\n".into(),
            "Password: must be changed every 90 days\nUser: every operator\n".into(),
            "access key AKIAIOSFODNN7EXAMPLE was rotated, the secret was not shown".into(),
            "login as ops, then enter the password when prompted".into(),
        ] {
            assert_eq!(scan(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_key_across_the_border_of_two_buffers_is_recognised_wherever_it_is_cut() {
        let text = [vec![b'.'; 3000], pem("OPENSSH PRIVATE KEY").into_bytes(), vec![b'.'; 3000]].concat();
        for cut in 2950..3150 {
            let mut scanner = Scanner::default();
            let found = scanner.push(&text[..cut]).or_else(|| scanner.push(&text[cut..]));
            assert_eq!(found, Some("a private key"), "{cut}");
        }
        let mut scanner = Scanner::default();
        assert!(text.chunks(7).any(|part| scanner.push(part).is_some()));
    }
}
