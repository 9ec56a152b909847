// The whole way of one click, as a merchant goes it: login, home, a run that is watched, its report, where a figure comes from,
// approvals that are executed, done by hand and undone. It waits for states, never for time.

import { execFileSync } from "node:child_process";
import { get } from "node:http";
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { Window, contexts, openBrowser, startDemo } from "./stage.mjs";

const demo = await startDemo();
const browser = await openBrowser();
const scenes = [firstVisit, theScoreOpened, aReportAndItsFigures, aTalk, aTitleByHand, aStockAndItsUndo, history, theGrowthPlan, theRules, keyboard, aDroppedConnection, weight, files, theShop, aPlugin, aGrantTakenBack, anAssistant, otherWindows];
let failed = 0;
let window;
try {
  window = await Window.open(browser, demo, "desktop");
  for (const scene of scenes) {
    const began = Date.now();
    try {
      await scene();
      console.log(`ok   ${scene.name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.error(`FAIL ${scene.name}: ${error.stack}`);
      await window.shot(`failed-${scene.name}`).catch(() => null);
      break;
    }
  }
  await window.close();
} finally {
  await browser.close();
  await demo.stop();
}
if (failed > 0) {
  console.error(demo.log().split("\n").slice(-30).join("\n"));
  process.exit(1);
}

async function home() {
  await window.page.goto(`${demo.base}/shops/demo`);
  await window.page.locator("section.score svg.chart").waitFor();
}

async function firstVisit() {
  const { page } = window;
  await page.waitForURL(/\/shops\/demo$/);
  // The first sync may still run: the page shows it, and shows the score by itself once it is through.
  await page.locator("section.score svg.chart").waitFor({ timeout: 60_000 });
  await assertText("h1", /好，演示店铺/);
  await page.getByRole("link", { name: "待审批" }).first().waitFor();
  assert.equal(await page.locator(".role").count(), 5);
  await window.check("home");

  const stranger = await browser.newContext();
  const other = await stranger.newPage();
  await other.goto(`${demo.base}/shops/demo`);
  assert.match(other.url(), /\/login\?next=/, "without the token there is only the login");
  await other.getByLabel("访问令牌").fill(demo.token);
  await other.getByRole("button", { name: "登录" }).click();
  await other.waitForURL(/\/shops\/demo$/);
  await stranger.close();
}

async function theScoreOpened() {
  const { page } = window;
  await home();
  const card = page.locator("section.score .parts li", { hasText: "支付金额" });
  const shown = await card.locator("b").innerText();
  await card.getByRole("link", { name: /支付金额/ }).click();
  await page.waitForURL(/\/score\?part=turnover$/);
  await assertText("h1", /支付金额的积分/);
  assert.ok((await page.locator(".origin .total").innerText()).startsWith(shown), "the page opens the figure of the card");
  await page.getByText(/每 1,000 元支付金额/).waitFor();
  assert.match(await page.locator("table.contributions td.id").first().innerText(), /^\d{15,}$/, "an order by its number");
  await window.check("score-turnover");
  const newest = await page.locator("table.contributions td.day").first().innerText();
  await page.getByRole("link", { name: "更早的" }).click();
  assert.ok(await page.locator("table.contributions td.day").last().innerText() <= newest, "older ones follow");
  await page.getByRole("link", { name: "工作台" }).first().click();
  await page.locator("section.score").getByRole("link", { name: "7 天内掉出" }).click();
  await page.waitForURL(/part=dropping&day=[0-9-]+&to=[0-9-]+$/);
  await window.check("score-week");
  await home();
  const bar = page.locator(".coming svg a").nth(3);
  const says = await bar.getAttribute("aria-label");
  await bar.locator("rect.reach").click();
  await page.waitForURL(/part=dropping&day=[0-9-]+$/);
  assert.equal(await page.locator(".filter [aria-current]").innerText(), says, "a bar opens its own day");
  await window.check("score-day");
}

async function aReportAndItsFigures() {
  const { page } = window;
  await home();
  const dialog = await window.run("生意积分与L等级报告");
  assert.ok(await dialog.locator(".steps li").count() >= 3, "the steps of the run were shown");
  await window.check("run-done");
  await dialog.getByRole("link", { name: "查看报告" }).click();
  await page.waitForURL(/\/runs\/[0-9a-f]+$/);
  await assertText("h1", /生意积分与L等级报告/);
  await page.locator(".writer", { hasText: "规则生成（未使用大模型）" }).first().waitFor();
  await window.check("report");
  await window.shot("report-whole", { fullPage: true });

  const figure = page.locator("table .fact").first();
  const shown = await figure.innerText();
  await figure.click();
  const source = page.locator("#source:popover-open");
  await source.waitFor();
  assert.equal(await source.locator(".exact").innerText(), shown, "the source tells the same figure");
  for (const word of ["数据来源", "怎么算的", "数据截至"]) await source.getByText(word).waitFor();
  await window.check("source");
  await page.keyboard.press("Escape");
  await source.waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement?.dataset.fact), await figure.getAttribute("data-fact"), "focus returns to the figure");

  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("nav.main").isVisible(), false, "the navigation is not printed");
  await page.emulateMedia({ media: "screen" });
}

async function aTalk() {
  const { page } = window;
  await home();
  await page.getByRole("link", { name: "和数据专员聊一聊" }).click();
  await page.waitForURL(/\/talks\?role=data$/);
  await page.getByRole("button", { name: "上周为什么掉分？" }).waitFor();
  await window.check("talks");
  await page.getByRole("textbox", { name: "问数据专员" }).fill("上周为什么掉分？");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/talks\/[0-9a-f]+$/);
  const answer = page.locator(".answer");
  await answer.locator("svg.chart").first().waitFor({ timeout: 60_000 });
  await answer.getByText("规则生成（未使用大模型）").waitFor();
  await answer.getByRole("link", { name: /查看完整报告/ }).waitFor();
  await window.check("talk");
  await page.locator("details.worked summary").click();
  await page.locator("details.worked").getByText("生意积分与L等级报告").waitFor();
  const figure = answer.locator(".bubble .fact").first();
  const shown = await figure.innerText();
  await figure.click();
  const source = page.locator("#source:popover-open");
  await source.waitFor();
  assert.equal(await source.locator(".exact").innerText(), shown, "the source tells the same figure");
  await page.keyboard.press("Escape");
  // Another question in the same talk, by a suggestion.
  await page.getByRole("button", { name: "等级有没有风险？" }).click();
  await page.locator(".turn").nth(1).locator(".answer").waitFor({ timeout: 60_000 });
  await page.reload();
  assert.equal(await page.locator(".turn").count(), 2, "the talk is kept");
  await window.check("talk-again");
}

async function aTitleByHand() {
  const { page } = window;
  await home();
  const dialog = await window.run("标题优化");
  await dialog.getByRole("link", { name: "查看报告" }).click();
  await page.locator(".proposals li").first().getByRole("link", { name: "去处理" }).click();
  await page.waitForURL(/\/actions#a-/);
  const id = new URL(page.url()).hash.slice(1);
  const card = page.locator(`#${id}`);
  await card.locator("ins, del").first().waitFor();
  await card.scrollIntoViewIfNeeded();
  await page.waitForFunction((id) => document.querySelector(`#${id} .thumb img`)?.naturalWidth > 0, id);
  await window.check("approvals");
  await card.getByRole("button", { name: "批准" }).click();
  // The demo's app has no right to edit titles: the person does it, with the value to copy.
  await card.locator(".chip", { hasText: "请手动完成" }).waitFor({ timeout: 20_000 });
  await card.getByText("没有“").waitFor();
  await window.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const copy = card.getByRole("button", { name: /^复制/ }).nth(1);
  await copy.click();
  await page.locator("#toast[data-shown]").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await copy.getAttribute("data-copy"));
  assert.match(await card.getByRole("link", { name: "打开后台" }).getAttribute("href"), /^https:\/\/work\.1688\.com\//);
  await window.check("by-hand");
  await card.getByRole("button", { name: "已完成" }).click();
  await card.locator(".chip", { hasText: "等待同步确认" }).waitFor();
  await card.getByText("操作记录").click();
  await card.getByText("报告已手动完成").waitFor();
}

async function aStockAndItsUndo() {
  const { page } = window;
  await home();
  await window.run("库存预警");
  await page.goto(`${demo.base}/shops/demo/actions`);
  const proposed = page.locator("article.action", { has: page.locator("input[name=to]") }).first();
  const id = await proposed.getAttribute("id");
  const card = page.locator(`#${id}`);
  const before = Number(await card.locator(".numbers .before").innerText());
  const wanted = before + 100;
  const waiting = Number(await page.locator(".badge").innerText());
  await card.locator("input[name=to]").fill("-1");
  await card.getByRole("button", { name: "批准" }).click();
  assert.equal(await card.locator("input:invalid").count(), 1, "a negative stock is not sent");
  await card.locator("input[name=to]").fill(String(wanted));
  await card.getByRole("button", { name: "批准" }).click();
  await card.locator(".chip", { hasText: "已完成" }).waitFor({ timeout: 20_000 });
  assert.equal(Number(await page.locator(".badge").innerText()), waiting - 1, "the badge follows");
  assert.match(await card.locator(".numbers").innerText(), new RegExp(`${before}\\s+${wanted}`));
  await window.check("stock-done");
  await card.getByRole("button", { name: "撤销" }).click();
  await card.locator(".chip", { hasText: "已撤销" }).waitFor({ timeout: 20_000 });
  await page.locator("article.action", { hasText: "（撤销）" }).locator(".chip", { hasText: "已完成" }).waitFor();
  await page.reload();
  await page.locator(`#${id} .chip`, { hasText: "已撤销" }).waitFor();
  await window.check("stock-undone");
}

async function history() {
  const { page } = window;
  await home();
  await page.getByRole("button", { name: "生成今日日报" }).click();
  await page.locator("dialog[data-state=done]").waitFor({ timeout: 60_000 });
  await page.locator("dialog").getByRole("button", { name: "关闭" }).last().click();
  // The home page has it without being loaded again.
  await page.locator(".today .task").first().waitFor();
  await window.check("home-after");
  await keepForDocs();
  await page.getByRole("link", { name: "报告", exact: true }).click();
  await page.getByRole("link", { name: "经营日报", exact: true }).first().click();
  await page.waitForURL(/skill=daily-report/);
  assert.equal(await page.locator(".runs li").count(), 1, "one skill's runs only");
  await window.check("history");
  await page.locator(".runs a").first().click();
  await page.locator("article.report .tiles").waitFor();
  await window.check("daily-report");
}

async function theGrowthPlan() {
  const { page } = window;
  await home();
  await page.getByRole("link", { name: "成长计划", exact: true }).click();
  await page.waitForURL(/\/growth$/);
  await page.locator(".outlook svg.chart").first().waitFor();
  for (const words of ["零新增", "照常经营", "官方评定日未知"]) await page.getByText(words).first().waitFor();
  await window.check("growth-asked");
  // Nothing can be planned before the figures that no order tells: each missing one leads to its field.
  await page.locator("#plan a[data-unfold]").first().click();
  await page.locator("details.lever[open]").first().waitFor();
  const figures = [["平台费率（%）", "5"], ["每单运费（元）", "6"]];
  for (const [label, value] of figures) await page.getByLabel(label).fill(value);
  await page.getByLabel("货款占成交（%）").fill("60");
  for (const [lever, cost] of [["promotion_buyers", "8"], ["win_back", "5"], ["scene_turnover", "20"], ["repeat_order", "3"]]) {
    const place = page.locator(`[id="lever-${lever}"]`);
    if (!await place.evaluate((node) => node.open)) await place.locator("summary").first().click();
    await place.getByLabel("单位成本（元）").fill(cost);
  }
  await page.locator("#business").getByRole("button", { name: "保存" }).click();
  await page.locator("#toast[data-shown]", { hasText: "已保存" }).waitFor();
  assert.equal(await page.getByLabel("平台费率（%）").inputValue(), "5");
  await window.check("growth");
  await window.shot("growth-whole", { fullPage: true });
  await theSliders();
  await anAdoptedPlan();
}

async function theSliders() {
  const { page } = window;
  const slider = page.getByRole("slider").first();
  const answer = page.locator("#answer .figures");
  const before = await answer.innerText();
  const value = await slider.inputValue();
  await slider.focus();
  await page.keyboard.press(Number(value) > 0 ? "Home" : "End");
  await page.waitForFunction((old) => document.querySelector("#answer .figures").innerText !== old, before);
  const after = await answer.innerText();
  assert.notEqual(after, before, "odds and cost follow the slider");
  const output = page.locator(".slider output b").first();
  assert.equal(await output.innerText(), await slider.inputValue());
  // Many moves at once: what is shown last belongs to where the slider stands last.
  for (let press = 0; press < 12; press += 1) await page.keyboard.press("ArrowRight");
  for (let press = 0; press < 12; press += 1) await page.keyboard.press("ArrowLeft");
  await page.waitForFunction((old) => document.querySelector("#answer .figures").innerText === old, after);
  const took = await page.evaluate(async () => {
    const form = document.querySelector("#levers");
    const times = [];
    for (let n = 0; n < 15; n += 1) {
      const begun = performance.now();
      await (await fetch(`${form.dataset.whatIf}?${new URLSearchParams(new FormData(form))}`)).text();
      times.push(performance.now() - begun);
    }
    return times.sort((a, b) => a - b);
  });
  console.log(`     what-if round trip: median ${took[7].toFixed(1)} ms, slowest ${took[14].toFixed(1)} ms`);
  await page.getByRole("button", { name: "恢复为方案" }).click();
  await page.waitForFunction((old) => document.querySelector("#answer .figures").innerText === old, before);
  assert.equal(await slider.inputValue(), value);
}

async function anAdoptedPlan() {
  const { page } = window;
  await page.locator("#plan").getByRole("button", { name: "采用这个方案" }).first().click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByText("预期：花").waitFor();
  await window.check("growth-adopt");
  await dialog.getByRole("button", { name: "确认采用" }).click();
  await page.locator("#toast[data-shown]", { hasText: "已采用" }).waitFor();
  await page.locator("#adopted .chip", { hasText: "进行中" }).waitFor();
  await page.locator("#adopted").scrollIntoViewIfNeeded();
  await window.check("growth-adopted");
}

async function theRules() {
  const { page } = window;
  await home();
  const total = () => page.locator("section.score svg.chart").getAttribute("aria-label");
  const before = await total();
  await page.goto(`${demo.base}/shops/demo/rules`);
  const row = page.locator("li[data-field='consumer.base']");
  await row.locator("summary").click();
  await row.getByLabel(/改为/).fill("-5");
  await row.getByRole("button", { name: "保存" }).click();
  await row.locator(".error:visible").waitFor();
  window.forget(/40[09]|422/);
  await window.check("rules-refused");
  await row.getByLabel(/改为/).fill("1.5");
  await row.getByRole("button", { name: "保存" }).click();
  await row.locator(".chip", { hasText: "商家填写" }).waitFor();
  await window.check("rules");
  await home();
  assert.notEqual(await total(), before, "the score is counted by the corrected figure");
  await page.locator("section.score .chip", { hasText: "商家填写 1 项" }).click();
  await row.locator("summary").click();
  await row.getByRole("button", { name: "撤回，用原来的" }).click();
  await row.locator(".chip", { hasText: "商家填写" }).waitFor({ state: "detached" });
  await home();
  assert.equal(await total(), before);

  await page.goto(`${demo.base}/shops/demo/rules#calibration`);
  await page.getByLabel("显示的积分").fill("800");
  await page.getByRole("button", { name: "记下这一天" }).click();
  await page.locator("table.calibrations tbody tr").waitFor();
  assert.match(await page.locator("table.calibrations").innerText(), /800/);
  await window.check("calibration");
  await page.getByRole("button", { name: /^删除/ }).click();
  await page.locator("table.calibrations").waitFor({ state: "detached" });
  await anExplanation(row);
}

/** As if every buyer brought one and a half points: the page may say so, and uses it only after two clicks. */
async function anExplanation(row) {
  const { page } = window;
  const headers = { authorization: `Bearer ${demo.token}`, "content-type": "application/json" };
  const api = `${demo.base}/api/shops/demo`;
  // A mark that nobody denied could account for the difference as well; then no rule is doubted.
  await fetch(`${api}/growth-inputs`, { method: "POST", headers, body: JSON.stringify({ marks_known: true }) });
  const { card } = await (await fetch(`${api}/score`, { headers })).json();
  const before = (day, days) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
  for (const back of [0, 1, 2]) {
    const { card: then } = await (await fetch(`${api}/score?as_of=${before(card.as_of, -back)}`, { headers })).json();
    const points = (Number(then.points.total) + Number(then.points.buyers) / 2).toFixed(6);
    await fetch(`${api}/calibrations`, { method: "POST", headers, body: JSON.stringify({ day: before(then.as_of, 1), points }) });
  }
  await page.reload();
  await page.locator("#calibration .chip", { hasText: "对不上" }).waitFor();
  assert.equal(await row.locator(".chip", { hasText: "商家填写" }).count(), 0, "nothing is used by itself");
  await page.locator(".explanations li", { hasText: "每个支付买家" }).getByRole("button", { name: "用这个分值" }).click();
  await page.locator("dialog[open]").getByText("这只是推算").waitFor();
  await window.check("explanation");
  await page.locator("dialog[open]").getByRole("button", { name: "确认使用" }).click();
  await row.locator(".chip", { hasText: "商家填写" }).waitFor();
  await page.locator("#calibration .chip", { hasText: "对得上" }).waitFor();
}

async function keyboard() {
  const { page } = window;
  await home();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.className), "skip", "the first stop leads past the navigation");
  const button = window.skill("退款参谋");
  for (let stops = 0; stops < 80 && !(await button.evaluate((node) => node === document.activeElement)); stops += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("dialog[data-state=done]").waitFor({ timeout: 60_000 });
  await page.keyboard.press("Escape");
  await page.locator("dialog#run").waitFor({ state: "hidden" });
  assert.ok(await button.evaluate((node) => node === document.activeElement), "focus returns to the skill");
}

async function aDroppedConnection() {
  const headers = { authorization: `Bearer ${demo.token}` };
  const asked = await fetch(`${demo.base}/api/shops/demo/runs`, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify({ skill: "activity-picker" }) });
  const { id } = await asked.json();
  const log = `${demo.base}/api/shops/demo/runs/${id}/events`;
  const dropped = new AbortController();
  const first = await fetch(log, { headers, signal: dropped.signal });
  const reader = first.body.getReader();
  let seen = "";
  while (!seen.includes("\n\n")) seen += new TextDecoder().decode((await reader.read()).value);
  dropped.abort();
  const last = Number(/^id: ?(\d+)$/m.exec(seen)[1]);
  const rest = await (await fetch(log, { headers: { ...headers, "last-event-id": String(last) } })).text();
  const ids = [...rest.matchAll(/^id: ?(\d+)$/gm)].map((match) => Number(match[1]));
  assert.deepEqual(ids, ids.map((_, at) => last + 1 + at), "nothing is told twice and nothing is missing");
  assert.match(rest, /event: ?done/);
}

async function weight() {
  const headers = { authorization: `Bearer ${demo.token}` };
  const page = await (await fetch(`${demo.base}/shops/demo`, { headers })).text();
  const assets = [...new Set([...page.matchAll(/"(\/assets\/[^"]+)"/g)].map((match) => match[1]))];
  assert.equal(assets.length, 3, "style, script, icon and nothing else");
  const sizes = await Promise.all(["/shops/demo", ...assets].map((path) => bytesOnTheWire(demo.base + path, headers)));
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`     home page ${sizes[0]} bytes on the wire, ${whole} with style, script and icon`);
  assert.ok(whole < 60_000, `a first visit weighs ${whole} bytes`);
}

/** Bytes of a body as they travel: fetch would unpack them first. */
function bytesOnTheWire(url, headers) {
  return new Promise((done, failed) => {
    get(url, { headers: { ...headers, "accept-encoding": "gzip" } }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk) => { bytes += chunk.length; });
      answer.on("end", () => done(bytes));
    }).on("error", failed);
  });
}

/** Files: looked at, then confirmed; bad rows named and taken away to be mended; costs typed and pasted. */
async function files() {
  const { page } = window;
  await page.goto(`${demo.base}/shops/demo/settings`);
  await page.getByRole("link", { name: "导入文件" }).click();
  const csv = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  const products = await (await fetch(`${demo.base}/api/shops/demo/costs.xlsx`, { headers: { authorization: `Bearer ${demo.token}` } })).arrayBuffer();
  const asked = "询盘时间,买家会员名,数字营销\n2026-05-01 10:30,老王,是\n昨天,老李,\n2026-05-03,=cmd,也许\n";
  await page.locator("[data-files]").setInputFiles([csv("询盘 5月.csv", asked), csv("x.csv", "no table"), { name: "成本表.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from(products) }]);
  const card = page.locator(".file", { hasText: "询盘 5月.csv" });
  await card.getByText("有 2 处没有读入").waitFor();
  await page.locator(".file", { hasText: "x.csv" }).getByText("认不出表头").waitFor();
  await page.locator(".file", { hasText: "成本表.xlsx" }).locator(".buttons").waitFor();
  assert.equal(await page.locator(".imports li", { hasText: "询盘 5月.csv" }).count(), 0, "nothing is written before 确认导入");
  await window.check("import-preview");
  await window.shot("import-preview-whole", { fullPage: true });
  const [download] = await Promise.all([page.waitForEvent("download"), card.getByRole("button", { name: "下载要改的行" }).click()]);
  assert.equal(download.suggestedFilename(), "询盘 5月 待改正.xlsx");
  await card.getByRole("button", { name: "确认导入" }).focus();
  await page.keyboard.press("Enter");
  await card.getByText("已导入：新增 1").waitFor();
  await page.locator(".imports li", { hasText: "询盘 5月.csv" }).waitFor();
  await window.check("import-done");
  await page.getByRole("link", { name: "填成本" }).click();
  const cost = page.locator(".cost input").first();
  const id = await cost.getAttribute("data-product");
  await cost.fill("12.5");
  await page.getByRole("button", { name: "保存成本" }).click();
  await page.locator("#toast[data-shown]", { hasText: "已保存 1 个成本" }).waitFor();
  await window.check("costs");
  await page.getByLabel("粘贴成本").fill(`${id}\t13.80\n`);
  await page.getByRole("button", { name: "看预览" }).click();
  await page.locator("#paste .file").getByRole("button", { name: "确认导入" }).click();
  await page.locator("#paste .file").getByText("更新 1").waitFor();
  await page.goto(`${demo.base}/shops/demo/costs?q=${id}`);
  assert.equal(await page.locator(`input[data-product="${id}"]`).first().inputValue(), "13.8");
}

async function theShop() {
  const { page } = window;
  await page.goto(`${demo.base}/shops/demo`);
  await page.getByRole("link", { name: "店铺", exact: true }).click();
  const gate = page.locator("#growth-form input[name^='gates.']").first();
  await gate.fill("91.5");
  await page.getByRole("button", { name: "保存" }).click();
  await page.locator("#toast[data-shown]", { hasText: "已保存" }).waitFor();
  await page.reload();
  assert.equal(await gate.inputValue(), "91.5");
  await window.check("shop");
  await page.locator(".switch summary").click();
  await page.locator(".switch").getByRole("link", { name: "真实样例" }).click();
  await page.waitForURL(/\/shops\/sample$/);
  await page.locator("section.score").getByText("413 人").waitFor();
  await window.check("sample-home");
  // Ten days are too short a past to foresee anything: the page says so and invents nothing.
  await page.goto(`${demo.base}/shops/sample/growth`);
  await page.getByText("照常经营：暂无估算").first().waitFor({ state: "attached" });
  assert.equal(await page.locator("#levers").count(), 0);
  await window.check("sample-growth");
}

// A stranger's skill: installed beside the running program, agreed to, run like any other, and sent away.
async function aPlugin() {
  const { page } = window;
  const { XIAOER_BIN: program, XIAOER_DATA: data } = process.env;
  const sample = new URL("../../skills/plugins/slow-movers", import.meta.url).pathname;
  const said = execFileSync(program, ["skill", "install", sample, "--data", data], { encoding: "utf8" });
  assert.match(said, /读.*订单/, "the installation says in the merchant's words what the plugin may read");
  await home();
  await window.skill("滞销品").waitFor();
  await page.goto(`${demo.base}/shops/demo/plugins`);
  const card = page.locator("#plugin-slow-movers");
  await card.getByText("未授权", { exact: true }).waitFor();
  await window.check("plugin-new");
  await card.getByRole("button", { name: "授权" }).click();
  await card.getByText("已授权", { exact: true }).waitFor();
  await window.check("plugin-granted");
  await home();
  await window.run("滞销品");
  await page.locator("dialog").getByRole("link", { name: "查看报告" }).click();
  await page.locator("article.report").waitFor();
  await assertText("article.report", /压着的货值/);
  await window.check("plugin-report");
  await window.shot("plugin-report-whole", { fullPage: true });
  await page.goto(`${demo.base}/shops/demo/plugins`);
  await card.getByText("运行 1 次").waitFor();
  await card.getByRole("button", { name: "收回授权" }).click();
  await card.getByText("已收回", { exact: true }).waitFor();
}

/** A plugin that proposes one change, whatever the shop looks like. */
function writeModest(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/SKILL.md`, `---
name: modest
description: 看一眼商品，给第一款补七件货。
allowed-tools: shop(products) propose(stock.set)
metadata:
  xiaoer.role: operations
  xiaoer.title: 补货小帮手
  xiaoer.version: 1.0.0
  xiaoer.api: "1"
  xiaoer.entry: index.js
---
`);
  writeFileSync(`${folder}/index.js`, `export async function run(cx) {
  const product = (await cx.products()).find(one => one.skus.length > 0);
  const report = cx.report('补货');
  report.propose('refill', { kind: 'stock.set', product: product.id, sku: product.skus[0].id, to: product.skus[0].stock + 7 }, '快卖完了');
  return report;
}
`);
}

// What a plugin had proposed before its grant was taken back waits for a no, and says why; until the grant is given again.
async function aGrantTakenBack() {
  const { page } = window;
  const { XIAOER_BIN: program, XIAOER_DATA: data } = process.env;
  const folder = `${data}/authors/modest`;
  writeModest(folder);
  execFileSync(program, ["skill", "install", folder, "--data", data]);
  const plugins = `${demo.base}/shops/demo/plugins`;
  const card = page.locator("#plugin-modest");
  const press = async (button, state) => {
    await page.goto(plugins);
    await card.getByRole("button", { name: button }).click();
    await card.getByText(state, { exact: true }).waitFor();
  };
  await press("授权", "已授权");
  await home();
  await window.run("补货小帮手");
  await press("收回授权", "已收回");
  await page.goto(`${demo.base}/shops/demo/actions`);
  const proposed = page.locator("article.action", { has: page.locator("footer a", { hasText: "补货小帮手" }) });
  await proposed.getByText("店铺收回了它的权限").waitFor();
  assert.deepEqual(await proposed.getByRole("button").allInnerTexts(), ["拒绝"], "there is nothing to say yes to");
  await proposed.scrollIntoViewIfNeeded();
  await window.check("action-withdrawn");
  await press("授权", "已授权");
  await page.goto(`${demo.base}/shops/demo/actions`);
  await proposed.getByRole("button", { name: "批准" }).waitFor();
  await proposed.getByRole("button", { name: "拒绝" }).click();
  await proposed.locator(".chip", { hasText: "已拒绝" }).waitFor();
}

// A token for an assistant: told once, good for asking, and closed with one click.
async function anAssistant() {
  const { page } = window;
  await page.goto(`${demo.base}/shops/demo/settings#assistants`);
  const card = page.locator("#assistants");
  await card.getByLabel("助手的名称").fill("桌面助手");
  assert.equal(await card.locator("[name=shop]:checked").getAttribute("value"), "demo", "this shop and no other");
  await window.check("assistant-new");
  await card.getByRole("button", { name: "发一个令牌" }).click();
  const told = card.locator("#new-token");
  await told.waitFor();
  const token = await told.locator("code").innerText();
  assert.match(token, /^xiaoer-assistant-[0-9a-f]{64}$/);
  await told.scrollIntoViewIfNeeded();
  await window.check("assistant-token");
  const headers = { authorization: `Bearer ${token}` };
  const shops = await (await fetch(`${demo.base}/api/shops`, { headers })).json();
  assert.deepEqual(shops.map((shop) => shop.id), ["demo"]);
  const refused = await fetch(`${demo.base}/api/shops/demo/sync`, { method: "POST", headers });
  assert.equal(refused.status, 403);
  await told.getByRole("button", { name: "复制好了" }).click();
  await card.getByText("上次使用").waitFor();
  assert.equal(await page.content().then((text) => text.includes(token)), false, "it is told once");
  await card.scrollIntoViewIfNeeded();
  await window.check("assistant-listed");
  await card.getByLabel("助手的名称").fill("桌面助手");
  await card.getByRole("button", { name: "发一个令牌" }).click();
  await card.locator(".error", { hasText: "已有名为" }).waitFor();
  window.forget(/409/);
  await card.getByRole("button", { name: "吊销助手 桌面助手 的令牌" }).click();
  await card.getByText("已吊销", { exact: true }).waitFor();
  assert.equal((await fetch(`${demo.base}/api/shops`, { headers })).status, 401);
  await window.check("assistant-revoked");
}

async function otherWindows() {
  const desktop = window;
  for (const kind of ["dark", "phone"]) {
    window = await Window.open(browser, demo, kind);
    const { page } = window;
    await home();
    await window.check("home");
    await window.skill("标题优化").click();
    await page.locator("dialog[data-state=form]").waitFor();
    await window.check("form");
    await page.keyboard.press("Escape");
    await window.run("经营日报");
    await window.check("run-done");
    await page.locator("dialog").getByRole("link", { name: "查看报告" }).click();
    await page.locator("article.report").waitFor();
    await window.check("report");
    await page.locator(".fact").first().click();
    await page.locator("#source:popover-open").waitFor();
    await window.check("source");
    for (const [name, path] of [["approvals", "actions"], ["history", "runs"], ["score-turnover", "score?part=turnover"], ["score-all", "score"], ["score-dropping", "score?part=dropping"], ["growth", "growth"], ["rules", "rules"], ["import", "import"], ["costs", "costs"], ["plugins", "plugins"], ["shop", "settings"]]) {
      await page.goto(`${demo.base}/shops/demo/${path}`);
      await page.locator("h1").waitFor();
      await window.check(name);
    }
    await page.goto(`${demo.base}/shops/demo/talks`);
    await window.check("talks");
    await page.getByRole("link", { name: /上周为什么掉分/ }).click();
    await page.locator(".turn").nth(1).locator(".answer").waitFor();
    await window.check("talk");
    await window.shot("talk-whole", { fullPage: true });
    await window.close();
  }
  window = desktop;
}

async function keepForDocs() {
  if (process.env.XIAOER_SHOTS !== "docs") return;
  const docs = new URL("../../docs/", import.meta.url).pathname;
  mkdirSync(docs, { recursive: true });
  // A little lower than a desktop, so that the file stays small.
  await window.page.setViewportSize({ width: 1240, height: 700 });
  await window.page.screenshot({ path: `${docs}console.png` });
  await window.page.setViewportSize(contexts.desktop.viewport);
}

async function assertText(selector, pattern) {
  assert.match(await window.page.locator(selector).first().innerText(), pattern);
}
