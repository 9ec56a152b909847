//! `xiaoer token`: tokens for other people's assistants. A token is printed by `new` and never again.

use serde_json::{Value, json};
use xiaoer::assistant::Assistant;

use super::args::TokenCommand;
use super::local::Place;
use super::log::{say, say_json};
use super::remote::Remote;

pub(super) async fn run(place: Place, command: TokenCommand) -> anyhow::Result<()> {
    let remote = Remote::reach(place).await?;
    match command {
        TokenCommand::New { name, shop, output } => {
            let shops = (!shop.is_empty()).then_some(shop);
            let made: Value = remote.post("/api/assistants", &json!({ "name": name, "shops": shops })).await?;
            if output.json {
                return say_json(&made);
            }
            let shops: Vec<&str> = made["shops"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            say(&format!("助手“{name}”可以在店铺 {} 提问和运行技能，不能替您决定。", shops.join("、")));
            say("令牌只显示这一次，放进助手的 XIAOER_TOKEN（用法见 docs/mcp.md）：");
            say(made["token"].as_str().unwrap_or_default());
            Ok(())
        }
        TokenCommand::List(output) => {
            let all: Vec<Assistant> = remote.get("/api/assistants").await?;
            if output.json {
                return say_json(&all);
            }
            if all.is_empty() {
                say("还没有助手令牌，运行 xiaoer token new 名称 来发一个。");
            }
            for one in all {
                let shops: Vec<String> = one.shops.into_iter().collect();
                let used = one
                    .used
                    .map_or("没有用过".into(), |at| format!("上次使用 {}", at.format("%Y-%m-%d %H:%M UTC")));
                let revoked = if one.revoked.is_some() { "，已吊销" } else { "" };
                say(&format!("{}  店铺 {}，{used}{revoked}", one.name, shops.join("、")));
            }
            Ok(())
        }
        TokenCommand::Revoke { name } => {
            let _: Value = remote.post("/api/assistants/revoke", &json!({ "name": name })).await?;
            say(&format!("已吊销助手“{name}”的令牌。"));
            Ok(())
        }
    }
}
