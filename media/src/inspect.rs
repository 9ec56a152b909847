//! What pixel statistics say about a product picture: size, sharpness, white background.
//!
//! It measures and never judges: thresholds are the shop's configuration. All figures are whole numbers, so that the same
//! picture reads the same in every report and on every machine.

use image::imageops::{self, FilterType};
use image::{GrayImage, RgbImage};
use serde::{Deserialize, Serialize};

use crate::decode::{self, InspectError, Limits, PictureFormat};

/// From this value on, in every channel, a pixel looks white on a screen; JPEG seldom leaves a pure 255.
const WHITE: u8 = 245;
/// Sharpness is measured at one width, or a big picture would always look softer than a small one.
const SHARPNESS_WIDTH: f64 = 512.0;
/// Very tall pictures are measured smaller: at full width a strip one pixel wide would grow to gigabytes.
const SHARPNESS_HEIGHT: f64 = 2048.0;

/// What a machine sees in a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// What the bytes are, whatever the file's name says.
    pub format: PictureFormat,
    /// Pixels across, upright as a buyer sees it.
    pub width: u32,
    /// Pixels down, upright as a buyer sees it.
    pub height: u32,
    /// File size in bytes.
    pub byte_size: u64,
    /// The file has more bytes than [`Limits::heavy_bytes`].
    pub file_too_big: bool,
    /// As wide as high.
    pub square: bool,
    /// Some pixel lets the background through. All measures take that background as white.
    pub transparent: bool,
    /// Variance of the Laplacian at 512 px width. Below about 25 looks blurred; flat studio pictures have 100 to 200, busy
    /// ones several hundred.
    pub sharpness: u32,
    /// Percent of all pixels that are white.
    pub white_share: u32,
    /// Percent of the border that is white. The border is 1 % of the shorter side deep, at least one pixel.
    pub white_border: u32,
    /// How far the border's pixels lie from their mean colour (root mean square, 0 to about 220): 0 is a plain background,
    /// above 15 is not plain.
    pub border_spread: u32,
}

/// Looks at a picture.
///
/// # Errors
/// [`InspectError`]: not a picture, larger than the limits, or damaged.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspection, InspectError> {
    let decode::Decoded { format, pixels, transparent } = decode::decode(bytes, limits)?;
    let (width, height) = pixels.dimensions();
    let background = Background::of(&pixels);
    let byte_size = bytes.len() as u64;
    Ok(Inspection {
        format,
        width,
        height,
        byte_size,
        file_too_big: byte_size > limits.heavy_bytes,
        square: width == height,
        transparent,
        sharpness: sharpness(&pixels),
        white_share: background.white_share,
        white_border: background.white_border,
        border_spread: background.border_spread,
    })
}

struct Background {
    white_share: u32,
    white_border: u32,
    border_spread: u32,
}

impl Background {
    fn of(pixels: &RgbImage) -> Self {
        let (width, height) = pixels.dimensions();
        let depth = (width.min(height) / 100).max(1);
        let (mut white, mut border, mut border_white) = (0_u64, 0_u64, 0_u64);
        let (mut sums, mut squares) = ([0_u64; 3], [0_u64; 3]);
        for (x, y, pixel) in pixels.enumerate_pixels() {
            let is_white = pixel.0.iter().all(|channel| *channel >= WHITE);
            white += u64::from(is_white);
            let inside = x >= depth && y >= depth && x + depth < width && y + depth < height;
            if inside {
                continue;
            }
            border += 1;
            border_white += u64::from(is_white);
            for (channel, value) in pixel.0.iter().enumerate() {
                sums[channel] += u64::from(*value);
                squares[channel] += u64::from(*value).pow(2);
            }
        }
        let mean = |sum: u64| sum as f64 / border as f64;
        let variance: f64 = (0..3).map(|c| (mean(squares[c]) - mean(sums[c]).powi(2)).max(0.0)).sum();
        Self {
            white_share: percent(white, u64::from(width) * u64::from(height)),
            white_border: percent(border_white, border),
            border_spread: variance.sqrt().round() as u32,
        }
    }
}

fn percent(part: u64, whole: u64) -> u32 {
    ((part * 200 + whole) / (whole * 2)) as u32
}

fn sharpness(pixels: &RgbImage) -> u32 {
    let (width, height) = pixels.dimensions();
    let scale = (SHARPNESS_WIDTH / f64::from(width)).min(SHARPNESS_HEIGHT / f64::from(height));
    let scaled = |length: u32| (f64::from(length) * scale).round().max(1.0) as u32;
    let grey = imageops::grayscale(pixels);
    laplacian_variance(&imageops::resize(&grey, scaled(width), scaled(height), FilterType::Triangle))
}

fn laplacian_variance(grey: &GrayImage) -> u32 {
    let (width, height) = grey.dimensions();
    if width < 3 || height < 3 {
        return 0;
    }
    let at = |x: u32, y: u32| i64::from(grey.get_pixel(x, y).0[0]);
    let (mut sum, mut squares) = (0_i64, 0_i64);
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            let edge = 4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1);
            sum += edge;
            squares += edge * edge;
        }
    }
    let count = f64::from(width - 2) * f64::from(height - 2);
    let mean = sum as f64 / count;
    (squares as f64 / count - mean * mean).max(0.0).round() as u32
}
