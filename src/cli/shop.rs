//! `xiaoer shop`, `import`, `config show` and `doctor`: what an operator does to an installation.

use anyhow::Context as _;
use serde_json::Value;
use xiaoer::shop::Link;
use xiaoer::shop::import::Imported;

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

pub(super) async fn import(place: Place, file: ImportFile) -> anyhow::Result<()> {
    let bytes = std::fs::read(&file.file).with_context(|| format!("cannot read {}", file.file.display()))?;
    let remote = Remote::reach(place).await?;
    let done: Imported = remote.send_file(&format!("/api/shops/{}/import", file.shop), bytes).await?;
    if file.output.json {
        return say_json(&done);
    }
    for problem in &done.problems {
        complain(&format!("第 {} 行“{}”：{}", problem.row, problem.column, problem.why));
    }
    say(&format!(
        "{}：读到 {} 行，新增 {}，更新 {}，不变 {}，有问题 {}",
        done.kind,
        done.rows,
        done.new,
        done.changed,
        done.unchanged,
        done.problems.len()
    ));
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
