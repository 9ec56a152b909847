//! Pictures as merchants upload them, and as an attacker would.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, imageops};
use xiaoer_media::{InspectError, Inspection, Limits, PictureFormat, inspect, thumbnail};

const WHITE: Rgb<u8> = Rgb([255; 3]);

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.into().write_to(&mut out, ImageFormat::Png).expect("encodes");
    out.into_inner()
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut out, 90)).expect("encodes");
    out
}

fn look(bytes: &[u8]) -> Inspection {
    inspect(bytes, &Limits::default()).expect("a picture")
}

/// A striped mug on a background: edges like a product's, and a border that is all background.
fn product(width: u32, height: u32, background: Rgb<u8>) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (f64::from(x) / f64::from(width) - 0.5, f64::from(y) / f64::from(height) - 0.5);
        let tile = (width / 40).max(1);
        match dx * dx + dy * dy < 0.09 {
            true if (x / tile + y / tile).is_multiple_of(2) => Rgb([40, 60, 120]),
            true => Rgb([230, 190, 60]),
            false => background,
        }
    })
}

#[test]
fn a_studio_picture_is_square_sharp_and_white_around() {
    let bytes = png(product(600, 600, WHITE));
    let seen = look(&bytes);
    assert_eq!((seen.format, seen.width, seen.height), (PictureFormat::Png, 600, 600));
    assert_eq!(seen.byte_size, bytes.len() as u64);
    assert!(seen.square && !seen.transparent && !seen.file_too_big);
    assert_eq!((seen.white_border, seen.border_spread), (100, 0));
    // A circle of radius 0.3 covers 28 % of the square.
    assert!((71..=73).contains(&seen.white_share), "{seen:?}");
    assert!(seen.sharpness > 100, "{seen:?}");
}

#[test]
fn the_same_picture_out_of_focus_reads_as_blurred() {
    let sharp = product(600, 600, WHITE);
    let blurred = imageops::blur(&sharp, 6.0);
    let (sharp, blurred) = (look(&jpeg(&sharp)).sharpness, look(&jpeg(&blurred)).sharpness);
    assert!(sharp > 100 && blurred < 25, "sharp {sharp}, blurred {blurred}");
}

#[test]
fn sharpness_does_not_depend_on_how_many_pixels_there_are() {
    let [small, middle, big] = [768, 1024, 1280].map(|side| look(&png(product(side, side, WHITE))).sharpness);
    assert!(small.abs_diff(middle) * 4 < middle && big.abs_diff(middle) * 4 < middle, "{small}, {middle}, {big}");
}

#[test]
fn a_coloured_or_busy_background_is_not_white() {
    let grey = look(&png(product(300, 200, Rgb([120, 140, 160]))));
    assert!(!grey.square);
    assert_eq!((grey.white_border, grey.white_share, grey.border_spread), (0, 0, 0));
    let busy =
        RgbImage::from_fn(300, 300, |x, y| Rgb([(x * 7 % 256) as u8, (y * 11 % 256) as u8, ((x + y) * 5 % 256) as u8]));
    assert!(look(&png(busy)).border_spread > 80);
}

#[test]
fn half_a_white_border_is_half() {
    let split = RgbImage::from_fn(400, 400, |x, _| if x < 200 { WHITE } else { Rgb([0; 3]) });
    let seen = look(&png(split));
    assert_eq!((seen.white_border, seen.white_share), (50, 50));
    assert!((219..=222).contains(&seen.border_spread), "{seen:?}");
}

#[test]
fn what_is_transparent_lies_on_white_as_on_the_page() {
    let cut_out =
        RgbaImage::from_fn(200, 200, |x, _| if x < 100 { Rgba([0, 0, 0, 0]) } else { Rgba([200, 0, 0, 255]) });
    let seen = look(&png(cut_out));
    assert!(seen.transparent);
    assert_eq!(seen.white_share, 50);
}

#[test]
fn a_phone_picture_is_measured_upright() {
    let stored = jpeg(&product(400, 200, WHITE));
    // An EXIF block with the one entry Orientation = 6: turn a quarter to the right.
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let mut turned = stored[..2].to_vec();
    turned.extend([0xFF, 0xE1]);
    turned.extend((exif.len() as u16 + 2).to_be_bytes());
    turned.extend(exif);
    turned.extend(&stored[2..]);
    assert_eq!((look(&stored).width, look(&stored).height), (400, 200));
    assert_eq!((look(&turned).width, look(&turned).height), (200, 400));
}

#[test]
fn a_webp_is_known_by_its_bytes() {
    let mut bytes = Vec::new();
    product(64, 48, WHITE).write_with_encoder(WebPEncoder::new_lossless(&mut bytes)).expect("encodes");
    assert_eq!((look(&bytes).format, look(&bytes).width), (PictureFormat::Webp, 64));
}

#[test]
fn a_file_that_was_cut_off_is_damaged_in_every_format() {
    let picture = product(300, 300, WHITE);
    let mut webp = Vec::new();
    picture.write_with_encoder(WebPEncoder::new_lossless(&mut webp)).expect("encodes");
    for (format, whole) in
        [(PictureFormat::Jpeg, jpeg(&picture)), (PictureFormat::Png, png(picture.clone())), (PictureFormat::Webp, webp)]
    {
        for part in [whole.len() * 9 / 10, whole.len() / 2, 40] {
            match inspect(&whole[..part], &Limits::default()) {
                Err(InspectError::Damaged { format: said, .. }) => assert_eq!(said, format),
                other => panic!("{part} of {} bytes of a {format}: {other:?}", whole.len()),
            }
        }
    }
}

#[test]
fn the_end_of_a_preview_is_not_taken_for_the_end_of_the_picture() {
    let whole = jpeg(&product(300, 300, WHITE));
    let preview = jpeg(&product(16, 16, WHITE));
    let mut bytes = whole[..2].to_vec();
    bytes.extend([0xFF, 0xE1]);
    bytes.extend((preview.len() as u16 + 2).to_be_bytes());
    bytes.extend(preview);
    bytes.extend(&whole[2..]);
    look(&bytes);
    bytes.truncate(bytes.len() - whole.len() / 2);
    assert!(matches!(inspect(&bytes, &Limits::default()), Err(InspectError::Damaged { .. })));
}

#[test]
fn what_is_no_picture_is_said_to_be_none() {
    for bytes in [&b""[..], b"<html>404</html>", b"%PDF-1.7", b"GIF89a\x01\0\x01\0\0\0\0;", &[0; 64]] {
        assert_eq!(inspect(bytes, &Limits::default()), Err(InspectError::NotAPicture));
    }
}

/// A PNG whose header claims a size that its data does not have.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(RgbImage::new(1, 1));
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = bytes[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[test]
fn a_small_file_that_claims_gigapixels_is_refused_undecoded() {
    let mut jpeg_bomb = jpeg(&RgbImage::new(8, 8));
    let frame = jpeg_bomb.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame header");
    jpeg_bomb[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xF0, 0xFF, 0xF0]);
    let mut webp_bomb = Vec::new();
    RgbImage::new(8, 8).write_with_encoder(WebPEncoder::new_lossless(&mut webp_bomb)).expect("encodes");
    let header = webp_bomb.windows(4).position(|word| word == b"VP8L").expect("a lossless chunk") + 9;
    webp_bomb[header..header + 4].copy_from_slice(&(14_999_u32 | 14_999 << 14).to_le_bytes());

    let bombs =
        [jpeg_bomb, webp_bomb, png_claiming(15_000, 15_000), png_claiming(1, 1 << 30), png_claiming(1 << 30, 1 << 30)];
    for bomb in bombs {
        assert!(bomb.len() < 2_000);
        let refused = inspect(&bomb, &Limits::default());
        assert!(matches!(refused, Err(InspectError::TooLarge { .. })), "{refused:?}");
        assert!(matches!(thumbnail(&bomb, 100, &Limits::default()), Err(InspectError::TooLarge { .. })));
    }
}

#[test]
fn a_huge_frame_behind_a_small_canvas_is_refused_too() {
    let mut bytes = b"RIFF\x2a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
    bytes.extend([9, 0, 0, 9, 0, 0]); // a canvas of 10 by 10
    bytes.extend(b"VP8 \x0c\0\0\0\x10\0\0\x9d\x01\x2a");
    bytes.extend([0xFF, 0x3F, 0xFF, 0x3F, 0, 0]);
    let refused = inspect(&bytes, &Limits::default());
    assert!(
        matches!(&refused, Err(InspectError::TooLarge { measured, .. }) if measured.starts_with("16383×16383")),
        "{refused:?}"
    );
}

#[test]
fn a_picture_one_pixel_wide_costs_no_gigabytes() {
    for (width, height) in [(1, 16_000), (16_000, 1), (1, 1), (2, 2)] {
        let seen = look(&png(RgbImage::from_pixel(width, height, WHITE)));
        assert_eq!((seen.width, seen.height, seen.white_share, seen.white_border), (width, height, 100, 100));
    }
}

#[test]
fn a_heavy_file_is_reported_and_a_huge_one_refused() {
    let bytes = png(product(100, 100, WHITE));
    let size = bytes.len() as u64;
    let heavy = Limits { heavy_bytes: size - 1, ..Limits::default() };
    assert!(inspect(&bytes, &heavy).expect("a picture").file_too_big);
    let exactly = Limits { heavy_bytes: size, max_bytes: size, ..Limits::default() };
    assert!(!inspect(&bytes, &exactly).expect("a picture").file_too_big);
    let huge = Limits { max_bytes: size - 1, ..Limits::default() };
    assert!(matches!(inspect(&bytes, &huge), Err(InspectError::TooLarge { .. })));
}

#[test]
fn a_refusal_tells_the_merchant_what_to_do() {
    let refused = inspect(&png_claiming(15_000, 15_000), &Limits::default()).expect_err("too large");
    assert_eq!(refused.merchant_sentence(), "图片过大（15000×15000 px，上限 25000000 px），请缩小或压缩后重新上传");
    let cut = inspect(&png(product(50, 50, WHITE))[..60], &Limits::default()).expect_err("cut off");
    assert_eq!(cut.merchant_sentence(), "图片文件不完整或已损坏，请从原图重新导出后上传");
}

#[test]
fn a_thumbnail_keeps_the_shape_and_never_grows() {
    let size = |bytes: &[u8]| (look(bytes).format, look(bytes).width, look(bytes).height);
    let bytes = png(product(640, 480, WHITE));
    let small = thumbnail(&bytes, 160, &Limits::default()).expect("a picture");
    assert_eq!(size(&small), (PictureFormat::Jpeg, 160, 120));
    assert_eq!(
        size(&thumbnail(&bytes, 5_000, &Limits::default()).expect("a picture")),
        (PictureFormat::Jpeg, 640, 480)
    );
    let strip = png(RgbImage::new(1, 3_000));
    assert_eq!(size(&thumbnail(&strip, 100, &Limits::default()).expect("a picture")), (PictureFormat::Jpeg, 1, 100));
    assert_eq!(size(&thumbnail(&bytes, 0, &Limits::default()).expect("a picture")).1, 1);
    assert_eq!(small, thumbnail(&bytes, 160, &Limits::default()).expect("a picture"));
}

#[test]
fn findings_survive_the_journal() {
    let seen = look(&jpeg(&product(320, 240, WHITE)));
    let stored = serde_json::to_string(&seen).expect("writes");
    assert!(stored.contains("\"format\":\"jpeg\""), "{stored}");
    assert_eq!(serde_json::from_str::<Inspection>(&stored).expect("reads"), seen);
    assert_eq!(look(&jpeg(&product(320, 240, WHITE))), seen);
}
