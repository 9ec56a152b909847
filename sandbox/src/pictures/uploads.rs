//! The bytes of uploaded pictures, under names that are made of their content. A name that did not come from here is
//! never turned into a path.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use image::ImageFormat;
use sha1::{Digest, Sha1};

/// Bytes of the largest picture that the platform takes.
pub(crate) const LARGEST: usize = 2 << 20;
const PREFIX: &str = "O1CN01";

/// Where uploaded pictures are kept: in a folder beside the journal, or in memory without a state directory.
#[derive(Debug)]
pub(crate) struct Uploads {
    folder: Option<PathBuf>,
    memory: HashMap<String, Vec<u8>>,
}

impl Uploads {
    pub(crate) fn in_memory() -> Self {
        Self { folder: None, memory: HashMap::new() }
    }

    pub(crate) fn in_folder(state_dir: &Path) -> Self {
        Self { folder: Some(state_dir.join("pictures")), memory: HashMap::new() }
    }

    /// Keeps a picture; on disk before this returns. The same picture again changes nothing.
    pub(crate) fn keep(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        let Some(folder) = &self.folder else {
            self.memory.insert(file.to_owned(), bytes.to_vec());
            return Ok(());
        };
        let path = folder.join(file);
        if path.is_file() {
            return Ok(());
        }
        fs::create_dir_all(folder)?;
        // Written aside and renamed: a half-written file never carries the name of its whole content.
        let aside = folder.join(format!("{file}.new"));
        let mut written = File::create(&aside)?;
        written.write_all(bytes)?;
        written.sync_data()?;
        fs::rename(&aside, &path)
    }

    /// The picture of this file name.
    pub(crate) fn bytes(&self, file: &str) -> Option<Vec<u8>> {
        if !is_ours(file) {
            return None;
        }
        match &self.folder {
            Some(folder) => fs::read(folder.join(file)).ok(),
            None => self.memory.get(file).cloned(),
        }
    }
}

/// Why bytes are no picture for the platform, in its words.
pub(crate) fn refusal(bytes: &[u8]) -> Option<&'static str> {
    if bytes.is_empty() {
        Some("图片内容不能为空")
    } else if bytes.len() > LARGEST {
        Some("图片大小不能超过2M")
    } else if ending(bytes).is_none() {
        Some("图片格式不正确，只支持jpg、jpeg、gif、bmp、png")
    } else {
        None
    }
}

/// The file name of a picture: the same bytes always have the same.
pub(crate) fn file_name(bytes: &[u8]) -> String {
    format!("{PREFIX}{}.{}", digest(bytes), ending(bytes).unwrap_or("jpg"))
}

/// The hash that the ledger names a picture by.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha1::digest(bytes))
}

pub(crate) fn mime(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("bmp") => "image/bmp",
        _ => "image/jpeg",
    }
}

/// By content, not by name: a client may call its file anything.
fn ending(bytes: &[u8]) -> Option<&'static str> {
    match image::guess_format(bytes).ok()? {
        ImageFormat::Jpeg => Some("jpg"),
        ImageFormat::Png => Some("png"),
        ImageFormat::Gif => Some("gif"),
        ImageFormat::Bmp => Some("bmp"),
        _ => None,
    }
}

fn is_ours(file: &str) -> bool {
    let Some((hash, ending)) = file.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.')) else { return false };
    hash.len() == 40
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        && ending.len() == 3
        && ending.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_of_our_own_making_is_looked_up() {
        let dir = tempfile::tempdir().expect("a directory");
        fs::write(dir.path().join("secret.png"), b"x").expect("written");
        let mut uploads = Uploads::in_folder(dir.path());
        let picture = b"\x89PNG\r\n\x1a\n and so on";
        let name = file_name(picture);
        uploads.keep(&name, picture).expect("kept");
        assert_eq!(uploads.bytes(&name).as_deref(), Some(&picture[..]));
        assert_eq!(Uploads::in_folder(dir.path()).bytes(&name).as_deref(), Some(&picture[..]), "also later");
        for hostile in ["../secret.png", "/etc/passwd", "", "O1CN01../../secret.png", &format!("../pictures/{name}")] {
            assert_eq!(uploads.bytes(hostile), None, "{hostile}");
        }
    }

    #[test]
    fn a_picture_is_known_by_its_content() {
        assert_eq!(refusal(b"GIF89a and more"), None);
        assert_eq!(refusal(b"BM and more"), None);
        assert_eq!(refusal(b"\xff\xd8\xff\xe0 and more"), None);
        for wrong in [&b""[..], b"<svg/>", b"RIFF\0\0\0\0WEBPVP8 ", &vec![b'B'; LARGEST + 1]] {
            assert!(refusal(wrong).is_some());
        }
    }
}
