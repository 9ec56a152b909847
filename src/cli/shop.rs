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
    Ok(())
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
