//! Which paths a plugin's files may have. One rule for folders and archives, so that what is packed here can be unpacked anywhere:
//! on a disk that folds case, on one with device names, and under a program that reads `\` as a way down.

use std::collections::BTreeSet;

use super::fault::{Fault, shown};

/// Most files of a plugin.
pub const MOST_FILES: usize = 200;
/// Most bytes of a plugin, all files together.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Longest path, in bytes.
const LONGEST_PATH: usize = 200;
/// Most folders inside each other.
const DEEPEST: usize = 8;

/// The file that says who wrote a plugin. It speaks about the digest and is no part of it.
pub const SIGNATURE: &str = "SIGNATURE";

/// Whether a file or folder of an author's directory is no part of the plugin: hidden ones, and what builds leave behind.
#[must_use]
pub fn is_left_out(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.') && !part.starts_with(".."))
        || ["target", "node_modules"].contains(&path.split('/').next().unwrap_or_default())
}

/// Checks one path, parts joined by `/`.
///
/// # Errors
/// Names the path and what is wrong with it.
pub fn check(path: &str) -> Result<(), Fault> {
    let no = |what: &str| Err(Fault::of(&shown(path), what, "rename the file with letters, digits, '.', '-' and '_'"));
    if path.len() > LONGEST_PATH {
        return no("the path is longer than 200 bytes");
    }
    if path.split('/').count() > DEEPEST {
        return no("folders lie more than eight deep");
    }
    for part in path.split('/') {
        if part.is_empty() || part == "." || part == ".." {
            return no("the path leads out of the plugin");
        }
        if !part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+@ ".contains(&b)) {
            return no("the name holds a character that not every disk can take");
        }
        if part.starts_with(['.', ' ', '-']) || part.ends_with(['.', ' ']) {
            return no("the name begins or ends with a character that some disks drop or programs misread");
        }
        if is_device(part) {
            return no("the name is a device's on some systems");
        }
    }
    Ok(())
}

/// `NUL`, `com1.txt` and their like open a device on Windows, in whatever folder they lie.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = |word: &str| stem.strip_prefix(word).is_some_and(|rest| rest.len() == 1 && rest != "0");
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// Remembers paths and refuses a second one that a disk could take for the first, or that needs a folder where a file is.
#[derive(Default)]
pub struct Seen {
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
}

impl Seen {
    /// Takes one more file.
    ///
    /// # Errors
    /// Names the path.
    pub fn take(&mut self, path: &str) -> Result<(), Fault> {
        check(path)?;
        if is_left_out(path) || (path != SIGNATURE && path.eq_ignore_ascii_case(SIGNATURE)) {
            return Err(Fault::of(&shown(path), "the path is kept for something else", "give the file another name"));
        }
        let twin = |what: &str| Err(Fault::of(&shown(path), what, "rename one of the two"));
        let folded = path.to_ascii_lowercase();
        let above: Vec<_> = folded.match_indices('/').map(|(at, _)| folded[..at].to_owned()).collect();
        if self.folders.contains(&folded) || above.iter().any(|folder| self.files.contains(folder)) {
            return twin("the path is a file and a folder at once");
        }
        if !self.files.insert(folded) {
            return twin("the path is there twice, or differs from another one only in case");
        }
        self.folders.extend(above);
        let signatures = usize::from(self.files.contains(&SIGNATURE.to_ascii_lowercase()));
        if self.files.len() - signatures > MOST_FILES {
            return Err(Fault::of(
                "the plugin",
                "there are more than 200 files",
                "leave out what the skill does not need",
            ));
        }
        Ok(())
    }
}
