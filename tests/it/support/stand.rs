//! Plugins in a world: folders to install, an app with its API, and code that is compiled once for all tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::db::SharedDb;
use xiaoer::shop::Shop;

use super::World;
use super::office::Office;

/// What a plugin does unless a story says otherwise: it proposes seven pieces more of the first SKU that there is.
pub(crate) const REFILL: &str = "export async function run(cx, input) {
  await cx.progress('看商品');
  const products = await cx.products();
  const product = products.find(one => one.skus.length > 0);
  const sku = product.skus[0];
  const report = cx.report('第一版');
  report.fact('n', '商品', cx.value.count(products.length, 'products'), { read: '商品', ids: products.map(one => one.id) });
  report.figures('n');
  report.propose('refill', { kind: 'stock.set', product: product.id, sku: sku.id, to: sku.stock + 7 }, '快卖完了');
  return report;
}
";

/// What it wishes for.
pub(crate) const TOOLS: &str = "shop(products) propose(stock.set)";

/// A world with an app and its API over it.
pub(crate) struct Stand {
    pub(crate) world: World,
    pub(crate) db: SharedDb,
    pub(crate) app: Arc<App>,
    pub(crate) shop: Shop,
    pub(crate) office: Office,
}

impl Stand {
    /// With a shop that has its rows; `settings` is the agents.toml.
    pub(crate) async fn new(settings: &str) -> Self {
        let world = World::new().await;
        if !settings.is_empty() {
            fs::write(world.data().join("agents.toml"), settings).expect("written");
        }
        share_compiled(world.data());
        let db = world.db();
        let app = world.app(db.clone());
        let shop = world.join(&app).await;
        let office = Office::over(Arc::clone(&app), &world.clock);
        Self { world, db, app, shop, office }
    }

    /// The same directory as a later process sees it.
    pub(crate) fn again(self) -> Self {
        let Self { world, db, app, shop, office } = self;
        drop((app, office));
        let app = world.app_with(db.clone(), &Env::default(), Vec::new());
        let office = Office::over(Arc::clone(&app), &world.clock);
        Self { world, db, app, shop, office }
    }

    /// A folder with a plugin, as its author has it.
    pub(crate) fn folder(&self, name: &str, version: &str, tools: &str, script: &str) -> PathBuf {
        let at = self.world.data().join("authors").join(name);
        fs::create_dir_all(&at).expect("a folder");
        let front = format!(
            "---\nname: {name}\ndescription: 测试用的插件，看一眼商品。\nallowed-tools: {tools}\nmetadata:\n  xiaoer.role: operations\n  xiaoer.title: 补货小帮手\n  xiaoer.version: {version}\n  xiaoer.api: \"1\"\n  xiaoer.entry: index.js\n---\nBody.\n"
        );
        fs::write(at.join("SKILL.md"), front).expect("written");
        fs::write(at.join("index.js"), script).expect("written");
        at
    }

    /// Installs it, and puts it among the staff.
    pub(crate) async fn install(&self, folder: &Path) {
        self.app.shelf.install_folder(folder, None).await.expect("installed");
        self.app.loader.load().await.expect("loaded");
    }

    /// A path of the shop's API.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("/api/shops/{}/{path}", self.shop.id)
    }

    /// What the shop knows of a plugin.
    pub(crate) async fn plugin(&self, name: &str) -> Value {
        let all = self.office.get(&self.at("plugins")).await;
        let found = all.as_array().expect("a list").iter().find(|one| one["name"] == name).cloned();
        found.unwrap_or_else(|| panic!("{name} is not in {all}"))
    }

    /// Says yes to what is shown.
    pub(crate) async fn grant(&self, name: &str) -> Value {
        let shown = self.plugin(name).await;
        self.office.post(&self.at(&format!("plugins/{name}/grant")), json!({ "hash": shown["hash"] })).await
    }

    /// Accepts a run.
    pub(crate) async fn accept(&self, skill: &str) -> String {
        let said = self.office.told(&self.at("runs"), json!({ "skill": skill })).await;
        said.json["id"].as_str().unwrap_or_else(|| panic!("not accepted: {said:?}")).to_owned()
    }

    /// Works until nothing is left.
    pub(crate) async fn work(&self) {
        while self.app.worker.step().await.expect("a step") {}
    }

    /// A run and its report.
    pub(crate) async fn told(&self, run: &str) -> Value {
        self.office.get(&self.at(&format!("runs/{run}"))).await
    }

    /// Accepts a run, carries it out, and tells what came of it.
    pub(crate) async fn ran(&self, skill: &str) -> Value {
        let run = self.accept(skill).await;
        self.work().await;
        self.told(&run).await
    }
}

/// Compiled code stays in the build folder: only the first test waits for the compiler.
fn share_compiled(data: &Path) {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("box");
    fs::create_dir_all(&kept).expect("a folder");
    fs::create_dir_all(data.join("cache")).expect("a folder");
    std::os::unix::fs::symlink(kept, data.join("cache").join("plugins")).expect("a link");
}

/// How a run ended, and why.
pub(crate) fn ending(told: &Value) -> (&str, &str) {
    let ended = &told["run"]["state"];
    (ended["ending"].as_str().unwrap_or("open"), ended["why"].as_str().unwrap_or_default())
}
