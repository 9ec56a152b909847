//! Tokens of assistants on the real command line, and an assistant on the pipe that holds one.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::mcp::{Pipe, text};

fn run(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoer"));
    command.arg("--data").arg(data).args(arguments).current_dir(data).env("XIAOER_LOG", "error");
    command.output().expect("xiaoer starts")
}

fn says(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn complains(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(!output.status.success(), "{arguments:?} should have been refused");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn an_assistant_is_let_in_on_the_pipe_by_a_token_of_its_own_and_out_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path();
    let export = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/order-export-2011-05.xlsx");
    for shop in ["real", "closed"] {
        says(data, &["shop", "add", shop, "--name", shop, "--industry", "consumer"]);
    }
    says(data, &["import", export, "--shop", "real"]);
    let said = says(data, &["token", "new", "桌面助手", "--shop", "real"]);
    assert!(said.contains("只显示这一次") && said.contains("店铺 real "), "{said}");
    let token = said.lines().last().expect("the token").to_owned();
    assert!(complains(data, &["token", "new", "桌面助手"]).contains("已有名为"));
    assert!(complains(data, &["token", "new", "别的", "--shop", "nobody"]).contains("没有找到店铺“nobody”"));
    assert!(says(data, &["token", "list"]).contains("桌面助手  店铺 real，没有用过"));

    let mut pipe = Pipe::start(data, &[], &token);
    pipe.greet();
    let shops = pipe.ask("tools/call", &json!({ "name": "list_shops", "arguments": {} }));
    assert_eq!(shops["structuredContent"]["shops"], json!([{ "shop": "real", "name": "real" }]));
    let call = json!({ "name": "growth-report", "arguments": { "shop": "real" } });
    let result = pipe.ask("tools/call", &call);
    let id = result["structuredContent"]["run"].as_str().expect("a run").to_owned();

    // Taken back while the pipe is open.
    assert!(says(data, &["token", "list"]).contains("上次使用"));
    assert!(says(data, &["token", "revoke", "桌面助手"]).contains("已吊销"));
    let refused = pipe.ask("tools/call", &call);
    assert!(refused["isError"] == true && text(&refused).contains("已被吊销"), "{refused}");
    pipe.end();
    assert!(says(data, &["token", "list"]).contains("已吊销"));
    assert!(complains(data, &["token", "revoke", "桌面助手"]).contains("没有名为"));

    let listed = says(data, &["token", "list", "--json"]);
    let all: Value = serde_json::from_str(&listed).expect("JSON");
    assert!(all[0]["revoked"].is_string() && !listed.contains(&token), "{listed}");
    let every = says(data, &["token", "new", "都行", "--json"]);
    let every: Value = serde_json::from_str(&every).expect("JSON");
    assert_eq!(every["shops"], json!(["closed", "real"]), "every shop that there is now");
    assert!(!id.is_empty());
}
