//! Plugins for the stories: folders written as an author would, archives as somebody else would bend them.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use xiaoer::plugin::manifest::Post;
use xiaoer::plugin::signature::Key;
use xiaoer::plugin::{Package, archive, assemble};
use zip::write::{SimpleFileOptions, ZipWriter};

/// The SKILL.md of a small plugin.
pub(crate) fn skill(name: &str, version: &str, tools: &str) -> String {
    format!(
        "---\nname: {name}\ndescription: 数一数。\nallowed-tools: {tools}\nmetadata:\n  xiaoer.role: operations\n  \
         xiaoer.title: 数一数\n  xiaoer.version: {version}\n  xiaoer.api: \"1\"\n  xiaoer.entry: index.js\n---\n"
    )
}

/// Code that makes a report without a figure.
pub(crate) const CODE: &str =
    "export async function run(cx, input) { const report = cx.report('数一数'); return report; }\n";

/// A package as a folder would make it.
pub(crate) fn package(name: &str, version: &str, tools: &str) -> Package {
    let files = [("SKILL.md", skill(name, version, tools)), ("index.js", format!("{CODE}// {version}\n"))];
    let files = files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect();
    assemble::package(name, files, &Post::default()).expect("it is right")
}

/// A folder of this machine.
pub(crate) fn folder(above: &Path, name: &str, version: &str, tools: &str) -> PathBuf {
    let at = above.join(name);
    fs::create_dir_all(&at).expect("made");
    fs::write(at.join("SKILL.md"), skill(name, version, tools)).expect("written");
    fs::write(at.join("index.js"), CODE).expect("written");
    at
}

/// A signed archive.
pub(crate) fn packed(name: &str, version: &str, key: &Key) -> Vec<u8> {
    archive::pack(&package(name, version, "shop(orders)"), key).expect("it packs")
}

/// An archive of whatever entries somebody thinks of, unsigned.
pub(crate) fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in entries {
        zip.start_file(*path, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("bytes");
    }
    zip.finish().expect("an archive").into_inner()
}
