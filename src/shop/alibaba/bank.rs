//! Pictures of ours in the shop's photobank. A picture lies there under a name that follows from its bytes, so that it is found again
//! after a crash and never uploaded twice.

use xiaoer_sdk::PictureFile;

use super::calls::photobank::{self, Label, Photo, Picture};
use super::client::Client;
use super::failed::unread;
use crate::shop::platform::{ReadError, WriteError};
use crate::shop::seen::picture_name;

/// The album that ours go into.
const ALBUM: &str = "小二";
/// Pages of an album that are looked through; ours is never so large.
const PAGES: u32 = 100;

/// Makes sure that the bytes lie in the bank.
pub(super) async fn keep(client: &Client, sha256: &str, bytes: Vec<u8>) -> Result<(), WriteError> {
    let picture = Picture::new(bytes)?;
    if find(client, sha256).await.map_err(unread)?.is_some() {
        return Ok(());
    }
    let album = match album(client).await.map_err(unread)? {
        Some(album) => album,
        None => {
            let label = Label { name: ALBUM.into(), description: "小二上传的图片".into() };
            photobank::add_album(client, &label).await?
        }
    };
    let label = Label { name: picture_name(sha256), description: String::new() };
    photobank::add_photo(client, &album, &label, picture).await.map(drop)
}

/// Where a picture lies, as products name it.
pub(super) async fn path(client: &Client, picture: &PictureFile) -> Result<String, WriteError> {
    match picture {
        PictureFile::Shop(path) => Ok(path.clone()),
        PictureFile::Kept(sha256) => {
            let found = find(client, sha256).await.map_err(unread)?;
            found.ok_or_else(|| WriteError::NotSent { why: "图片还没有上传到图片银行".into() })
        }
    }
}

/// The path of a picture of ours; none while it is not in the bank.
pub(super) async fn find(client: &Client, sha256: &str) -> Result<Option<String>, ReadError> {
    let name = picture_name(sha256);
    let found = ours(client, |photo| photo.name.as_deref() == Some(name.as_str())).await?;
    Ok(found.as_ref().and_then(photo_path))
}

/// The name of the picture at a path; none where it is not of ours.
pub(super) async fn name_at(client: &Client, path: &str) -> Result<Option<String>, ReadError> {
    let found = ours(client, |photo| photo_path(photo).as_deref() == Some(path)).await?;
    Ok(found.and_then(|photo| photo.name.0))
}

async fn ours(client: &Client, wanted: impl Fn(&Photo) -> bool) -> Result<Option<Photo>, ReadError> {
    let Some(album) = album(client).await? else { return Ok(None) };
    for page in 0..PAGES {
        let photos = photobank::photos(client, &album, page).await?.photos;
        if photos.is_empty() {
            break;
        }
        if let Some(found) = photos.into_iter().find(&wanted) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

async fn album(client: &Client) -> Result<Option<String>, ReadError> {
    let albums = photobank::albums(client).await?;
    let ours = albums.into_iter().find(|album| album.name.as_deref() == Some(ALBUM));
    Ok(ours.and_then(|album| album.album_id.0).map(|id| id.0))
}

/// A product names a picture by its path; the bank answers its whole address.
fn photo_path(photo: &Photo) -> Option<String> {
    let url = photo.url.as_deref()?;
    let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or(url, |(_, path)| path);
    Some(path.to_owned())
}
