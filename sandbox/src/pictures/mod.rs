//! Product pictures. The shops' first ones are drawn when somebody asks: own art, the same every time, no file kept.
//! Some are spoiled on purpose, because the picture check must find work. Uploaded ones are answered byte for byte.

mod shapes;
pub(crate) mod uploads;

use std::io::Cursor;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use image::{DynamicImage, ImageFormat, RgbaImage, imageops};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;

use crate::Sandbox;
use crate::world::product::{Flaw, Picture};

/// Edge of a picture as the platform wants it.
const EDGE: u32 = 800;

/// `GET /img/ibank/{file}`.
pub(crate) async fn serve(State(sandbox): State<Arc<Sandbox>>, Path(file): Path<String>) -> Response {
    let (picture, uploaded) = {
        let state = sandbox.state();
        (state.world.picture(&file).cloned(), state.journal.uploads.bytes(&file))
    };
    if let Some(bytes) = uploaded {
        return ([(header::CONTENT_TYPE, uploads::mime(&file)), (header::CACHE_CONTROL, "max-age=86400")], bytes)
            .into_response();
    }
    let Some(picture) = picture else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // Drawing takes tens of milliseconds: not on a thread that answers calls.
    let drawn = tokio::task::spawn_blocking(move || png(&picture)).await;
    match drawn.ok().flatten() {
        Some(bytes) => {
            ([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "max-age=86400")], bytes).into_response()
        }
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The picture as PNG bytes.
fn png(picture: &Picture) -> Option<Vec<u8>> {
    let (width, height) = match picture.flaw {
        Flaw::Small => (EDGE / 2, EDGE / 2),
        Flaw::Wide => (EDGE, EDGE * 3 / 4),
        Flaw::None | Flaw::Blurred => (EDGE, EDGE),
    };
    let tree = usvg::Tree::from_str(&shapes::svg(picture, (width, height)), &usvg::Options::default()).ok()?;
    let mut canvas = Pixmap::new(width, height)?;
    resvg::render(&tree, Transform::identity(), &mut canvas.as_mut());
    let mut drawn = RgbaImage::from_raw(width, height, canvas.take())?;
    if picture.flaw == Flaw::Blurred {
        drawn = imageops::fast_blur(&drawn, 7.0);
    }
    let mut bytes = Cursor::new(Vec::new());
    // Every pixel is covered by the background: without alpha the file is a quarter smaller.
    DynamicImage::ImageRgba8(drawn).to_rgb8().write_to(&mut bytes, ImageFormat::Png).ok()?;
    Some(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use image::GenericImageView;

    use super::*;
    use crate::world::Industry;
    use crate::world::catalogue;
    use crate::world::product::Product;

    /// Variance of the Laplacian at 512 pixels: what a sharpness check measures.
    fn sharpness(bytes: &[u8]) -> f64 {
        let picture = image::load_from_memory(bytes).expect("a picture");
        let (width, height) = picture.dimensions();
        let grey = imageops::resize(&picture.to_luma8(), 512, 512 * height / width, imageops::FilterType::Triangle);
        let at = |x: u32, y: u32| f64::from(grey.get_pixel(x, y)[0]);
        let mut values = Vec::new();
        for y in 1..grey.height() - 1 {
            for x in 1..grey.width() - 1 {
                values.push(4.0 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1));
            }
        }
        let count = f64::from(u32::try_from(values.len()).expect("a small picture"));
        let mean = values.iter().sum::<f64>() / count;
        values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count
    }

    #[test]
    fn a_spoiled_picture_has_its_flaw_and_a_good_one_has_none() {
        let goods = [catalogue::products(7, Industry::Consumer), catalogue::products(7, Industry::Industrial)].concat();
        let main = |flaw: Flaw| {
            goods.iter().map(|product: &Product| &product.pictures[0]).filter(move |picture| picture.flaw == flaw)
        };
        for picture in [Flaw::Small, Flaw::Wide, Flaw::Blurred].into_iter().flat_map(|flaw| main(flaw).take(1)) {
            let bytes = png(picture).expect("it is drawn");
            let size = image::load_from_memory(&bytes).expect("a picture").dimensions();
            match picture.flaw {
                Flaw::Small => assert_eq!(size, (400, 400)),
                Flaw::Wide => assert_eq!(size, (800, 600)),
                Flaw::Blurred => assert!(sharpness(&bytes) < 15.0, "blurred: {}", sharpness(&bytes)),
                Flaw::None => {}
            }
        }
        let mut shapes: Vec<&str> = Vec::new();
        for picture in main(Flaw::None) {
            if !shapes.contains(&picture.shape.as_str()) {
                shapes.push(&picture.shape);
                let bytes = png(picture).expect("it is drawn");
                assert!(sharpness(&bytes) > 60.0, "{}: {}", picture.shape, sharpness(&bytes));
                assert!(bytes.len() < 600_000, "{} takes {} bytes", picture.shape, bytes.len());
            }
        }
        assert_eq!(shapes.len(), 6);
    }

    #[test]
    fn every_view_of_every_trade_is_a_valid_drawing() {
        for product in catalogue::products(3, Industry::Consumer) {
            for picture in product.all_pictures() {
                let drawing = shapes::svg(picture, (EDGE, EDGE));
                assert!(usvg::Tree::from_str(&drawing, &usvg::Options::default()).is_ok(), "{}", product.title());
            }
        }
    }
}
