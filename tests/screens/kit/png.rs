//! SVG to PNG at twice the size, with the one font beside the tests: the same picture everywhere.

use resvg::{tiny_skia, usvg};

pub(crate) fn png(svg: &str) -> Vec<u8> {
    let mut options = usvg::Options { font_family: "DejaVu Sans Mono".into(), ..usvg::Options::default() };
    options.fontdb_mut().load_font_data(include_bytes!("../font/DejaVuSansMono.ttf").to_vec());
    let tree = usvg::Tree::from_str(svg, &options).unwrap();
    let size = tree.size().to_int_size().scale_by(2.0).unwrap();
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).unwrap();
    resvg::render(&tree, tiny_skia::Transform::from_scale(2.0, 2.0), &mut pixels.as_mut());
    pixels.encode_png().unwrap()
}

/// Writes a picture into the folder that `ASRUN_PICTURES` names; without it nothing is drawn.
pub(crate) fn keep(name: &str, svg: &str) {
    let Some(folder) = std::env::var_os("ASRUN_PICTURES").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.svg")), svg).unwrap();
    std::fs::write(folder.join(format!("{name}.png")), png(svg)).unwrap();
}
