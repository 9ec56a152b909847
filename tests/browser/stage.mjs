// What every scene needs: a demo on a free port, a browser, and the checks that hold on every page.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const here = new URL(".", import.meta.url).pathname;
const axe = readFileSync(`${here}node_modules/axe-core/axe.min.js`, "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export const contexts = {
  desktop: { viewport: { width: 1280, height: 900 } },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
};

/** Starts the demo and waits for the line that says where it listens. */
export async function startDemo() {
  const { XIAOER_BIN: program, XIAOER_DATA: data } = process.env;
  const demo = spawn(program, ["demo", "--listen", "127.0.0.1:0", "--data", data], { stdio: ["ignore", "pipe", "pipe"], cwd: data });
  let log = "";
  for (const stream of [demo.stdout, demo.stderr]) stream.on("data", (text) => { log += text; });
  await new Promise((ready, failed) => {
    createInterface({ input: demo.stdout }).on("line", (line) => line.includes("/login?token=") && ready());
    demo.on("exit", (code) => failed(new Error(`the demo ended with ${code}:\n${log}`)));
  });
  const { address, token } = JSON.parse(readFileSync(`${data}/serve.json`, "utf8"));
  return { base: `http://${address}`, token, log: () => log, stop: () => stop(demo) };
}

function stop(demo) {
  if (demo.exitCode !== null) return null;
  demo.removeAllListeners("exit");
  const ended = new Promise((done) => demo.once("exit", done));
  demo.kill("SIGTERM");
  return ended;
}

export function openBrowser() {
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: [...root, ...quiet] });
}

/** What a focus leaves under the bar of a phone, wherever the page was scrolled to: begun where it is worst, at the window's lower edge. */
function underTheBar() {
  const [bar, from, found] = [document.querySelector("nav.main"), globalThis.scrollY, []];
  if (!bar) return found;
  for (const node of document.querySelectorAll("main :is(a[href], button, summary, input, select)")) {
    if (!node.checkVisibility({ visibilityProperty: true })) continue;
    document.activeElement?.blur();
    globalThis.scrollBy(0, node.getBoundingClientRect().bottom - globalThis.innerHeight);
    node.focus();
    const below = node.getBoundingClientRect().bottom - bar.getBoundingClientRect().top;
    if (node === document.activeElement && below > 0) found.push(`${node.innerText || node.outerHTML.slice(0, 80)} by ${Math.round(below)} px`);
  }
  document.activeElement?.blur();
  globalThis.scrollTo(0, from);
  return found;
}

/** A browser window of one kind, logged in as by the address that the start prints. */
export class Window {
  static async open(browser, demo, kind) {
    const context = await browser.newContext({ locale: "zh-CN", timezoneId: "Asia/Shanghai", ...contexts[kind] });
    const page = await context.newPage();
    const window = Object.assign(new Window(), { context, page, kind, complaints: [] });
    page.on("pageerror", (error) => window.complaints.push(`page error: ${error.message}`));
    page.on("console", (message) => message.type() === "error" && window.complaints.push(`console: ${message.text()} (${message.location().url})`));
    await page.goto(`${demo.base}/login?token=${demo.token}`);
    return window;
  }

  /** Nothing wrong on what is shown now: no accessibility violation, nothing wider than the window, no complaint of the browser. */
  async check(name) {
    const { page, kind } = this;
    await this.settled();
    await page.evaluate(axe);
    const { violations } = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules }), RULES);
    const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).slice(0, 3).join(" | ")}`);
    assert.deepEqual(found, [], `${kind} ${name}: accessibility`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(overflow, 0, `${kind} ${name}: ${overflow} px wider than the window`);
    assert.deepEqual(this.complaints, [], `${kind} ${name}: complaints of the browser`);
    await this.shot(name);
    if (kind === "phone") assert.deepEqual(await page.evaluate(underTheBar), [], `${kind} ${name}: under the bar at the bottom`);
  }

  /** The browser itself writes a refused request to its console. */
  forget(pattern) {
    this.complaints = this.complaints.filter((line) => !pattern.test(line));
  }

  /** Animations at their end: a colour on its way is no colour to judge. */
  async settled() {
    await this.page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => null))));
  }

  async shot(name, options = {}) {
    mkdirSync(`${here}shots`, { recursive: true });
    await this.page.screenshot({ path: `${here}shots/${this.kind}-${name}.png`, ...options });
  }

  /** The skill's button among the staff. */
  skill(title) {
    return this.page.locator(`button.skill[data-title="${title}"]`);
  }

  /** Runs a skill from the home page and goes to its report. */
  async run(title) {
    const { page } = this;
    await this.skill(title).click();
    const dialog = page.locator("dialog#run");
    await dialog.waitFor();
    if (await dialog.getAttribute("data-state") === "form") await dialog.getByRole("button", { name: "开始" }).click();
    await page.locator("dialog[data-state=done]").waitFor({ timeout: 120_000 });
    return dialog;
  }

  async close() {
    assert.deepEqual(this.complaints, [], `${this.kind}: complaints of the browser`);
    await this.context.close();
  }
}
