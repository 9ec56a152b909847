// The script's world: `cx`, which mirrors the sdk's Context, and how what a script throws is told. Made before the script is loaded.
// Nothing here guards anything: the host judges every call, and what a script spoils in its own world, it spoils for itself.
((raw, tools) => (pinText, inputText) => {
  'use strict';
  const { parse, stringify } = JSON;
  // The host takes no more calls at once.
  const TOGETHER = 64;
  const pin = parse(pinText);
  const known = new WeakMap();

  const seed = text => {
    let h = 2166136261;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
    return h >>> 0;
  };
  // The run's own dice (mulberry32): the same run throws the same again after a crash.
  let dice = seed(pin.now + pin.shop.id);
  Math.random = function random() {
    dice = (dice + 0x6d2b79f5) | 0;
    let t = Math.imul(dice ^ (dice >>> 15), 1 | dice);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const zone = /([+-])(\d\d):(\d\d)$/.exec(pin.now);
  raw.stopAt(Date.parse(pin.now), zone ? Number(zone[1] + '1') * (Number(zone[2]) * 3600 + Number(zone[3]) * 60) : 0);

  const SAID = {
    denied: e => `the skill may not call ${e.what}: its manifest does not declare it, or the shop did not grant it`,
    cancelled: () => 'the run was cancelled',
    lease_lost: () => 'another worker holds this run',
    not_found: e => `${e.what} is not in the shop's mirror`,
  };
  const refused = text => {
    const what = parse(text);
    const error = new Error((SAID[what.error] ?? (e => e.why))(what));
    error.name = 'CallError';
    known.set(error, stringify({ call: what }));
    return Object.assign(error, what);
  };

  // Calls that are made before anything is awaited go out together, so `Promise.all` over them runs side by side.
  const soon = Promise.resolve();
  let waiting = null;
  const flush = () => {
    const all = waiting;
    waiting = null;
    for (let from = 0; from < all.length; from += TOGETHER) {
      const batch = all.slice(from, from + TOGETHER);
      const answers = batch.length === 1 ? [raw.call(batch[0].text)] : raw.callAll(batch.map(one => one.text));
      batch.forEach(({ resolve, reject }, i) => {
        const [ok, text] = answers[i];
        if (ok) resolve(parse(text).value);
        else reject(refused(text));
      });
    }
  };
  const call = request => new Promise((resolve, reject) => {
    const text = stringify(request);
    if (!waiting) {
      waiting = [];
      soon.then(flush);
    }
    waiting.push({ text, resolve, reject });
  });

  const period = given => {
    if (!given?.from || !given?.to) throw new TypeError('a period is { from, to }, both days like 2026-11-22');
    return { from: given.from, to: given.to };
  };
  // The schema of a value like this one: every key is wanted, of the same kind.
  const like = sample => {
    if (Array.isArray(sample)) return sample.length ? { type: 'array', items: like(sample[0]) } : { type: 'array' };
    if (sample === null) return {};
    if (typeof sample !== 'object') return { type: typeof sample };
    const properties = Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, like(value)]));
    return { type: 'object', properties, required: Object.keys(sample), additionalProperties: false };
  };
  // Words from outside for a text or a cell: no braces, so that no fact is filled in; one line, and not a long one.
  const quoted = (text, longest = 60) => {
    const seen = String(text).replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '').replace(/[\s\p{Cc}]+/gu, ' ').trim();
    const words = [...seen.replaceAll('{', '｛').replaceAll('}', '｝')];
    return words.length > longest ? words.slice(0, longest).join('') + '…' : words.join('') || '（空）';
  };
  const ask = (prompt, variables, form) => call({ call: 'ask', prompt, variables, form });
  const end = (kind, text) => {
    const error = new Error(String(text));
    known.set(error, stringify({ [kind]: String(text) }));
    throw error;
  };

  const cx = Object.freeze({
    shop: Object.freeze(pin.shop),
    asOf: pin.as_of,
    now: pin.now,
    // A host from before events pins none.
    events: Object.freeze(pin.events ?? []),
    ordersPaid: days => call({ call: 'orders_paid', period: period(days) }),
    ordersPlaced: days => call({ call: 'orders_placed', period: period(days) }),
    refundsOpen: () => call({ call: 'refunds_open' }),
    refundsSettled: days => call({ call: 'refunds_settled', period: period(days) }),
    products: () => call({ call: 'products' }),
    costs: () => call({ call: 'costs' }),
    traffic: days => call({ call: 'traffic', period: period(days) }),
    activities: () => call({ call: 'activities' }),
    score: (day = pin.as_of) => call({ call: 'score', as_of: day }),
    forecast: (day, days) => call({ call: 'forecast', as_of: day, days }),
    plan: (day, wish) => call({ call: 'plan', as_of: day, wish }),
    pastTasks: () => call({ call: 'past_tasks' }),
    inspect: (product, picture) => call({ call: 'inspect', product, picture }),
    narrate: (prompt, variables, facts) => ask(prompt, variables, { form: 'narrative', facts: facts?.facts ?? facts ?? {} }),
    ask: (prompt, variables, fallback, { schema = like(fallback), grounds = [] } = {}) =>
      ask(prompt, variables, { form: 'typed', schema, fallback, grounds }),
    recall: key => call({ call: 'recall', key: String(key) }),
    keep: (key, value = null) => call({ call: 'keep', key: String(key), value }),
    fetch: (url, { body = null, contentType = null } = {}) => call({ call: 'fetch', url, body, content_type: contentType }),
    progress: text => call({ call: 'progress', text: String(text) }),
    queryAll: calls => Promise.all(calls),
    // Ends the run: something is missing that the merchant must supply first.
    blocked: text => end('blocked', text),
    quoted,
    report: title => tools.report.start(title, pin.as_of),
    value: tools.report.value,
    decimal: tools.decimal,
    days: tools.days,
  });
  const log = (...words) => { cx.progress(words.map(String).join(' ')).catch(() => {}); };
  globalThis.console = Object.freeze({ log, info: log, warn: log, error: log, debug: log });

  const failed = text => stringify({ failed: text.slice(0, 500) });
  const place = error => {
    const at = /index\.js:(\d+)(?::(\d+))?/.exec(String(error?.stack));
    return at ? `第 ${at[1]} 行${at[2] ? `第 ${at[2]} 列` : ''}` : '';
  };
  const told = error => {
    try {
      const ours = typeof error === 'object' && error !== null && known.get(error);
      if (ours) return ours;
      if (!(error instanceof Error)) return failed(`技能脚本抛出的不是 Error：${String(error)}`);
      const [where, message] = [place(error), String(error.message)];
      if (error instanceof SyntaxError && where) return failed(`技能脚本${where}有语法错误：${message}`);
      // An author's own sentence for the merchant stands as it is.
      if (error.name === 'Error' && /\p{Script=Han}/u.test(message)) return failed(message);
      return failed(`技能脚本出错${where && `（${where}）`}：${String(error.name)}: ${message}`);
    } catch {
      return failed('技能脚本出错，连错误本身也读不出来');
    }
  };

  const run = async module => {
    try {
      if (typeof module.run !== 'function') {
        const names = Object.keys(module).join('、') || '什么也没有';
        return [false, failed(`技能脚本没有导出 run 函数（导出了：${names}）`)];
      }
      const report = await module.run(cx, parse(inputText));
      if (typeof report !== 'object' || report === null) {
        return [false, failed(`技能脚本没有返回报告：run 返回了 ${report === null ? 'null' : typeof report}`)];
      }
      if (!('title' in report)) return [false, failed('技能脚本没有返回报告：run 返回的对象没有 title')];
      return [true, stringify(tools.report.whole(report, pin.as_of))];
    } catch (error) {
      return [false, told(error)];
    }
  };
  return { run, told };
})
