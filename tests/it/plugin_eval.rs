//! What an author hears of `xiaoer skill eval`: how many of a model's answers pass the checks, which do not and why; that it asks no more
//! than time and money allow; and an exit that a script can rely on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::model::CountingModel;

/// As the checks want it, a figure of the model's own, and a figure that nothing stands behind.
const GOOD: &str = "这些天卖了 {paid_amount}，一共 {paid_orders}，来自 {paid_buyers}。";
const OWN: &str = "这些天卖了 200.00 元，一共 2 单。";
const UNKNOWN: &str = "这些天卖了 {profit}。";

/// An author's desk: a plugin's folder, and an installation with somebody's model.
struct Author {
    dir: TempDir,
    model: CountingModel,
}

/// What came of a command.
struct Heard {
    code: Option<i32>,
    said: String,
    complaint: String,
}

impl Author {
    /// With a model that says these words in turn; `more` is the rest of the agents.toml.
    async fn with(words: &[&str], more: &str) -> Self {
        let model = CountingModel::saying(words);
        let base = model.serve().await;
        Self::reaching(&base, model, more)
    }

    fn reaching(base: &str, model: CountingModel, more: &str) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let settings = format!("[model]\nname = \"fake\"\nbase_url = \"{base}\"\nmax_tokens = 8\ntries = 1\n{more}");
        fs::write(dir.path().join("agents.toml"), settings).expect("written");
        let author = Self { dir, model };
        let (plugin, samples) =
            (author.plugin(), Path::new(env!("CARGO_MANIFEST_DIR")).join("skills/plugins/month-brief"));
        fs::create_dir_all(plugin.join("tests")).expect("a folder");
        for file in ["SKILL.md", "tests/basic.toml"] {
            fs::copy(samples.join(file), plugin.join(file)).expect("copied");
        }
        author
    }

    fn plugin(&self) -> PathBuf {
        self.dir.path().join("month-brief")
    }

    async fn eval(&self, more: &[&str]) -> Heard {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoer"));
        command.arg("--data").arg(self.dir.path()).current_dir(self.dir.path()).env("XIAOER_LOG", "off");
        command.args(["skill", "eval", "month-brief"]).args(more);
        // The model answers meanwhile.
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("it starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Heard { code: output.status.code(), said: text(output.stdout), complaint: text(output.stderr) }
    }
}

impl Heard {
    /// It ended with this code and says all of this.
    fn is(&self, code: i32, says: &[&str]) {
        let Self { said, complaint, .. } = self;
        let all = format!("{said}{complaint}");
        assert_eq!(self.code, Some(code), "{all}");
        says.iter().for_each(|words| assert!(all.contains(words), "{words:?} is not in: {all}"));
        assert!(!all.contains("panicked"), "{all}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_pass_at_once_after_a_second_try_or_not_at_all_are_counted_apart() {
    let words = [GOOD, OWN, GOOD, OWN, UNKNOWN, GOOD];
    let author = Author::with(&words, "").await;
    let heard = author.eval(&["--times", "4", "--least", "75"]).await;
    heard.is(
        0,
        &[
            "fake is asked 1 questions, 4 times each",
            "basic  month-brief: 2 pass at once, 1 after a second try, 1 are refused",
            "3 of 4 answers of fake pass: 75%",
            "no price known",
            "2 × ",
            "profit",
        ],
    );
    assert_eq!(author.model.times(), words.len(), "who was refused is asked once more, and never a third time");
    let asked = author.model.asked();
    let again = asked.keys().filter(|asked| asked.contains(OWN)).count();
    assert_eq!(again, 1, "the second try is told what was wrong with the first: {asked:?}");

    let author = Author::with(&words, "").await;
    author.eval(&["--times", "4", "--least", "76"]).await.is(1, &["3 of 4", "75% is less than --least 76"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_never_keeps_the_rules_has_no_part_in_what_a_reader_sees() {
    let author = Author::with(&[OWN], "").await;
    author
        .eval(&["--times", "3"])
        .await
        .is(0, &["0 pass at once, 0 after a second try, 3 are refused", "0 of 3", "6 × "]);
    author.eval(&["--times", "3", "--least", "1"]).await.is(1, &["0 of 3", "0% is less than --least 1"]);
    assert_eq!(author.model.times(), 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fixture_s_question_is_judged_by_its_own_facts() {
    let author = Author::with(&[GOOD], "").await;
    // A shop without orders has no buyers to speak of.
    fs::write(author.plugin().join("tests/quiet.toml"), "as_of = 2026-11-22\n").expect("written");
    let heard = author.eval(&["--times", "2"]).await;
    heard.is(0, &["2 questions, 2 times each", "basic  month-brief: 2 pass", "quiet  month-brief: ", " of 4 answers"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_asks_no_further_than_its_money_goes() {
    // An answer is one token and costs 0.2 yuan.
    let price = "[model.price]\ninput = \"0\"\noutput = \"200000\"\n";
    let author = Author::with(&[GOOD], price).await;
    let heard = author.eval(&["--times", "100", "--yuan", "0.5"]).await;
    heard.is(0, &["stopped after 0.6 yuan; --yuan allows more", "3 of 3 answers of fake pass: 100%", "0.6 yuan)"]);
    assert_eq!(author.model.times(), 3, "the answer that went beyond was the last");

    // What the installation may spend holds as well, and is over for the next one, too.
    let author = Author::with(&[GOOD], &format!("{price}[budget]\nshop_day_yuan = \"2.1\"\n")).await;
    for asked in [3, 3] {
        let heard = author.eval(&["--times", "100", "--yuan", "50"]).await;
        heard.is(1, &["fake does not answer", "预算"]);
        assert_eq!(author.model.times(), asked, "at its worst the next answer would go beyond the day's 2.1 yuan");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_model_without_an_answer_or_without_a_question_there_is_nothing_to_tell() {
    let author = Author::reaching("http://127.0.0.1:1/v1", CountingModel::default(), "");
    author.eval(&[]).await.is(1, &["fake does not answer"]);

    let author = Author::with(&[GOOD], "").await;
    fs::remove_file(author.plugin().join("tests/basic.toml")).expect("removed");
    author.eval(&[]).await.is(1, &["no question: nothing to judge"]);
    fs::write(author.dir.path().join("agents.toml"), "").expect("written");
    author.eval(&[]).await.is(1, &["no model is configured"]);
    assert_eq!(author.eval(&["--times", "0"]).await.code, Some(2), "a wish that cannot be is no failure of the model");
    assert_eq!(author.model.times(), 0);
}
