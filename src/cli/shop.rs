//! `xiaoer shop`, `import`, `config show` and `doctor`: what an operator does to an installation.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::Value;
use xiaoer::shop::Link;
use xiaoer::shop::import::{Imported, Preview};
use xiaoer_orders::Template;

use super::args::{ConfigCommand, ImportFile, NewShop, Output, ShopCommand};
use super::local::Place;
use super::log::{complain, say, say_json};
use super::remote::Remote;

pub(super) async fn run(place: Place, command: ShopCommand) -> anyhow::Result<()> {
    match command {
        ShopCommand::Add(shop) => add(place, shop).await,
        ShopCommand::Authorize { shop } => authorize(place, &shop).await,
        ShopCommand::List(output) => {
            let shops: Vec<xiaoer::shop::Shop> = Remote::reach(place).await?.get("/api/shops").await?;
            if output.json {
                return say_json(&shops);
            }
            for shop in shops {
                let link = match shop.link {
                    Link::Alibaba { gateway, .. } => gateway,
                    Link::Files => "文件导入".into(),
                };
                say(&format!("{:<16} {}  {}", shop.id, shop.name, link));
            }
            Ok(())
        }
    }
}

async fn add(place: Place, shop: NewShop) -> anyhow::Result<()> {
    let secret = |name: &Option<String>| -> anyhow::Result<Option<String>> {
        let Some(name) = name else { return Ok(None) };
        let value = place.env.get(name).with_context(|| format!("the environment variable {name} is not set"))?;
        Ok(Some(value.to_owned()))
    };
    let body = serde_json::json!({
        "id": shop.id,
        "name": shop.name,
        "industry": shop.industry,
        "zone": shop.zone,
        "platform": match &shop.gateway {
            None => Value::Null,
            Some(gateway) => serde_json::json!({
                "gateway": gateway,
                "pictures": shop.pictures,
                "app_key": shop.app_key,
                "secret": secret(&shop.secret_env)?,
                "token": secret(&shop.token_env)?,
                "member_id": shop.member_id,
            }),
        },
    });
    let _: Value = Remote::reach(place).await?.post("/api/shops", &body).await?;
    say(&format!("店铺“{}”已添加", shop.name));
    if shop.gateway.is_some() && shop.token_env.is_none() {
        say(&format!("下一步：xiaoer shop authorize --shop {}", shop.id));
    }
    Ok(())
}

/// What the merchant opens.
#[derive(serde::Deserialize)]
struct AuthorizeLink {
    url: String,
    state: String,
}

async fn authorize(place: Place, shop: &str) -> anyhow::Result<()> {
    let remote = Remote::reach(place).await?;
    let link: AuthorizeLink = remote.post(&format!("/api/shops/{shop}/authorization"), &serde_json::json!({})).await?;
    say("请在浏览器里打开下面的链接，用本店主账号登录并同意：");
    say(&link.url);
    say("同意后浏览器会跳到一个新地址（打不开也没关系），请把整个地址或其中的 code 粘贴到这里，两分钟内有效：");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("the input cannot be read")?;
    let body = serde_json::json!({ "code": code_of(line.trim(), &link.state)?, "state": link.state });
    let _: Value = remote.post(&format!("/api/shops/{shop}/authorization/code"), &body).await?;
    say("授权成功，小二会在到期前自动续期");
    Ok(())
}

/// The code in what a person pasted; an address must be the one that this link led to.
fn code_of(pasted: &str, state: &str) -> anyhow::Result<String> {
    let Ok(url) = reqwest::Url::parse(pasted) else {
        anyhow::ensure!(!pasted.is_empty(), "没有粘贴任何内容，请重新运行这个命令");
        return Ok(pasted.to_owned());
    };
    let field = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    anyhow::ensure!(
        field("state").is_none_or(|given| given == state),
        "这个地址不是刚才那个链接跳转来的，请重新运行这个命令"
    );
    field("code").context("这个地址里没有 code，可能是在平台上点了取消，请重新运行这个命令")
}

pub(super) async fn import(place: Place, asked: ImportFile) -> anyhow::Result<()> {
    if let Some(template) = asked.template {
        return write_template(template, asked.file);
    }
    let (file, shop) = asked.file.zip(asked.shop).context("name a file and a shop")?;
    let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let remote = Remote::reach(place).await?;
    if asked.preview {
        let preview: Preview = remote.send_file(&format!("/api/shops/{shop}/import/preview"), bytes).await?;
        if asked.output.json {
            return say_json(&preview);
        }
        tell("预览，没有写入：", &preview.would);
        if let Some((from, through)) = preview.days {
            say(&format!("日期 {from} 至 {through}"));
        }
        preview.differs.iter().for_each(|sentence| say(sentence));
        return Ok(());
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let query = reqwest::Url::parse_with_params("http://x/", [("name", name.as_ref())])?;
    let path = format!("/api/shops/{shop}/import?{}", query.query().unwrap_or_default());
    let done: Imported = remote.send_file(&path, bytes).await?;
    if asked.output.json {
        return say_json(&done);
    }
    tell("", &done);
    Ok(())
}

fn tell(before: &str, done: &Imported) {
    for problem in &done.problems {
        complain(&format!("第 {} 行“{}”：{}", problem.row, problem.column, problem.why));
    }
    say(&format!(
        "{before}{}：读到 {} 行，新增 {}，更新 {}，不变 {}，有问题 {}",
        done.kind,
        done.rows,
        done.new,
        done.changed,
        done.unchanged,
        done.problems.len()
    ));
}

/// A file that is there is somebody's work and stays.
fn write_template(template: Template, file: Option<PathBuf>) -> anyhow::Result<()> {
    let file = file.unwrap_or_else(|| PathBuf::from(format!("{}模板.xlsx", template.kind().name())));
    let as_text = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    let sheet = template.sheet();
    let bytes = if as_text { sheet.to_csv() } else { sheet.to_xlsx()? };
    let mut out = std::fs::File::create_new(&file).with_context(|| format!("cannot write {}", file.display()))?;
    out.write_all(&bytes).with_context(|| format!("cannot write {}", file.display()))?;
    say(&format!("{} 已写好；{}", file.display(), template.note()));
    Ok(())
}

pub(super) async fn config(place: Place, command: ConfigCommand) -> anyhow::Result<()> {
    let ConfigCommand::Show { shop, output } = command;
    let mut lines = place.settings()?.lines();
    if let Some(shop) = shop {
        let own: Vec<(String, String, String)> =
            Remote::reach(place).await?.get(&format!("/api/shops/{shop}/settings")).await?;
        lines.extend(own);
    }
    if output.json {
        let rows: Vec<_> = lines
            .iter()
            .map(|(key, value, origin)| serde_json::json!({ "key": key, "value": value, "origin": origin }))
            .collect();
        return say_json(&rows);
    }
    for (key, value, origin) in lines {
        say(&format!("{key} = {value}    # {origin}"));
    }
    Ok(())
}

/// One line of `doctor`.
#[derive(serde::Serialize, serde::Deserialize)]
struct Finding {
    ok: bool,
    what: String,
}

pub(super) async fn doctor(place: Place, output: Output) -> anyhow::Result<()> {
    let findings: Vec<Finding> = Remote::reach(place).await?.get("/api/doctor").await?;
    if output.json {
        say_json(&findings)?;
    } else {
        for finding in &findings {
            say(&format!("{} {}", if finding.ok { "✓" } else { "✗" }, finding.what));
        }
    }
    anyhow::ensure!(findings.iter().all(|finding| finding.ok), "有需要处理的问题");
    Ok(())
}
