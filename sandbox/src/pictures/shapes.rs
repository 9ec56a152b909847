//! The drawings, as SVG without text: a backdrop by view and one body a trade, each in a box of 800 by 800.

use crate::world::product::Picture;

/// The whole drawing for a canvas of this size.
pub(super) fn svg(picture: &Picture, (width, height): (u32, u32)) -> String {
    let colour = |position: usize| {
        picture.colours.get(position % picture.colours.len().max(1)).map_or("#8899aa", String::as_str)
    };
    let body = body_of(&picture.shape);
    let main = colour(0);
    let scene = match picture.view {
        // Every colour in a row.
        1 => format!(
            "{}<g transform='translate(-70 150) scale(.62)'>{}</g><g transform='translate(370 150) scale(.62)'>{}</g><g transform='translate(120 210) scale(.7)'>{}</g>",
            plain_backdrop(&shade(main, 170)),
            body(colour(1)),
            body(colour(2)),
            body(main)
        ),
        // Close up, cut by the edge.
        2 => format!("{}<g transform='translate(-330 -260) scale(1.75)'>{}</g>", plain_backdrop("#f4f2ee"), body(main)),
        // On a table.
        3 => format!("{}<g transform='translate(20 20) scale(.95)'>{}</g>", table_backdrop(), body(main)),
        _ => format!("{}{}", studio_backdrop(), body(main)),
    };
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 800 800' preserveAspectRatio='xMidYMid slice'>{}{scene}</svg>",
        shared_defs()
    )
}

fn body_of(shape: &str) -> fn(&str) -> String {
    match shape {
        "cup" => cup,
        "bag" => bag,
        "bolt" => bolt,
        "bearing" => bearing,
        "seal" => seal,
        _ => case,
    }
}

/// `#rrggbb` times `percent`, cut at white.
fn shade(colour: &str, percent: u32) -> String {
    let part =
        |from: usize| colour.get(from..from + 2).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(128);
    // Lightening moves towards white, so that dark colours lighten too.
    let move_to = |value: u32| {
        if percent > 100 { value + (255 - value) * (percent - 100).min(100) / 100 } else { value * percent / 100 }
    };
    format!("#{:02x}{:02x}{:02x}", move_to(part(1)), move_to(part(3)), move_to(part(5)))
}

fn shared_defs() -> String {
    "<defs><filter id='soft' x='-40%' y='-150%' width='180%' height='400%'><feGaussianBlur stdDeviation='14'/></filter>\
     <linearGradient id='steel' x1='0' x2='1' y1='0' y2='0'><stop offset='0' stop-color='#7d8389'/><stop offset='.2' stop-color='#eef1f3'/><stop offset='.45' stop-color='#b6bcc2'/><stop offset='.7' stop-color='#f7f9fa'/><stop offset='1' stop-color='#6f757b'/></linearGradient>\
     <pattern id='weave' width='6' height='6' patternUnits='userSpaceOnUse'><path d='M0 0H3V3H0ZM3 3H6V6H3Z' fill='#000' fill-opacity='.09'/></pattern>\
     <pattern id='knurl' width='10' height='10' patternUnits='userSpaceOnUse'><path d='M0 10L10 0M-2 2L2 -2M8 12L12 8' stroke='#000' stroke-opacity='.32' stroke-width='2'/></pattern></defs>"
        .to_owned()
}

/// A filled rectangle whose colour runs sideways as on something round.
fn round_fill(id: &str, colour: &str) -> String {
    let stops = [(0, 58), (22, 145), (48, 100), (80, 74), (100, 46)];
    let stops: String = stops
        .iter()
        .map(|(at, percent)| format!("<stop offset='{at}%' stop-color='{}'/>", shade(colour, *percent)))
        .collect();
    format!("<defs><linearGradient id='{id}'>{stops}</linearGradient></defs>")
}

/// An id that differs by colour: one drawing may hold the same body in three colours.
fn fill_id(colour: &str) -> String {
    format!("c{}", colour.trim_start_matches('#'))
}

fn shadow(y: u32, width: u32) -> String {
    format!("<ellipse cx='400' cy='{y}' rx='{width}' ry='24' fill='#000' fill-opacity='.34' filter='url(#soft)'/>")
}

fn studio_backdrop() -> String {
    "<rect width='800' height='800' fill='#fdfdfc'/><rect y='640' width='800' height='160' fill='#f3f2f0'/>".to_owned()
}

fn plain_backdrop(colour: &str) -> String {
    format!(
        "<rect width='800' height='800' fill='{colour}'/><circle cx='640' cy='150' r='230' fill='#fff' fill-opacity='.35'/><path d='M0 690H800V800H0Z' fill='#000' fill-opacity='.06'/>"
    )
}

fn table_backdrop() -> String {
    let planks: String = (0..5).map(|plank| format!("<path d='M0 {y}H800' stroke='#8a5f35' stroke-width='3'/><path d='M{x} {y}v46' stroke='#8a5f35' stroke-width='2'/>", y = 590 + plank * 46, x = 120 + plank * 137)).collect();
    format!(
        "<rect width='800' height='800' fill='#e9e4da'/><rect x='70' y='60' width='250' height='330' fill='#f8f6f1'/><path d='M195 60V390M70 225H320' stroke='#d6cfc2' stroke-width='10'/><rect y='590' width='800' height='210' fill='#b98654'/>{planks}"
    )
}

fn cup(colour: &str) -> String {
    let id = fill_id(colour);
    let rings: String = (0..9)
        .map(|ring| {
            format!("<path d='M282 {y}H518' stroke='#000' stroke-opacity='.30' stroke-width='3'/>", y = 172 + ring * 8)
        })
        .collect();
    format!(
        "{defs}{shadow}<rect x='270' y='250' width='260' height='430' rx='34' fill='url(#{id})'/><rect x='264' y='238' width='272' height='26' rx='10' fill='url(#steel)'/>\
         <rect x='280' y='140' width='240' height='104' rx='22' fill='url(#steel)'/>{rings}<path d='M350 140C350 90 450 90 450 140' fill='none' stroke='#5f656b' stroke-width='16'/>\
         <rect x='272' y='644' width='256' height='34' rx='16' fill='url(#steel)'/><path d='M312 290V620' stroke='#fff' stroke-opacity='.55' stroke-width='16' stroke-linecap='round'/>\
         <circle cx='408' cy='440' r='52' fill='none' stroke='{light}' stroke-width='7'/><path d='M372 452L398 412L416 440L428 424L446 452Z' fill='{light}'/><path d='M350 540H466M368 560H448' stroke='{light}' stroke-width='6'/>",
        defs = round_fill(&id, colour),
        shadow = shadow(684, 190),
        light = shade(colour, 178)
    )
}

fn case(colour: &str) -> String {
    let (light, dark) = (shade(colour, 150), shade(colour, 62));
    let drawers: String = (0..3)
        .map(|drawer| {
            let y = 270 + drawer * 126;
            format!(
                "<rect x='196' y='{y}' width='408' height='112' rx='12' fill='{light}' stroke='{dark}' stroke-width='5'/><rect x='340' y='{}' width='120' height='20' rx='10' fill='{dark}'/>\
                 <path d='M214 {b}H586' stroke='#fff' stroke-opacity='.8' stroke-width='5'/><path d='M230 {c}H300M230 {d}H276' stroke='{dark}' stroke-width='6'/>",
                y + 44, b = y + 14, c = y + 70, d = y + 86
            )
        })
        .collect();
    format!(
        "{}<path d='M176 250L236 170H664L624 250Z' fill='{light}' stroke='{dark}' stroke-width='5'/><path d='M624 250L664 170V590L624 660Z' fill='{}' stroke='{dark}' stroke-width='5'/>\
         <rect x='176' y='250' width='448' height='410' rx='16' fill='{colour}' stroke='{dark}' stroke-width='6'/>{drawers}",
        shadow(664, 260),
        shade(colour, 80)
    )
}

fn bag(colour: &str) -> String {
    let dark = shade(colour, 55);
    let stitches = "<path d='M222 318H578M214 650H586' fill='none' stroke-width='4' stroke-dasharray='12 7'/>";
    let body = "M205 290H595L612 672H188Z";
    format!(
        "{shadow}<path d='M300 300C300 90 500 90 500 300' fill='none' stroke='{dark}' stroke-width='26'/><path d='M322 300C322 130 478 130 478 300' fill='none' stroke='{colour}' stroke-width='22'/>\
         <path d='{body}' fill='{colour}'/><path d='{body}' fill='url(#weave)'/><path d='M595 290L612 672H560L556 290Z' fill='#000' fill-opacity='.12'/><g stroke='{dark}'>{stitches}</g>\
         <circle cx='400' cy='480' r='92' fill='none' stroke='{dark}' stroke-width='8'/><path d='M400 410C440 440 452 500 400 548C348 500 360 440 400 410ZM400 430V540M400 470L430 448M400 496L368 470' fill='none' stroke='{dark}' stroke-width='7'/>\
         <path d='M330 604H470M352 624H448' stroke='{dark}' stroke-width='7'/>",
        shadow = shadow(678, 230)
    )
}

fn bolt(colour: &str) -> String {
    let id = fill_id(colour);
    let threads: String = (0..19)
        .map(|turn| {
            format!(
                "<path d='M352 {a}L448 {b}' stroke='#000' stroke-opacity='.45' stroke-width='7'/>",
                a = 336 + turn * 19,
                b = 326 + turn * 19
            )
        })
        .collect();
    let nut = "<path d='M530 560L590 530L650 560V640L590 672L530 640Z' fill='url(#steel)' stroke='#555b61' stroke-width='5'/><circle cx='590' cy='600' r='34' fill='#3b4045'/><circle cx='590' cy='600' r='26' fill='#fdfdfc'/>";
    format!(
        "{defs}{shadow}<rect x='352' y='300' width='96' height='372' rx='10' fill='url(#{id})'/>{threads}<path d='M290 190H510L540 250L510 312H290L260 250Z' fill='url(#{id})' stroke='{dark}' stroke-width='6'/>\
         <path d='M330 190V312M470 190V312' stroke='{dark}' stroke-width='4'/><path d='M262 250H538' stroke='#fff' stroke-opacity='.4' stroke-width='5'/>{nut}",
        defs = round_fill(&id, colour),
        shadow = shadow(678, 210),
        dark = shade(colour, 45)
    )
}

fn bearing(colour: &str) -> String {
    let balls: String = [(0, -150), (106, -106), (150, 0), (106, 106), (0, 150), (-106, 106), (-150, 0), (-106, -106)]
        .iter()
        .map(|(x, y)| format!("<circle cx='{}' cy='{}' r='38' fill='url(#steel)' stroke='#4c5156' stroke-width='5'/><circle cx='{}' cy='{}' r='9' fill='#fff'/>", 400 + x, 420 + y, 388 + x, 406 + y))
        .collect();
    format!(
        "{}<circle cx='400' cy='420' r='246' fill='url(#steel)' stroke='#50565c' stroke-width='6'/><circle cx='400' cy='420' r='206' fill='{}' stroke='#50565c' stroke-width='5'/><circle cx='400' cy='420' r='196' fill='{}'/>\
         {balls}<circle cx='400' cy='420' r='108' fill='url(#steel)' stroke='#50565c' stroke-width='5'/><circle cx='400' cy='420' r='104' fill='url(#knurl)'/><circle cx='400' cy='420' r='70' fill='#fdfdfc' stroke='#50565c' stroke-width='6'/>",
        shadow(676, 220),
        shade(colour, 60),
        shade(colour, 85)
    )
}

fn seal(colour: &str) -> String {
    let ring = |x: u32, y: u32, radius: u32| {
        format!(
            "<circle cx='{x}' cy='{y}' r='{radius}' fill='none' stroke='{colour}' stroke-width='34'/><circle cx='{x}' cy='{y}' r='{radius}' fill='none' stroke='url(#knurl)' stroke-width='34'/>\
             <circle cx='{x}' cy='{y}' r='{}' fill='none' stroke='{}' stroke-width='5'/><circle cx='{x}' cy='{y}' r='{}' fill='none' stroke='#000' stroke-opacity='.5' stroke-width='3'/>",
            radius + 7,
            shade(colour, 165),
            radius.saturating_sub(17)
        )
    };
    format!(
        "{}{}{}{}{}",
        shadow(676, 250),
        ring(320, 360, 170),
        ring(520, 470, 150),
        ring(300, 560, 90),
        ring(560, 280, 60)
    )
}
