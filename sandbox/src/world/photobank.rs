//! A shop's photobank: albums and the pictures in them. The pictures' bytes are elsewhere, by file name.

use serde::{Deserialize, Serialize};

use super::changes::Misfit;

/// All albums and pictures of a shop.
#[derive(Debug)]
pub(crate) struct Photobank {
    pub(crate) albums: Vec<Album>,
    pub(crate) photos: Vec<Photo>,
    /// The highest ids that were ever given: a number is not given twice, also after a deletion.
    last_album: i64,
    last_photo: i64,
}

/// One album.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Album {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    /// 0 private, 1 public, 2 behind a password.
    pub(crate) authority: i64,
    pub(crate) password: Option<String>,
}

/// One picture.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Photo {
    pub(crate) id: i64,
    pub(crate) album: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    /// The file name below `img/ibank/`.
    pub(crate) file: String,
    pub(crate) bytes: u64,
}

/// A group that a shop sorts its goods into.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) id: i64,
    /// 0 at the top.
    pub(crate) parent: i64,
    pub(crate) name: String,
}

impl Photobank {
    /// An empty photobank: the one album that every shop has. `seed` keeps the ids of two shops apart.
    pub(crate) fn of(seed: u64) -> Self {
        let part = i64::try_from(seed % 9_000).unwrap_or(0);
        let album = 100_000 + part * 1_000;
        let first =
            Album {
                id: album, name: "默认相册".to_owned(), description: String::new(), authority: 1, password: None
            };
        Self {
            albums: vec![first],
            photos: Vec::new(),
            last_album: album,
            // Ten digits, as the platform's are.
            last_photo: 9_000_000_000 + part * 100_000,
        }
    }

    pub(crate) fn next_album(&self) -> i64 {
        self.last_album + 1
    }

    pub(crate) fn next_photo(&self) -> i64 {
        self.last_photo + 1
    }

    pub(crate) fn album(&self, id: i64) -> Option<&Album> {
        self.albums.iter().find(|album| album.id == id)
    }

    pub(crate) fn photo(&self, id: i64) -> Option<&Photo> {
        self.photos.iter().find(|photo| photo.id == id)
    }

    /// The album that nobody can delete.
    pub(crate) fn is_first(&self, album: i64) -> bool {
        self.albums.first().is_some_and(|first| first.id == album)
    }

    /// Pictures of an album, newest first.
    pub(crate) fn photos_in(&self, album: i64) -> impl Iterator<Item = &Photo> {
        self.photos.iter().rev().filter(move |photo| photo.album == album)
    }

    pub(super) fn put_album(&mut self, album: Album) -> Result<(), Misfit> {
        self.last_album = self.last_album.max(album.id);
        match self.albums.iter_mut().find(|known| known.id == album.id) {
            Some(known) => *known = album,
            None => self.albums.push(album),
        }
        Ok(())
    }

    pub(super) fn delete_album(&mut self, id: i64) -> Result<(), Misfit> {
        self.album(id).ok_or(Misfit::Album(id))?;
        self.albums.retain(|album| album.id != id);
        self.photos.retain(|photo| photo.album != id);
        Ok(())
    }

    pub(super) fn put_photo(&mut self, photo: Photo) -> Result<(), Misfit> {
        self.album(photo.album).ok_or(Misfit::Album(photo.album))?;
        self.last_photo = self.last_photo.max(photo.id);
        match self.photos.iter_mut().find(|known| known.id == photo.id) {
            Some(known) => *known = photo,
            None => self.photos.push(photo),
        }
        Ok(())
    }

    pub(super) fn delete_photo(&mut self, id: i64) -> Result<(), Misfit> {
        self.photo(id).ok_or(Misfit::Photo(id))?;
        self.photos.retain(|photo| photo.id != id);
        Ok(())
    }
}
