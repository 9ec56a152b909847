//! Messages of wholesale buyers with personal data in them, written in the ways people write it, and harmless ones that look alike.
//! Made from a seed: always the same ones, and of each is known what stands where.

/// A message, and the pieces in it: `(kind, characters from, to)`.
pub(crate) struct Message {
    pub(crate) text: String,
    pub(crate) pieces: Vec<(&'static str, usize, usize)>,
    pub(crate) form: &'static str,
}

/// Draws that are the same for ever.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }
}

fn phone(dice: &mut Dice) -> String {
    format!("1{}{}", dice.of(&["38", "39", "50", "51", "58", "76", "80", "86", "88", "99", "35", "33"]), dice.digits(8))
}

fn id(dice: &mut Dice) -> String {
    let area = dice.of(&["330782", "440106", "110105", "320583", "350582", "510107", "420111"]);
    let birth = format!("{}{:02}{:02}", 1955 + dice.below(50), 1 + dice.below(12), 1 + dice.below(28));
    let body = format!("{area}{birth}{}", dice.digits(3));
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{body}{}", "10X98765432".as_bytes()[(sum % 11) as usize] as char)
}

fn card(dice: &mut Dice) -> String {
    let (head, length) =
        [("622202", 19), ("621700", 19), ("622848", 19), ("625912", 16), ("621483", 16), ("623058", 19)][dice.below(6)];
    let body = format!("{head}{}", dice.digits(length - head.len() - 1));
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let doubled = u32::from(digit - b'0') * if at % 2 == 0 { 2 } else { 1 };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A way to write digits, by its name.
type Form = (&'static str, fn(&str, &mut Dice) -> String);

fn grouped(digits: &str, sizes: &[usize], between: &str) -> String {
    let mut rest = digits;
    let mut groups = Vec::new();
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (group, more) = rest.split_at((*size).min(rest.len()));
        groups.push(group);
        rest = more;
    }
    groups.join(between)
}

fn replaced(digits: &str, with: &str) -> String {
    let with: Vec<char> = with.chars().collect();
    digits.chars().map(|c| c.to_digit(10).map_or(c, |digit| with[digit as usize])).collect()
}

const PHONES: &[Form] = &[
    ("plain", |d, _| d.into()),
    ("spaces", |d, _| grouped(d, &[3, 4, 4], " ")),
    ("each apart", |d, _| grouped(d, &[1], " ")),
    ("dashes", |d, _| grouped(d, &[3, 4, 4], "-")),
    ("dots", |d, _| grouped(d, &[3, 4, 4], ".")),
    ("commas", |d, _| grouped(d, &[3, 4, 4], "，")),
    ("seven and four", |d, _| grouped(d, &[7, 4], " ")),
    ("full width", |d, _| replaced(d, "０１２３４５６７８９")),
    ("full width apart", |d, _| grouped(&replaced(d, "0123456789"), &[3, 4, 4], "　")),
    ("han", |d, _| replaced(d, "零一二三四五六七八九")),
    ("han round", |d, _| replaced(d, "〇一二三四五六七八九")),
    ("spoken", |d, _| replaced(d, "零幺二三四五六七八九")),
    ("formal", |d, _| replaced(d, "零壹贰叁肆伍陆柒捌玖")),
    ("circled", |d, _| replaced(d, "⓪①②③④⑤⑥⑦⑧⑨")),
    ("mixed", |d, dice| {
        let han: Vec<char> = "零一二三四五六七八九".chars().collect();
        d.chars().map(|c| if dice.below(2) == 0 { han[(c as u8 - b'0') as usize] } else { c }).collect()
    }),
    ("country", |d, _| format!("+86{d}")),
    ("country apart", |d, _| format!("+86 {}", grouped(d, &[3, 4, 4], " "))),
    ("country long", |d, _| format!("0086-{d}")),
    ("hidden", |d, _| grouped(d, &[2], "\u{200b}")),
    ("letters", |d, _| format!("{}{}", &d[..3], d[3..].replace('0', "o"))),
    ("keycaps", |d, _| d.chars().map(|c| format!("{c}\u{fe0f}\u{20e3}")).collect()),
];

const IDS: &[Form] = &[
    ("plain", |d, _| d.into()),
    ("small x", |d, _| d.to_lowercase()),
    ("groups", |d, _| format!("{} {} {}", &d[..6], &d[6..14], &d[14..])),
    ("fours", |d, _| grouped(d, &[4], " ")),
    ("full width", |d, _| replaced(d, "０１２３４５６７８９").replace('X', "Ｘ")),
    ("han", |d, _| replaced(d, "零一二三四五六七八九")),
    ("dashes", |d, _| format!("{}-{}-{}", &d[..6], &d[6..14], &d[14..])),
    ("hidden", |d, _| grouped(d, &[6], "\u{200d}")),
];

const CARDS: &[Form] = &[
    ("plain", |d, _| d.into()),
    ("fours", |d, _| grouped(d, &[4], " ")),
    ("dashes", |d, _| grouped(d, &[4], "-")),
    ("full width", |d, _| replaced(d, "０１２３４５６７８９")),
    ("full width fours", |d, _| grouped(d, &[4], "　")),
    ("han", |d, _| replaced(d, "零一二三四五六七八九")),
    ("hidden", |d, _| grouped(d, &[4], "\u{200b}")),
];

fn address(dice: &mut Dice) -> (String, &'static str) {
    let region = dice.of(&[
        "浙江省义乌市",
        "浙江省金华市义乌市",
        "广东省广州市白云区",
        "北京市朝阳区",
        "上海市浦东新区",
        "江苏省苏州市昆山市",
        "福建省泉州市晋江市",
        "四川省成都市武侯区",
        "河北省石家庄市长安区",
        "广西壮族自治区南宁市青秀区",
    ]);
    let street = dice.of(&[
        "稠州北路",
        "北苑街道春晗路",
        "建国路",
        "三元里大道",
        "人民东路",
        "工业园区创业路",
        "机场路",
        "解放街",
    ]);
    let number = 1 + dice.below(900);
    let (floor, room) = (1 + dice.below(20), 101 + dice.below(1900));
    match dice.below(7) {
        0 => (format!("{region}{street}{number}号"), "whole"),
        1 => (format!("{region}{street}{number}号{floor}栋{room}室"), "with a room"),
        2 => (format!("{region} {street} {number}号 {floor}号楼 {room}"), "apart"),
        3 => (format!("{street}{number}号{floor}单元{room}室"), "street alone"),
        4 => (format!("{region}，{street}{}号", replaced(&number.to_string(), "零一二三四五六七八九")), "han number"),
        5 => (
            format!(
                "{}{street}{}号",
                &region[region.char_indices().nth(3).map_or(0, |(at, _)| at)..],
                replaced(&number.to_string(), "０１２３４５６７８９")
            ),
            "town",
        ),
        _ => (
            format!(
                "{region}{}{}村{number}号",
                dice.of(&["苏溪镇", "上溪镇", "大陈镇"]),
                dice.of(&["后宅", "李宅", "上楼"])
            ),
            "village",
        ),
    }
}

fn name(dice: &mut Dice) -> String {
    format!(
        "{}{}",
        dice.of(&["王", "李", "张", "刘", "陈", "欧", "黄", "周", "吴", "徐"]),
        dice.of(&["伟", "芳", "建国", "丽华", "小明", "秀英", "志强", "敏"])
    )
}

/// A carrier with one place for the piece.
fn carried(before: &str, piece: &str, behind: &str, (kind, form): (&'static str, &'static str)) -> Message {
    let start = before.chars().count();
    let end = start + piece.chars().count();
    Message { text: format!("{before}{piece}{behind}"), pieces: vec![(kind, start, end)], form }
}

/// Messages with personal data.
pub(crate) fn personal(count: usize) -> Vec<Message> {
    let mut dice = Dice::new(7);
    let mut messages = Vec::new();
    for nth in 0..count {
        let of_phone = [
            ("电话", "，麻烦发货前打一下"),
            ("老板，我手机", "，货到了说一声"),
            ("", ""),
            ("有问题打", "找我"),
            ("收件电话：", "。"),
            ("我的号", "，加个微信吧"),
            ("联系方式 ", " 谢谢"),
        ];
        let message = match nth % 8 {
            0..=2 => {
                let (form, write) = PHONES[nth / 8 % PHONES.len()];
                let (before, behind) = of_phone[dice.below(of_phone.len())];
                let digits = phone(&mut dice);
                carried(before, &write(&digits, &mut dice), behind, ("phone", form))
            }
            3 => {
                let (form, write) = IDS[nth / 8 % IDS.len()];
                let (before, behind) =
                    [("身份证号", "，要开票"), ("报关用的证件是", ""), ("", " 这个是我的"), ("实名：", "，收到回复")]
                        [dice.below(4)];
                let digits = id(&mut dice);
                carried(before, &write(&digits, &mut dice), behind, ("id", form))
            }
            4 => {
                let (form, write) = CARDS[nth / 8 % CARDS.len()];
                let (before, behind) =
                    [("退款打到", "，工行的"), ("卡号：", ""), ("", " 建行"), ("银行账号 ", "，户名以后说")]
                        [dice.below(4)];
                let digits = card(&mut dice);
                carried(before, &write(&digits, &mut dice), behind, ("card", form))
            }
            5 | 6 => {
                let (piece, form) = address(&mut dice);
                let (before, behind) =
                    [("寄到", "，尽快"), ("收货地址：", ""), ("地址改成", "谢谢"), ("", ""), ("麻烦发到", "，急用")]
                        [dice.below(5)];
                carried(before, &piece, behind, ("address", form))
            }
            _ if nth % 16 < 8 => {
                let piece = name(&mut dice);
                let (before, behind) =
                    [("收件人：", "，周末不收"), ("联系人", ""), ("我叫", "，上次买过"), ("收货人 ", " 收")]
                        [dice.below(4)];
                carried(before, &piece, behind, ("name", "cued"))
            }
            _ => {
                let piece = format!("{}{}", dice.of(&["yiwu", "abc_", "liuxing", "wx-shop"]), dice.digits(5));
                let (before, behind) =
                    [("加我微信", "，有优惠吗"), ("vx：", ""), ("薇信 ", " 聊"), ("微信号是", "")][dice.below(4)];
                carried(before, &piece, behind, ("wechat", "cued"))
            }
        };
        messages.push(message);
    }
    messages
}

/// Messages with numbers of the trade and nothing personal.
pub(crate) fn harmless(count: usize) -> Vec<String> {
    let mut dice = Dice::new(11);
    (0..count)
        .map(|nth| {
            let number = dice.digits(12);
            match nth % 20 {
                0 => format!("订单号2{}什么时候发", dice.digits(18)),
                1 => format!("1{}{} 这单退一下", dice.below(9), dice.digits(17)),
                2 => format!("运单号SF1{}到哪了", dice.digits(12)),
                3 => format!("快递773{number}显示签收了，没收到"),
                4 => format!("货号A-{}还有吗", dice.digits(7)),
                5 => format!("offer 6{} 能便宜吗", dice.digits(11)),
                6 => format!("单价{}.{:02}元，要{}件", 1 + dice.below(300), dice.below(100), 10 + dice.below(9000)),
                7 => format!("2026-11-{:02} 08:{:02}:00 下的单", 1 + dice.below(28), dice.below(60)),
                8 => format!("尺寸{}x{}cm，{}g", 10 + dice.below(90), 10 + dice.below(90), 100 + dice.below(900)),
                9 => format!("税号91330782MA2{}", dice.digits(6)),
                10 => format!("条码69{}不对", dice.digits(11)),
                11 => "发到广州要几天，义乌发货吗".into(),
                12 => format!("JD00{}物流没更新", dice.digits(10)),
                13 => format!("一共{}件，包邮吗？三天能到不", dice.below(5000)),
                14 => format!("YT{}", dice.digits(13)),
                15 => format!("sku {} 要红色，{} 要蓝色", dice.digits(13), dice.digits(13)),
                16 => "老板这款怎么卖，最少起订多少，可以混批吗".into(),
                17 => format!("总共{}元，优惠{}元", dice.below(100_000), dice.below(100)),
                18 => format!("订单4{}付款了", dice.digits(15)),
                _ => format!("包装{}-{}-{}的那款", 10 + dice.below(90), 10 + dice.below(90), 10 + dice.below(90)),
            }
        })
        .collect()
}
