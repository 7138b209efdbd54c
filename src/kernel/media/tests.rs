use super::*;

/// A picture of one grey pixel.
fn png() -> Vec<u8> {
    let chunk = |name: &[u8; 4], data: &[u8]| {
        let mut sum = crc32fast::Hasher::new();
        sum.update(name);
        sum.update(data);
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], name, data, &sum.finalize().to_be_bytes()].concat()
    };
    let header = [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0];
    let data = [0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &data), chunk(b"IEND", &[])].concat()
}

/// The outer structure of a JPEG, with a preview inside a segment, a stuffed byte and a restart.
fn jpeg() -> Vec<u8> {
    let preview = [0xff, 0xd8, 0xff, 0xd9];
    let parts: [&[u8]; 6] = [
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0",
        &[0xff, 0xe1, 0, 6],
        &preview,
        b"\xff\xff\xda\0\x08\x01\x01\0\0\x3f\0",
        &[1, 0xff, 0, 2, 0xff, 0xd0, 3],
        &[0xff, 0xd9],
    ];
    parts.concat()
}

fn heic() -> Vec<u8> {
    [&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], b"\0\0\0\x0cmeta\0\0\0\0", b"\0\0\0\x10mdat12345678"].concat()
}

fn webp() -> Vec<u8> {
    b"RIFF\x10\0\0\0WEBPVP8 \x04\0\0\0abcd".to_vec()
}

fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj\nendobj\nstartxref\n9\n%%EOF\n".to_vec()
}

#[test]
fn types_come_from_bytes_not_from_names() {
    assert_eq!(media_type(b"\x89PNG\r\n\x1a\n....", true), "image/png");
    assert_eq!(media_type(b"\xff\xd8\xff\xe0 JFIF", true), "image/jpeg");
    assert_eq!(media_type(b"%PDF-1.7", true), "application/pdf");
    assert_eq!(media_type(b" {\"a\": 1}\n", true), "application/json");
    assert_eq!(media_type(b"{not json", true), "text/plain");
    assert_eq!(media_type(b"-----BEGIN CERTIFICATE-----\nMII", true), "application/x-pem-file");
    assert_eq!(media_type("Druck 0,35 bar ü".as_bytes(), true), "text/plain");
    assert_eq!(media_type(&[0, 1, 2, 3], true), "application/octet-stream");
    assert_eq!(media_type(&"ü".as_bytes()[..1], true), "application/octet-stream");
    assert_eq!(media_type(&"aü".as_bytes()[..2], false), "text/plain");
}

#[test]
fn a_text_in_another_encoding_says_so() {
    assert_eq!(media_type(b"Temperatur 21 \xb0C", true), "text/plain; charset=unknown");
    assert_eq!(media_type(b"\xff\xfea\0b\0", true), "text/plain; charset=utf-16");
    assert_eq!(Look::at(b"Temperatur 21 \xb0C").damage, None);
}

#[test]
fn a_whole_file_is_whole_whatever_its_kind() {
    let kinds = [
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (heic(), "image/heif"),
        (webp(), "image/webp"),
        (pdf(), "application/pdf"),
        ("Druck ü\n".into(), "text/plain"),
    ];
    for (bytes, kind) in kinds {
        assert_eq!(Look::at(&bytes), Look { media_type: kind.into(), damage: None });
    }
}

#[test]
fn what_a_camera_puts_behind_the_picture_does_no_harm() {
    for picture in [png(), jpeg()] {
        assert_eq!(Look::at(&[picture, b"clip".to_vec()].concat()).damage, None);
    }
}

#[test]
fn a_file_that_was_cut_anywhere_behind_its_first_bytes_is_not_whole() {
    for (bytes, from) in [(png(), 8), (jpeg(), 3), (heic(), 25), (webp(), 12), (pdf(), 5)] {
        // The last line of a PDF may lack its line feed.
        let last = bytes.iter().rposition(|b| *b != b'\n').unwrap();
        for cut in from..last {
            let look = Look::at(&bytes[..cut]);
            assert!(look.damage.is_some(), "{} cut after {cut} of {}", look.media_type, bytes.len());
        }
    }
}

#[test]
fn a_flipped_byte_of_a_png_is_told_by_its_checksum() {
    let mut bytes = png();
    let at = bytes.len() - 20;
    bytes[at] ^= 1;
    assert_eq!(Look::at(&bytes).damage, Some(Damage::Checksum));
}

#[test]
fn a_long_text_that_turns_into_something_else_is_told() {
    let mut bytes = vec![b'a'; LOOK + 10];
    assert_eq!(Look::at(&bytes), Look { media_type: "text/plain".into(), damage: None });
    bytes.push(0);
    assert_eq!(Look::at(&bytes).damage, Some(Damage::NotText));
}

#[test]
fn the_answer_does_not_depend_on_how_the_bytes_were_cut() {
    let long = ["ü".repeat(LOOK / 2 + 7).into_bytes(), png()].concat();
    for bytes in [png(), jpeg(), heic(), webp(), pdf(), long] {
        let whole = Look::at(&bytes);
        for size in [1, 3, 7, 4096] {
            if bytes.len() / size > 100_000 {
                continue;
            }
            let mut inspector = Inspector::default();
            bytes.chunks(size).for_each(|piece| inspector.push(piece));
            assert_eq!(inspector.finish(), whole);
        }
    }
}
