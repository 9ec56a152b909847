//! The photobank: albums, and the pictures in them. No reply has a success flag; what went wrong stands in a code and
//! a message whose names differ from method to method.

pub(super) mod albums;
pub(super) mod photos;
pub(super) mod white;

/// Characters of a name and of a description.
const NAME: usize = 30;
const DESCRIPTION: usize = 2_000;

/// What is wrong with a name or a description.
fn flaw(name: &str, description: &str) -> Option<&'static str> {
    if name.trim().is_empty() || name.chars().count() > NAME {
        Some("名称不能为空且不能超过30个字")
    } else if description.chars().count() > DESCRIPTION {
        Some("描述不能超过2000个字")
    } else {
        None
    }
}
