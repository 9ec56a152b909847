// The console's only script. It starts runs, follows them, shows where figures come from and carries decisions.
// Markup comes ready from the server; words that arrive as JSON are set as text, never as markup.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const shop = document.body.dataset.shop;
const api = `/api/shops/${shop}`;
const pages = `/shops/${shop}`;

async function ask(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "x-xiaoer": "1", "content-type": "application/json" },
    body: JSON.stringify(body ?? {}),
  }).catch(() => { throw new Error("连不上小二，请检查它是否还在运行"); });
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new Error(answer?.error ?? `请求没有成功（${response.status}）`);
  return answer;
}

async function fragment(path) {
  const response = await fetch(path).catch(() => null);
  if (!response?.ok) return null;
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content.firstElementChild;
}

function toast(words) {
  const place = $("#toast");
  place.textContent = words;
  place.dataset.shown = "";
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => delete place.dataset.shown, 5000);
}

// ---- Runs ----

const dialog = $("#run");
const run = { skill: null, input: {}, id: null, source: null };

function setState(state) {
  dialog.dataset.state = state;
}

function openRun(button) {
  const { skill, title, about } = button.dataset;
  Object.assign(run, { skill, input: {}, id: null });
  $("#run-title").textContent = title;
  $("#run-about").textContent = about ?? "";
  const fields = $(`#fields-${CSS.escape(skill)}`);
  if (!dialog.open) dialog.showModal();
  if (!fields) return startRun();
  $("#run-fields").replaceChildren(fields.content.cloneNode(true));
  setState("form");
  $("#run-fields input, #run-fields select")?.focus();
}

async function startRun() {
  setState("running");
  $("#run-steps").replaceChildren();
  $("#run-result").replaceChildren();
  try {
    const started = await ask(`${api}/runs`, { skill: run.skill, input: run.input });
    run.id = started.id;
    run.source?.close();
    run.source = follow(started.id, $("#run-steps"), finishRun);
  } catch (error) {
    stopRun(error.message);
  }
}

function stopRun(why) {
  $("#run-why").textContent = why;
  setState("stopped");
}

async function finishRun(id, stopped) {
  refresh();
  if (id !== run.id) return;
  if (!dialog.open) return toast(stopped ? `没有完成：${stopped.why}` : "运行完成，可以在“报告”里查看");
  if (stopped) return stopRun(stopped.why);
  const result = await fragment(`${pages}/runs/${id}/summary`);
  if (result) $("#run-result").replaceChildren(result);
  $("[data-report]", dialog).href = `${pages}/runs/${id}`;
  setState("done");
  $("[data-report]", dialog).focus();
}

// Follows a run's log. The browser reconnects by itself and says which line it saw last.
function follow(id, steps, ended) {
  const source = new EventSource(`${api}/runs/${id}/events`);
  const progress = steps.previousElementSibling;
  progress.removeAttribute("value");
  let begun = null;
  const line = (text, at) => {
    const time = Date.parse(at);
    const last = steps.lastElementChild;
    if (last) {
      last.dataset.state = "done";
      if (begun) $("time", last).textContent = `${Math.max(0, (time - begun) / 1000).toFixed(1)} 秒`;
    }
    if (!text) return;
    const [, part, whole] = /(\d+)\/(\d+)/.exec(text) ?? [];
    if (Number(whole) > 0) progress.value = part / whole;
    else progress.removeAttribute("value");
    begun = time;
    const item = document.createElement("li");
    item.dataset.state = "busy";
    item.append(Object.assign(document.createElement("span"), { textContent: text }), document.createElement("time"));
    steps.append(item);
  };
  const on = (name, act) => source.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on("queued", (news) => line("已收到，马上开始", news.at));
  on("started", (news) => line(news.attempt > 1 ? "接着上次继续" : "开始工作", news.at));
  on("step", (news) => line(news.text, news.at));
  on("done", (news) => { source.close(); line(null, news.at); ended(id, null); });
  on("stopped", (news) => { source.close(); line(null, news.at); ended(id, news); });
  source.addEventListener("error", () => {
    // Closed for good: the run is over, or somebody logged out. The page itself knows.
    if (source.readyState === EventSource.CLOSED) ended(id, { why: "连接断开了，请刷新页面查看结果" });
  });
  return source;
}

function cancel(button) {
  const id = button.dataset.cancel || run.id;
  if (id) ask(`${api}/runs/${id}/cancel`).catch((error) => toast(error.message));
}

function refresh() {
  for (const part of $$("[data-part]")) renew(part, part.dataset.part);
}

async function renew(element, path) {
  const fresh = await fragment(path);
  if (!fresh) return null;
  if ("reload" in fresh.dataset) return dialog.open ? null : location.reload();
  if (!element.isConnected) return null;
  if (!element.isEqualNode(fresh)) element.replaceWith(fresh);
  else return element;
  return fresh;
}

// What changes by itself is asked for again until it says that it is still.
async function watch() {
  for (const part of $$("[data-part][data-live]")) await renew(part, part.dataset.part);
  for (const card of $$("[data-action][data-live]")) await renewCard(card);
  setTimeout(watch, $("[data-live]") ? 700 : 3000);
}

dialog?.addEventListener("close", () => {
  if (dialog.dataset.state === "running" && run.id) toast("已转到后台，完成后可以在“报告”里查看");
});
$("#run-form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  run.input = Object.fromEntries(new FormData(event.target));
  startRun();
});

// ---- Where a figure comes from ----

async function showSource(button) {
  const base = button.closest("[data-facts]")?.dataset.facts;
  const card = $("#source");
  const response = base && await fetch(base + encodeURIComponent(button.dataset.fact)).catch(() => null);
  if (!response?.ok) return toast("这个数字的来源暂时读不到");
  card.innerHTML = await response.text();
  // Inside a modal dialog nothing outside of it can be reached.
  (button.closest("dialog") ?? document.body).append(card);
  if (card.matches(":popover-open")) card.hidePopover();
  card.showPopover({ source: button });
  place(card, button.getBoundingClientRect());
  $("button", card).focus();
}

// Below the figure, or above where there is more room; on a phone the style sheet puts it at the bottom.
function place(card, at) {
  if (matchMedia("(max-width: 760px)").matches) return card.removeAttribute("style");
  const { offsetWidth: width, offsetHeight: height } = card;
  const below = at.bottom + 8 + height < innerHeight;
  card.style.left = `${Math.max(12, Math.min(at.left, innerWidth - width - 12))}px`;
  card.style.top = `${below ? at.bottom + 8 : Math.max(12, at.top - height - 8)}px`;
}

function showWhole(button) {
  const table = $("table", button.previousElementSibling);
  table.dataset.whole = "";
  const row = $(".more-row", table);
  row.tabIndex = -1;
  row.focus();
  button.remove();
}

// ---- Decisions ----

function edited(form) {
  const edit = {};
  for (const field of $$("[name]", form)) if (field.value !== field.defaultValue) edit[field.name] = field.value;
  return edit;
}

async function decide(card, act) {
  const error = $(".error", card);
  if (error) error.hidden = true;
  const body = act === "approve" ? { hash: card.dataset.hash, edit: edited($("form", card)) } : act === "reject" || act === "retry" ? { hash: card.dataset.hash } : {};
  for (const button of $$("[data-act]", card)) button.disabled = true;
  try {
    const action = await ask(`${api}/actions/${card.dataset.action}/${act}`, body);
    if (act === "undo") await showUndo(card, action.id);
    const fresh = await renewCard(card);
    const next = fresh && ($(".buttons .button", fresh) ?? $("summary", fresh));
    next?.focus();
  } catch (problem) {
    for (const button of $$("[data-act]", card)) button.disabled = false;
    if (!error) return toast(problem.message);
    error.textContent = problem.message;
    error.hidden = false;
  }
}

async function showUndo(card, id) {
  const undo = await fragment(`${pages}/actions/${id}`);
  if (undo && !document.getElementById(undo.id)) card.before(undo);
}

async function renewCard(card) {
  const fresh = await renew(card, `${pages}/actions/${card.dataset.action}`);
  if (!fresh) return null;
  const badge = $(".badge");
  if (badge) {
    badge.textContent = fresh.dataset.waiting;
    badge.hidden = fresh.dataset.waiting === "0";
  }
  // Once an undo is done, its original is 已撤销.
  const original = document.getElementById(`a-${fresh.dataset.undoOf}`);
  if (original && !("live" in fresh.dataset)) await renew(original, `${pages}/actions/${original.dataset.action}`);
  return fresh;
}

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context there is no clipboard: select, so that one key press copies.
    getSelection().selectAllChildren(button.previousElementSibling);
    return toast("已选中，请按 Ctrl+C 复制");
  }
  toast("已复制");
}

// ---- The shop ----

async function sync(button) {
  button.disabled = true;
  try {
    await ask(`${api}/sync`);
    location.reload();
  } catch (error) {
    toast(error.message);
    button.disabled = false;
  }
}

// Fields are named by their place in the value: gates.x, marks.0.from. What is empty is left out, and so is a row whose key is.
function valueOf(form) {
  const value = {};
  for (const field of $$("[name]", form)) {
    const row = field.closest("[data-row]");
    const left = field.value === "" || (field.type === "checkbox" && !field.checked);
    if (left || (row && $("[data-key]", row).value === "")) continue;
    const { number, is } = field.dataset;
    const path = field.name.split(".");
    const last = path.pop();
    let at = value;
    for (const step of path) at = at[step] ??= {};
    at[last] = number ? Math.round(Number(field.value) * Number(number)) : field.type === "checkbox" ? is !== "false" : field.value;
  }
  return listed(value);
}

// What is numbered is a list. A row that says no more than which one it is says nothing.
function listed(value) {
  if (typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, listed(inner)]);
  if (entries.length === 0 || !entries.every(([key]) => /^\d+$/.test(key))) return Object.fromEntries(entries);
  return entries.map(([, row]) => row).filter((row) => Object.keys(row).length > ("lever" in row ? 1 : 0));
}

function refuse(form, words) {
  const error = $(".error", form);
  if (!error) return toast(words);
  error.textContent = words;
  error.hidden = false;
  const fields = $$("input:not([type=hidden]), select", form);
  if (fields.length === 0) return null;
  // In a long form the sentence says which field it means; it is brought into sight instead.
  if (fields.length > 4) {
    error.tabIndex = -1;
    return error.focus();
  }
  error.id ||= `why-${form.dataset.correct ?? "form"}`;
  fields[0].setAttribute("aria-describedby", error.id);
  return fields[0].focus();
}

// The page is made anew from what is kept now, and says then that it is kept.
async function keep(form, path, body) {
  const error = $(".error", form);
  if (error) error.hidden = true;
  try {
    await ask(path.startsWith("/api/") ? path : api + path, body);
    sessionStorage.setItem("said", form.dataset.done ?? "已保存，积分已重新算");
    location.reload();
  } catch (problem) {
    refuse(form, problem.message);
  }
}

// The API takes all corrections at once: the others stay as they are.
async function correct(form, value) {
  const { pack } = form.closest("[data-pack]").dataset;
  const field = form.dataset.correct;
  const answer = await fetch(`${api}/growth-rules?pack=${encodeURIComponent(pack)}`).catch(() => null);
  if (!answer?.ok) return refuse(form, "读不到现在的规则，请稍后再试");
  const others = (await answer.json()).corrections.filter((one) => one.field !== field);
  return keep(form, "/growth-rules", { pack, corrections: value === null ? others : [...others, { field, value }] });
}

// Leaves for the platform's own page, which leads back to the shop's.
async function authorize(button) {
  button.disabled = true;
  try {
    location.assign((await ask(`${api}/authorization`, { console: location.origin })).url);
  } catch (problem) {
    button.disabled = false;
    toast(problem.message);
  }
}

async function connect(form) {
  const value = valueOf(form);
  try {
    await ask("/api/shops", value);
    sessionStorage.setItem("said", "已保存");
    if (value.id === shop) location.reload();
    else location.assign(`/shops/${value.id}/settings#authorization`);
  } catch (problem) {
    refuse(form, problem.message);
  }
}

// A token is told once: it goes from the answer onto the page and nowhere else.
async function newToken(form) {
  $(".error", form).hidden = true;
  const shops = $$("[name=shop]:checked", form).map((box) => box.value);
  try {
    const { token } = await ask("/api/assistants", { name: form.elements.name.value, shops });
    const place = $("#new-token");
    $("code", place).textContent = token;
    $("[data-copy]", place).dataset.copy = token;
    place.hidden = false;
    form.hidden = true;
    place.focus();
  } catch (problem) {
    refuse(form, problem.message);
  }
}

async function enterGrowth(form) {
  const error = $(".error", form);
  error.hidden = true;
  try {
    await ask(`${api}/growth-inputs`, valueOf(form));
    toast("已保存，积分已按新的信息重新核算");
  } catch (problem) {
    refuse(form, problem.message);
  }
}

// ---- What if ----

const levers = $("#levers");
const trying = { busy: false, again: false };

// One question at a time. What moved meanwhile is asked once, as it stands then: the newest answer is always the last.
async function tryLevers() {
  trying.again = trying.busy;
  if (trying.busy) return;
  trying.busy = true;
  const fresh = await fragment(`${levers.dataset.whatIf}?${new URLSearchParams(new FormData(levers))}`);
  trying.busy = false;
  if (fresh) for (const part of ["dl", ".rest"]) $(part, $("#answer")).replaceChildren(...$(part, fresh).childNodes);
  else toast("试算没有成功，请刷新页面");
  if (trying.again) tryLevers();
}

function moved(slider) {
  const words = `${slider.value} ${slider.dataset.unit}`;
  slider.setAttribute("aria-valuetext", words);
  $("b", slider.previousElementSibling).textContent = slider.value;
}

function restore(button) {
  for (const slider of $$("[type=range]", levers)) {
    slider.value = button.dataset.restore === "none" ? 0 : slider.dataset.plan;
    moved(slider);
  }
  tryLevers();
}

levers?.addEventListener("input", (event) => {
  moved(event.target);
  tryLevers();
});

// Where a figure is asked for, its place is open.
function unfold() {
  const place = $("details:target");
  if (place) place.open = true;
}

// ---- Talks ----

// The lines come from the server as they are stored; only turns that changed are put in anew, so that nothing opened is closed.
async function hear(talk) {
  const fresh = await fragment(talk.dataset.talk);
  if (!fresh) return;
  [...fresh.children].forEach((turn, at) => {
    const old = talk.children[at];
    if (!old) talk.append(turn.cloneNode(true));
    else if (!old.isEqualNode(turn)) old.replaceWith(turn.cloneNode(true));
  });
  talk.toggleAttribute("data-busy", "busy" in fresh.dataset);
  talk.dataset.seen = fresh.dataset.seen;
  const form = $("form.next");
  $("[type=submit]", form).disabled = "busy" in fresh.dataset;
  talk.lastElementChild?.scrollIntoView({ block: "nearest" });
}

function listen(talk) {
  const source = new EventSource(`${talk.dataset.talk.replace(/^/, "/api").replace(/lines$/, "events")}?after=${talk.dataset.seen}`);
  const last = () => { source.close(); hear(talk); };
  for (const name of ["asked", "started", "called", "returned"]) source.addEventListener(name, () => hear(talk));
  for (const name of ["answered", "stopped"]) source.addEventListener(name, last);
  source.addEventListener("error", () => source.readyState === EventSource.CLOSED && hear(talk));
}

async function put(form) {
  const field = form.elements.text;
  const text = field.value.trim();
  const { begin, ask: talk } = form.dataset;
  if (!text) return field.focus();
  $(".error", form).hidden = true;
  const send = $("[type=submit]", form);
  send.disabled = true;
  try {
    const asked = await ask(begin ? `${api}/talks` : `${api}/talks/${talk}/ask`, begin ? { role: begin, text } : { text });
    if (begin) return location.assign(`${pages}/talks/${asked.id}`);
    field.value = "";
    const place = $("[data-talk]");
    await hear(place);
    listen(place);
  } catch (problem) {
    $(".error", form).textContent = problem.message;
    $(".error", form).hidden = false;
    send.disabled = false;
  }
  return null;
}

function offer(words) {
  const form = $("form.ask");
  form.elements.text.value = words;
  put(form);
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form.ask");
  // An input method uses Enter for itself.
  if (!form || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

const talk = $("[data-talk]");
if (talk && "busy" in talk.dataset) {
  $("form.next [type=submit]").disabled = true;
  listen(talk);
}

// ---- What is clicked ----

const clicks = [
  ["[data-skill]", openRun],
  ["[data-fact]", showSource],
  ["[data-close]", (button) => button.closest("dialog").close()],
  ["[data-open]", (button) => document.getElementById(button.dataset.open).showModal()],
  ["[data-restore]", restore],
  ["[data-take-back]", (button) => correct(button.closest("form"), null)],
  ["[data-unfold]", () => setTimeout(unfold)],
  ["[data-cancel]", cancel],
  ["[data-question]", (button) => offer(button.dataset.question)],
  ["[data-again-ask]", (button) => offer(button.dataset.againAsk)],
  ["[data-hush]", (button) => ask(`${api}/talks/${button.dataset.hush}/cancel`).catch((error) => toast(error.message))],
  ["[data-again]", startRun],
  ["[data-act]", (button) => button.type !== "submit" && decide(button.closest("[data-action]"), button.dataset.act)],
  ["[data-copy]", copy],
  ["button[data-whole]", showWhole],
  ["[data-print]", () => print()],
  ["[data-sync]", sync],
  ["[data-reload]", () => location.reload()],
  ["[data-authorize]", authorize],
  ["[data-logout]", () => ask("/logout").then(() => location.assign("/login"))],
];

document.addEventListener("click", (event) => {
  for (const open of $$("details.switch[open]")) if (!open.contains(event.target)) open.open = false;
  for (const [selector, act] of clicks) {
    const hit = event.target.closest(selector);
    if (hit) return void act(hit);
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".decide")) {
    event.preventDefault();
    decide(form.closest("[data-action]"), "approve");
  } else if (form.matches(".ask")) {
    event.preventDefault();
    if (!$("[type=submit]", form).disabled) put(form);
  } else if (form.matches("[data-growth]")) {
    event.preventDefault();
    enterGrowth(form);
  } else if (form.matches("[data-connect]")) {
    event.preventDefault();
    connect(form);
  } else if (form.matches("[data-new-token]")) {
    event.preventDefault();
    newToken(form);
  } else if (form.matches("[data-post]")) {
    event.preventDefault();
    keep(form, form.dataset.post, valueOf(form));
  } else if (form.matches("[data-correct]")) {
    event.preventDefault();
    correct(form, form.elements.value.value.trim());
  }
});

// A field that is refused must be seen.
document.addEventListener("invalid", (event) => {
  const place = event.target.closest("details");
  if (place) place.open = true;
}, true);

// A picture that cannot be shown leaves its empty frame, not a torn one.
document.addEventListener("error", (event) => event.target.matches?.(".thumb img") && event.target.remove(), true);

const followed = $("[data-follow]");
if (followed) follow(followed.dataset.follow.split("/").pop(), $(".steps", followed), () => location.reload());

function tickTimes() {
  for (const time of $$("[data-until]")) {
    const minutes = Math.floor((Date.parse(time.dataset.until) - Date.now()) / 60000);
    time.textContent = minutes < 1 ? "即将过期" : minutes < 60 ? `${minutes} 分钟` : minutes < 1440
      ? `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分` : `${Math.floor(minutes / 1440)} 天 ${Math.floor((minutes % 1440) / 60)} 小时`;
  }
}
setInterval(tickTimes, 30000);
unfold();
const said = sessionStorage.getItem("said");
if (said) {
  sessionStorage.removeItem("said");
  toast(said);
}
if (shop) watch();
