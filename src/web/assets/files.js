// 导入数据 and 成本. A file goes to the server for its preview and, once a person confirms, the same bytes once more; nothing is written
// before. Markup comes ready from the server; words that arrive as JSON are set as text.

const $ = (selector, root = document) => root.querySelector(selector);
const shop = document.body.dataset.shop;
const api = `/api/shops/${shop}`;
const place = $("#files");
// Each preview with the file that it tells of.
const held = new WeakMap();

async function send(path, body, json = false) {
  const headers = { "x-xiaoer": "1", ...(json ? { "content-type": "application/json" } : {}) };
  const response = await fetch(api + path, { method: "POST", headers, body }).catch(() => null);
  if (!response) throw new Error("连不上小二，或文件在选择之后被改动了；请重新选择文件再试");
  if (response.ok) return response;
  const answer = await response.json().catch(() => null);
  throw new Error(answer?.error ?? `请求没有成功（${response.status}）`);
}

function made(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

function refused(name, words) {
  const card = made("article", { className: "file" });
  card.append(made("h3", { textContent: name }), made("p", { className: "bad", textContent: words }));
  return card;
}

// One after the other: the server reads a large file for a second.
async function look(files) {
  for (const { file, name } of files) {
    const waiting = made("article", { className: "file" });
    waiting.append(made("h3", { textContent: name }), made("progress", { ariaLabel: `正在读 ${name}` }));
    place.append(waiting);
    waiting.replaceWith(await preview(file, name));
  }
}

async function preview(file, name) {
  const most = Number($("[data-most]")?.dataset.most ?? Infinity);
  if (file.size === 0) return refused(name, "文件是空的，请重新导出后再导入");
  if (file.size > most) return refused(name, `文件太大，最多 ${most >> 20} MB；请按月份分开导出再导入`);
  try {
    const response = await send(`/import/card?name=${encodeURIComponent(name)}`, file);
    const template = document.createElement("template");
    template.innerHTML = await response.text();
    const card = template.content.firstElementChild;
    held.set(card, { file, name });
    return card;
  } catch (error) {
    return refused(name, error.message);
  }
}

async function confirm(button) {
  const card = button.closest(".file");
  const { file, name } = held.get(card);
  const buttons = button.closest(".buttons");
  for (const one of buttons.children) one.disabled = true;
  try {
    const done = await (await send(`/import?name=${encodeURIComponent(name)}&sha256=${card.dataset.sha256}`, file)).json();
    const words = `已导入：新增 ${done.new}，更新 ${done.changed}，不变 ${done.unchanged}${done.problems.length ? `，有问题 ${done.problems.length}` : ""}`;
    const said = made("p", { className: "good", textContent: words, tabIndex: -1 });
    buttons.replaceWith(said);
    said.focus();
    await renewHistory();
  } catch (error) {
    for (const one of buttons.children) one.disabled = false;
    $(".bad", buttons)?.remove();
    buttons.append(made("p", { className: "bad", textContent: error.message }));
  }
}

async function renewHistory() {
  const old = $("#imports");
  if (!old) return;
  const response = await fetch(old.dataset.part).catch(() => null);
  if (!response?.ok) return;
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  old.replaceWith(template.content.firstElementChild);
}

async function mend(button) {
  const { file, name } = held.get(button.closest(".file"));
  try {
    const book = await (await send("/import/to-mend", file)).blob();
    const link = made("a", { href: URL.createObjectURL(book), download: `${name.replace(/\.[^.]*$/, "")} 待改正.xlsx` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (error) {
    button.after(made("p", { className: "bad", textContent: error.message }));
  }
}

// Cells without a header get the one that their number asks for.
function pasted() {
  const text = $("[data-paste]").value.replace(/^\s*\n/, "");
  if (!text.trim()) return $("[data-paste]").focus();
  const [first] = text.split("\n");
  const cells = first.split("\t");
  const titled = first.includes("成本");
  const header = titled ? "" : cells.length > 2 ? "Offer ID\tSKU ID\t成本\n" : "Offer ID\t成本\n";
  place.replaceChildren();
  return look([{ file: new Blob([header, text]), name: "粘贴的成本" }]);
}

async function keepCosts(form) {
  const error = $(".error", form);
  error.hidden = true;
  const changed = [...form.querySelectorAll("[data-product]")].filter((field) => field.value.trim() !== field.defaultValue);
  const costs = changed.map((field) => ({ product: field.dataset.product, sku: field.dataset.sku ?? null, cost: field.value.trim() || null }));
  const refuse = (words) => {
    error.textContent = words;
    error.hidden = false;
    error.tabIndex = -1;
    error.focus();
  };
  if (costs.length === 0) return refuse("没有改动，不用保存");
  try {
    const { changes } = await (await send("/costs", JSON.stringify({ costs }), true)).json();
    sessionStorage.setItem("said", `已保存 ${changes.length} 个成本`);
    location.reload();
  } catch (problem) {
    refuse(problem.message);
  }
  return null;
}

const clicks = [
  ["[data-confirm]", confirm],
  ["[data-leave]", (button) => button.closest(".file").remove()],
  ["[data-mend]", mend],
  ["[data-read-paste]", pasted],
];

document.addEventListener("click", (event) => {
  for (const [selector, act] of clicks) {
    const hit = event.target.closest(selector);
    if (hit) return void act(hit);
  }
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#costs")) return;
  event.preventDefault();
  keepCosts(event.target);
});

const named = (list) => [...list].map((file) => ({ file, name: file.name }));
const input = $("[data-files]");
input?.addEventListener("change", () => look(named(input.files)).finally(() => { input.value = ""; }));

const drop = $(".drop");
for (const name of ["dragover", "dragleave", "drop"]) {
  drop?.addEventListener(name, (event) => {
    event.preventDefault();
    drop.toggleAttribute("data-over", name === "dragover");
    if (name === "drop") look(named(event.dataTransfer.files));
  });
}
