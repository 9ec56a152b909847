//! `white.image.upload`: takes a picture only if its background is white, as activities want it.

use serde_json::{Value, json};

use super::photos::{kept, url};
use crate::methods::{Answer, ShopCall};
use crate::pictures::uploads;
use crate::wire::envelope::GatewayError;
use crate::world::changes::Change;

/// The darkest channel of a background that still counts as white.
const WHITE: u8 = 245;
/// Pixels of a hundred at the edge that must be white.
const SHARE: usize = 98;

pub(in crate::methods) fn upload(call: &mut ShopCall<'_>) -> Answer {
    let bytes = call.params.bytes("data")?.ok_or_else(|| GatewayError::param_missing("data"))?;
    if uploads::refusal(&bytes).is_some() || !is_on_white(&bytes) {
        return Ok(json!({ "result": null, "success": false, "code": "400_1", "message": "不符合白底图要求" }));
    }
    let file = uploads::file_name(&bytes);
    kept(call, &file, &bytes)?;
    let address = url(call, &file);
    call.write(Change::Uploaded { file }, format!("white:{}", uploads::digest(&bytes)), Value::Null)?;
    Ok(json!({ "result": address, "success": true }))
}

/// Whether the picture's edge is white all around. What cannot be decoded is not.
fn is_on_white(bytes: &[u8]) -> bool {
    let Ok(picture) = image::load_from_memory(bytes) else { return false };
    let picture = picture.to_rgb8();
    let (right, bottom) = (picture.width().saturating_sub(1), picture.height().saturating_sub(1));
    let edge = (0..=right).flat_map(|x| [(x, 0), (x, bottom)]).chain((0..=bottom).flat_map(|y| [(0, y), (right, y)]));
    let (mut all, mut white) = (0_usize, 0_usize);
    for (x, y) in edge {
        all += 1;
        white += usize::from(picture.get_pixel(x, y).0.iter().all(|channel| *channel >= WHITE));
    }
    white * 100 >= all * SHARE
}
