//! The photo bank: albums and the pictures in them. A picture is looked at before it goes, by its first bytes and not by its name.

use serde::Deserialize;
use serde_json::json;

use super::super::client::{Client, Params, Upload};
use super::super::methods as m;
use super::super::told::{Id, Told};
use super::super::wire::{list, part};
use super::outcome::{confirmed, made, number, one, refuse};
use super::{site, some};
use crate::shop::kept;
use crate::shop::platform::{ReadError, WriteError};

/// Characters of the name of a picture or an album, and of what is said of it.
const NAME: usize = 30;
const DESCRIPTION: usize = 2000;

/// A picture that the platform takes. Only [`Picture::new`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    bytes: Vec<u8>,
    ending: &'static str,
}

impl Picture {
    /// Looks at the bytes.
    ///
    /// # Errors
    /// [`WriteError::Refused`] for more than 2 MB, and for what is no jpg, gif, bmp or png.
    pub fn new(bytes: Vec<u8>) -> Result<Self, WriteError> {
        let ending = match kept::check(&bytes).map_err(|error| refuse(error.to_string()))? {
            "image/png" => "png",
            "image/gif" => "gif",
            "image/bmp" => "bmp",
            _ => "jpg",
        };
        Ok(Self { bytes, ending })
    }

    fn upload(self, field: &'static str) -> Upload {
        Upload { field, file: format!("picture.{}", self.ending), bytes: self.bytes }
    }
}

/// An album.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Album {
    #[serde(rename = "albumID")]
    pub album_id: Told<Id>,
    pub name: Told<String>,
    pub description: Told<String>,
    /// 0 private, 1 public, 2 with a password.
    pub authority: Told<i64>,
    pub image_count: Told<i64>,
}

/// A picture in the bank.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Photo {
    pub id: Told<Id>,
    #[serde(rename = "albumID")]
    pub album_id: Told<Id>,
    pub name: Told<String>,
    pub url: Told<String>,
}

/// Some pictures.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Photos {
    /// This page's.
    #[serde(rename = "photoInfos", deserialize_with = "list")]
    pub photos: Vec<Photo>,
    /// How many there are in all.
    pub count: Told<i64>,
}

/// How full the bank is, in the platform's own unit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Space {
    pub used_space: Told<i64>,
    pub default_space: Told<i64>,
    pub external_space: Told<i64>,
    pub full: Told<bool>,
}

/// What is said of an album or a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// At most 30 characters.
    pub name: String,
    /// At most 2000.
    pub description: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Reply {
    #[serde(deserialize_with = "list")]
    album_infos: Vec<Album>,
    #[serde(rename = "albumID")]
    album_id: Told<Id>,
    #[serde(deserialize_with = "part")]
    image: Photo,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Changed {
    #[serde(deserialize_with = "part")]
    result: ChangedImage,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ChangedImage {
    image_id: Told<Id>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Checked {
    result: Told<String>,
}

/// The shop's own albums.
///
/// # Errors
/// As any read.
pub async fn albums(client: &Client) -> Result<Vec<Album>, ReadError> {
    let reply: Reply = client.read(&m::ALBUMS, &vec![("albumType", "MY".into()), site()]).await?;
    Ok(reply.album_infos)
}

/// How full the bank is.
///
/// # Errors
/// As any read.
pub async fn space(client: &Client) -> Result<Space, ReadError> {
    client.read(&m::ALBUM_PROFILE, &vec![site()]).await
}

/// One page of an album's pictures, of 30; the first is 0.
///
/// # Errors
/// As any read.
pub async fn photos(client: &Client, album: &str, page: u32) -> Result<Photos, ReadError> {
    let params =
        vec![("albumID", album.to_owned()), ("pageNo", (page + 1).to_string()), ("pageSize", "30".into()), site()];
    client.read(&m::PHOTOS, &params).await
}

/// A new private album; gives back its number.
///
/// # Errors
/// As any write.
pub async fn add_album(client: &Client, label: &Label) -> Result<String, WriteError> {
    let mut params = named(label)?;
    params.extend([("authority", "0".to_owned()), site()]);
    made(&m::ALBUM_ADD, client.send(&m::ALBUM_ADD, &params, None).await, |body| {
        Some(serde_json::from_str::<Reply>(body).ok()?.album_id.0?.0)
    })
}

/// Renames an album.
///
/// # Errors
/// As any write.
pub async fn modify_album(client: &Client, album: &str, label: &Label) -> Result<(), WriteError> {
    named(label)?;
    let info = json!({ "albumID": number(album, "相册")?, "name": label.name, "description": label.description });
    let params = vec![("albumInfo", info.to_string()), site()];
    one(&m::ALBUM_MODIFY, client.send(&m::ALBUM_MODIFY, &params, None).await)
}

/// Puts a picture into an album; gives back its number and address. The bytes are not signed.
///
/// # Errors
/// As any write; after [`WriteError::Unknown`] the picture may be there: look at [`photos`].
pub async fn add_photo(client: &Client, album: &str, label: &Label, picture: Picture) -> Result<Photo, WriteError> {
    let mut params = named(label)?;
    params.extend([("albumID", number(album, "相册")?.to_string()), site()]);
    let sent = client.send(&m::PHOTO_ADD, &params, Some(picture.upload("imageBytes"))).await;
    made(&m::PHOTO_ADD, sent, |body| {
        let reply: Reply = serde_json::from_str(body).ok()?;
        Some(reply.image).filter(|photo| photo.id.is_some() && photo.url.is_some())
    })
}

/// Renames a picture.
///
/// # Errors
/// As any write.
pub async fn modify_photo(client: &Client, photo: &str, label: &Label) -> Result<(), WriteError> {
    named(label)?;
    let id = number(photo, "图片")?.to_string();
    let info = json!({ "imageId": id, "name": label.name, "description": label.description });
    let params = vec![("imageInfo", info.to_string()), site()];
    let sent = client.send(&m::PHOTO_MODIFY, &params, None).await;
    confirmed(&m::PHOTO_MODIFY, sent, |body| modified(body, &id)).map(|_| ())
}

pub(super) fn modified(body: &str, id: &str) -> Option<()> {
    let changed: Changed = serde_json::from_str(body).ok()?;
    (changed.result.image_id.0?.0 == id).then_some(())
}

/// Asks whether a picture is fit as a white-background one; gives back its address.
///
/// # Errors
/// As any write.
pub async fn white_image(client: &Client, picture: Picture) -> Result<String, WriteError> {
    let sent = client.send(&m::WHITE_IMAGE, &vec![], Some(picture.upload("data"))).await;
    made(&m::WHITE_IMAGE, sent, |body| serde_json::from_str::<Checked>(body).ok()?.result.0)
}

fn named(label: &Label) -> Result<Params, WriteError> {
    let Label { name, description } = label;
    if name.trim().is_empty() || name.chars().count() > NAME || description.chars().count() > DESCRIPTION {
        return Err(refuse(format!("名称要有 1 到 {NAME} 字，说明不超过 {DESCRIPTION} 字，请修改")));
    }
    let mut params: Params = vec![("name", name.clone())];
    params.extend(some("description", Some(description).filter(|text| !text.is_empty())));
    Ok(params)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_bytes_and_not_by_its_name() {
        assert_eq!(Picture::new(b"\x89PNG\r\n\x1a\nrest".to_vec()).expect("a png").ending, "png");
        assert_eq!(Picture::new(b"\xff\xd8\xff\xe0rest".to_vec()).expect("a jpg").ending, "jpg");
        for not in [b"<svg xmlns".as_slice(), b"RIFF....WEBP", b"", b"%PDF-1.7"] {
            assert!(matches!(Picture::new(not.to_vec()), Err(WriteError::Refused { .. })));
        }
        let mut large = b"\xff\xd8\xff".to_vec();
        large.resize(kept::LARGEST, 0);
        assert!(Picture::new(large.clone()).is_ok(), "2 MB to the byte");
        large.push(0);
        assert!(Picture::new(large).is_err());
    }

    #[test]
    fn a_picture_counts_as_changed_only_where_the_reply_names_it() {
        let reply = samples::reply("photobank.photo.modify");
        assert_eq!(modified(&reply, "9268841037"), Some(()));
        assert_eq!(modified(&reply, "1"), None);
        assert_eq!(modified("{}", "1"), None);
        assert!(named(&Label { name: "长".repeat(31), ..Label::default() }).is_err());
    }
}
