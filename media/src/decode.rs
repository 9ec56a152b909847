//! From bytes that anybody may have sent to pixels, within limits.
//!
//! It must never decode before the header's size was checked (a file of a few hundred bytes can claim gigapixels), and must
//! never call half a picture whole.

use std::fmt;
use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, RgbImage};
use serde::{Deserialize, Serialize};

const MIB: u64 = 1024 * 1024;
/// Eight bytes a pixel is the widest layout that the three formats decode to (RGBA with 16 bits a channel).
const WIDEST_PIXEL: u64 = 8;
const THUMBNAIL_QUALITY: u8 = 85;
/// Reports show pictures at a few hundred pixels; more would be a copy, not a thumbnail.
const LARGEST_THUMBNAIL: u32 = 4096;

/// What is opened at all, and from what size on a file counts as too big for a shop page. All of it is configuration: no
/// official limit of the platform is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// A file with more bytes than this is inspected, and reported as `file_too_big`.
    pub heavy_bytes: u64,
    /// A file with more bytes than this is refused unread.
    pub max_bytes: u64,
    /// A picture with a longer side than this, in pixels, is refused undecoded.
    pub max_side: u32,
    /// A picture with more pixels than this is refused undecoded. Decoding takes 8 to 16 bytes a pixel.
    pub max_pixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { heavy_bytes: 5 * MIB, max_bytes: 20 * MIB, max_side: 16_384, max_pixels: 25_000_000 }
    }
}

/// The formats that a shop page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum PictureFormat {
    Jpeg,
    Png,
    Webp,
}

impl fmt::Display for PictureFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
        })
    }
}

/// Why a picture could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum InspectError {
    /// The bytes are not a JPEG, PNG or WebP picture, or one of a kind that nobody else shows either.
    #[error("bytes are not a jpeg, png or webp picture")]
    NotAPicture,
    /// More than the limits allow; nothing was decoded.
    #[error("picture too large: {measured}, allowed {allowed}")]
    TooLarge {
        /// What the file is or claims to be, with its unit.
        measured: String,
        /// The limit that it breaks, with its unit.
        allowed: String,
    },
    /// It begins as a picture, and does not go on as one: cut off, or with wrong bytes in it.
    #[error("{format} picture damaged: {reason}")]
    Damaged {
        /// What it begins as.
        format: PictureFormat,
        /// What the decoder says.
        reason: String,
    },
}

impl InspectError {
    /// The sentence for the merchant: what is wrong and what to do.
    #[must_use]
    pub fn merchant_sentence(&self) -> String {
        match self {
            Self::NotAPicture => "这个文件不是可识别的图片，请另存为 JPG、PNG 或 WebP 后重新上传".into(),
            Self::TooLarge { measured, allowed } => {
                format!("图片过大（{measured}，上限 {allowed}），请缩小或压缩后重新上传")
            }
            Self::Damaged { .. } => "图片文件不完整或已损坏，请从原图重新导出后上传".into(),
        }
    }
}

/// A decoded picture, upright, as a buyer sees it: transparent parts lie on white.
pub(crate) struct Decoded {
    pub(crate) format: PictureFormat,
    pub(crate) pixels: RgbImage,
    pub(crate) transparent: bool,
}

pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, InspectError> {
    let size = bytes.len() as u64;
    if size > limits.max_bytes {
        return Err(too_large(megabytes(size), megabytes(limits.max_bytes)));
    }
    let format = sniff(bytes)?;
    let refuse = |error| refusal(format, limits, error);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format.into());
    let mut bounds = image::Limits::default();
    bounds.max_alloc = Some(limits.max_pixels.saturating_mul(WIDEST_PIXEL));
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().map_err(refuse)?;

    let claimed = std::iter::once(decoder.dimensions());
    let frames = webp_frames(if format == PictureFormat::Webp { bytes } else { &[] });
    for size in claimed.chain(frames) {
        check_size(format, size, limits)?;
    }
    if format == PictureFormat::Jpeg && !jpeg_has_its_end(bytes) {
        let reason = "the end of the picture is missing".into();
        return Err(InspectError::Damaged { format, reason });
    }
    // A broken EXIF block says nothing about the pixels: the picture is then shown as stored, as browsers do.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refuse)?;
    picture.apply_orientation(orientation);
    let (pixels, transparent) = on_white(picture);
    Ok(Decoded { format, pixels, transparent })
}

/// A JPEG (quality 85) of the picture with no side longer than `max_side` pixels, upright, on white; never enlarged.
///
/// # Errors
/// The same as [`inspect`](crate::inspect).
pub fn thumbnail(bytes: &[u8], max_side: u32, limits: &Limits) -> Result<Vec<u8>, InspectError> {
    let picture = decode(bytes, limits)?.pixels;
    let (width, height) = picture.dimensions();
    let side = max_side.clamp(1, LARGEST_THUMBNAIL);
    let long = width.max(height);
    let small = if long <= side {
        picture
    } else {
        let scaled = |length: u32| (u64::from(length) * u64::from(side) / u64::from(long)).max(1) as u32;
        imageops::resize(&picture, scaled(width), scaled(height), FilterType::CatmullRom)
    };
    let mut out = Vec::new();
    small
        .write_with_encoder(JpegEncoder::new_with_quality(&mut out, THUMBNAIL_QUALITY))
        .expect("an RGB picture of at most 4096 px a side encodes into memory");
    Ok(out)
}

fn sniff(bytes: &[u8]) -> Result<PictureFormat, InspectError> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => Ok(PictureFormat::Jpeg),
        Ok(ImageFormat::Png) => Ok(PictureFormat::Png),
        Ok(ImageFormat::WebP) => Ok(PictureFormat::Webp),
        _ => Err(InspectError::NotAPicture),
    }
}

impl From<PictureFormat> for ImageFormat {
    fn from(format: PictureFormat) -> Self {
        match format {
            PictureFormat::Jpeg => Self::Jpeg,
            PictureFormat::Png => Self::Png,
            PictureFormat::Webp => Self::WebP,
        }
    }
}

fn too_large(measured: String, allowed: String) -> InspectError {
    InspectError::TooLarge { measured, allowed }
}

fn check_size(format: PictureFormat, (width, height): (u32, u32), limits: &Limits) -> Result<(), InspectError> {
    let measured = format!("{width}×{height} px");
    if width == 0 || height == 0 {
        return Err(InspectError::Damaged { format, reason: measured });
    }
    if width.max(height) > limits.max_side {
        let side = limits.max_side;
        return Err(too_large(measured, format!("{side}×{side} px")));
    }
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(too_large(measured, format!("{} px", limits.max_pixels)));
    }
    Ok(())
}

/// The sizes that lossy WebP frames claim for themselves. The decoder makes room for a frame before it compares the frame with
/// the canvas that the file's header names, so a small canvas may hide a huge frame.
fn webp_frames(bytes: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    const KEY_FRAME: [u8; 3] = [0x9D, 0x01, 0x2A];
    bytes.windows(18).filter(|chunk| chunk.starts_with(b"VP8 ") && chunk[11..14] == KEY_FRAME).map(|chunk| {
        let side = |at: usize| u32::from(u16::from_le_bytes([chunk[at], chunk[at + 1]]) & 0x3FFF);
        (side(14), side(16))
    })
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / MIB as f64)
}

fn refusal(format: PictureFormat, limits: &Limits, error: ImageError) -> InspectError {
    match error {
        ImageError::Limits(_) => too_large(format!("> {} px", limits.max_pixels), format!("{} px", limits.max_pixels)),
        ImageError::Unsupported(_) => InspectError::NotAPicture,
        other => InspectError::Damaged { format, reason: other.to_string() },
    }
}

/// Whether the file reaches its end-of-image marker. The decoder does not ask: it paints what is missing grey and calls the
/// picture good, and a buyer would see half a product.
fn jpeg_has_its_end(bytes: &[u8]) -> bool {
    const END: u8 = 0xD9;
    let mut at = 2;
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (0xFF, END) => return true,
            // Stuffed bytes, restart markers and markers without a body stand inside the coded data.
            (0xFF, 0x00 | 0x01 | 0xD0..=0xD8) => at += 2,
            (0xFF, 0xFF) => at += 1,
            // A segment is stepped over whole: the preview inside an EXIF block has an end marker of its own.
            (0xFF, _) => match bytes.get(at + 2..at + 4) {
                Some(length) => at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2),
                None => return false,
            },
            _ => at += 1,
        }
    }
    false
}

fn on_white(picture: DynamicImage) -> (RgbImage, bool) {
    if !picture.color().has_alpha() {
        return (picture.into_rgb8(), false);
    }
    let rgba = picture.into_rgba8();
    let mut transparent = false;
    let mut flat = RgbImage::new(rgba.width(), rgba.height());
    for (to, from) in flat.pixels_mut().zip(rgba.pixels()) {
        let [colour @ .., alpha] = from.0;
        transparent |= alpha < 255;
        let alpha = u32::from(alpha);
        to.0 = colour.map(|c| ((u32::from(c) * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    (flat, transparent)
}
