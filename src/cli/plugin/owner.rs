//! What an owner does with an installation: install, grant, update, go back. All over the API.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};
use xiaoer::plugin::grant;
use xiaoer::plugin::shelf::{Installed, Updated};
use xiaoer::presence::Presence;

use super::Install;
use crate::cli::args::Output;
use crate::cli::local::Place;
use crate::cli::log::{say, say_json};
use crate::cli::remote::Remote;

pub(super) async fn install(place: Place, wish: Install) -> anyhow::Result<()> {
    let Install { what, index, trust, role, allow, output } = wish;
    let path = Path::new(&what);
    let installed: Installed = if let Some(index) = index {
        // The server may stand in another directory.
        let index =
            if index.contains("://") { index.trim_end_matches('/').to_owned() } else { whole(Path::new(&index))? };
        let body = json!({ "name": what, "index": index, "trust": trust });
        Remote::reach(place).await?.post("/api/shelf/named", &body).await?
    } else if path.is_dir() {
        let adopted = role.map(|role| json!({ "role": role, "allow": allow }));
        let body = json!({ "path": whole(path)?, "adopted": adopted });
        Remote::reach(place).await?.post("/api/shelf/folder", &body).await?
    } else {
        let bytes = std::fs::read(path).with_context(|| {
            format!("{what} is neither a folder nor an archive that can be read; for a name, add --index URL")
        })?;
        let remote = Remote::reach(place).await?;
        remote.send_file(&format!("/api/shelf/archive?trust={trust}"), bytes).await?
    };
    if output.json {
        return say_json(&installed);
    }
    let Installed { name, title, version, author, before, wishes, .. } = installed;
    let how = match before {
        Some(before) if before != version => format!("已从 {before} 更新到 {version}"),
        Some(_) => format!("已是 {version}"),
        None => format!("已安装 {version}"),
    };
    say(&format!("“{title}”（{name}）{how}，作者：{}", who(&author)));
    if wishes.is_empty() {
        say("它不读店铺的任何内容，也不提建议。");
    } else {
        say("它希望能够：");
        wishes.iter().for_each(|wish| say(&format!("  · {wish}")));
    }
    say(&format!("店铺授权后才能运行：在控制台“插件”页点“授权”，或运行 xiaoer skill grant {name} --shop 店铺编号"));
    Ok(())
}

fn whole(path: &Path) -> anyhow::Result<String> {
    let path = path.canonicalize().with_context(|| format!("{} cannot be found", path.display()))?;
    path.to_str().map(str::to_owned).with_context(|| format!("{} is not UTF-8", path.display()))
}

fn who(author: &str) -> String {
    // The whole key: an owner compares it with the author's word.
    if author.is_empty() { grant::author(author) } else { format!("密钥 {author}") }
}

pub(super) async fn grant(place: Place, name: &str, shop: &str) -> anyhow::Result<()> {
    let remote = Remote::reach(place).await?;
    let all: Vec<Value> = remote.get(&format!("/api/shops/{shop}/plugins")).await?;
    let plugin = all.iter().find(|plugin| plugin["name"] == name);
    let plugin = plugin.with_context(|| format!("没有安装插件“{name}”，先运行 xiaoer skill install"))?;
    say(&format!("“{name}”在店铺 {shop} 可以："));
    for wish in plugin["wishes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        say(&format!("  · {wish}"));
    }
    // Bound to what was just shown: if the plugin changes in between, the yes is refused.
    let path = format!("/api/shops/{shop}/plugins/{name}/grant");
    let _: Value = remote.post(&path, &json!({ "hash": plugin["hash"] })).await?;
    say("已授权。");
    Ok(())
}

pub(super) async fn remove(place: Place, name: &str) -> anyhow::Result<()> {
    let _: Value = Remote::reach(place).await?.post(&format!("/api/shelf/{name}/remove"), &json!({})).await?;
    say(&format!("已卸载“{name}”；正在进行的运行会用它完成。"));
    Ok(())
}

pub(super) async fn update(place: Place, name: Option<String>) -> anyhow::Result<()> {
    let all: Vec<Updated> = Remote::reach(place).await?.post("/api/shelf/update", &json!({ "name": name })).await?;
    if all.is_empty() {
        say("没有安装插件。");
    }
    let mut troubles = 0;
    for Updated { name, from, to, changes, trouble } in all {
        match trouble {
            Some(trouble) => {
                troubles += 1;
                say(&format!("{name} {from}：没有更新，{trouble}"));
            }
            None if from == to => say(&format!("{name} {from}：已是最新")),
            None => say(&format!("{name}：{from} → {to}；新的权限要店铺再确认")),
        }
        changes.lines().for_each(|line| say(&format!("    {line}")));
    }
    anyhow::ensure!(troubles == 0, "{troubles} 个插件没有更新");
    Ok(())
}

pub(super) async fn rollback(place: Place, name: &str) -> anyhow::Result<()> {
    let back: Updated = Remote::reach(place).await?.post(&format!("/api/shelf/{name}/rollback"), &json!({})).await?;
    say(&format!(
        "“{name}”已从 {} 退回 {}，并固定在这个版本；要恢复更新，运行 xiaoer skill pin {name} --off",
        back.from, back.to
    ));
    Ok(())
}

pub(super) async fn pin(place: Place, name: &str, pinned: bool) -> anyhow::Result<()> {
    let _: Value =
        Remote::reach(place).await?.post(&format!("/api/shelf/{name}/pin"), &json!({ "pinned": pinned })).await?;
    say(&if pinned {
        format!("“{name}”已固定在当前版本。")
    } else {
        format!("“{name}”恢复更新。")
    });
    Ok(())
}

pub(super) async fn trust(place: Place, key: Option<String>, revoke: bool) -> anyhow::Result<()> {
    let remote = Remote::reach(place).await?;
    let Some(key) = key else {
        let keys: Vec<Value> = remote.get("/api/shelf/keys").await?;
        for known in keys {
            let standing = match known["standing"]["is"].as_str() {
                Some("trusted") => "已信任",
                Some("vouched") => "由索引担保",
                Some("replaced") => "已换新密钥",
                _ => "已作废",
            };
            say(&format!("{} {standing}", known["key"].as_str().unwrap_or_default()));
        }
        return Ok(());
    };
    let _: Value = remote.post("/api/shelf/keys", &json!({ "key": key, "revoke": revoke })).await?;
    say(if revoke { "已作废这个密钥；它签名的插件不再运行。" } else { "已信任这个密钥。" });
    Ok(())
}

/// The staff's skills, and the plugins where there are some.
pub(crate) async fn list(place: Place, output: &Output) -> anyhow::Result<()> {
    let manifests: Vec<_> = xiaoer_skills::all().iter().map(|entry| entry.skill.manifest()).collect();
    let has_shelf = place.data.join("db").is_dir() || Presence::of(&place.data).is_some();
    let plugins: Vec<Value> = if has_shelf { Remote::reach(place).await?.get("/api/shelf").await? } else { Vec::new() };
    if output.json {
        let mut all = manifests.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
        all.extend(plugins.into_iter().map(|plugin| json!({ "name": plugin["name"], "plugin": plugin })));
        return say_json(&all);
    }
    for manifest in manifests {
        say(&format!(
            "{:<18} {:<12} {}\n{:31} {}",
            manifest.name, manifest.role, manifest.title, "", manifest.description
        ));
    }
    for plugin in plugins {
        let text = |key: &str| plugin[key].as_str().unwrap_or_default().to_owned();
        let state = match plugin["standing"]["is"].as_str() {
            Some("current") => String::new(),
            Some("revoked") => "，已吊销，不再运行".into(),
            _ => format!("，坏了：{}", plugin["standing"]["why"].as_str().unwrap_or_default()),
        };
        let pinned = if plugin["pinned"] == true { "，已固定" } else { "" };
        let author = text("author");
        let (name, role) = (text("name"), text("role"));
        say(&format!(
            "{name:<18} {role:<12} {}\n{:31} 插件 {}，作者：{}{pinned}{state}",
            text("title"),
            "",
            text("version"),
            who(&author)
        ));
    }
    Ok(())
}
