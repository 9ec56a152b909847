// 滞销品: what lies in the warehouse and sells nothing, and what can be done about it today.

/** Most products that the checklist proposes to take off the shelf; the table lists all. */
const MOST_OFF = 10;
const LONGEST_TITLE = 30;

export async function run(cx, input) {
  const [days, titles] = [Number(input.days), Number(input.titles)];
  await cx.progress('正在看在售商品和最近的订单');
  const period = cx.days.ending(cx.asOf, days);
  const [products, orders] = await cx.queryAll([cx.products(), cx.ordersPaid(period)]);
  const { sold, unnamed } = sales(orders);
  const shown = products.filter(product => product.on_sale && !sold.has(product.id));
  const slow = shown.filter(product => stock(product) > 0)
    .map(product => ({ product, pieces: stock(product), money: worth(cx, product) }))
    .sort((a, b) => cx.decimal.compare(b.money ?? '0', a.money ?? '0') || (a.product.id < b.product.id ? -1 : 1));
  const empty = shown.filter(product => stock(product) === 0);
  const untold = shown.filter(product => stock(product) === null);

  const report = cx.report('滞销品');
  headline(cx, report, { days, period, slow, empty, untold, unnamed });
  await cx.progress('正在写结论');
  const told = pick(report.facts, ['days', 'slow', 'pieces', 'money']);
  const variables = { shop: cx.shop.name, quiet: slow.length === 0, worst: slow[0]?.product.title ?? '' };
  report.text(await cx.narrate('slow-movers', variables, told));
  if (untold.length) report.notice('有 {untold}没有库存数，不知道压不压货，没有算进来。');
  if (unnamed.length) report.warning('有 {unnamed}订单没写明商品，其中可能有下面这些货，动手前先核对。');
  overview(cx, report, slow);
  const tasks = [...await retitle(cx, report, slow.slice(0, titles)), ...takeOff(cx, report, empty.slice(0, MOST_OFF))];
  if (tasks.length) report.checklist('可以动手的', tasks);
  return report;
}

/** Products that sold, and the valid orders that do not say what they sold. */
function sales(orders) {
  const sold = new Set();
  const unnamed = [];
  for (const order of orders.filter(order => order.valid)) {
    for (const line of order.lines) if (line.product !== null) sold.add(line.product);
    if (order.lines.length === 0 || order.lines.some(line => line.product === null)) unnamed.push(order.id);
  }
  return { sold, unnamed };
}

/** Pieces on hand, or null where nobody told. */
function stock(product) {
  if (product.skus.length) return product.skus.reduce((sum, sku) => sum + Math.max(sku.stock, 0), 0);
  return product.stock === null ? null : Math.max(product.stock, 0);
}

/** What the stock is worth at its lowest price; null where a price is not told. */
function worth(cx, product) {
  const lowest = prices => prices.reduce((least, price) => (least === null || cx.decimal.compare(price, least) < 0 ? price : least), null);
  const ladder = lowest(product.prices.map(([, price]) => price));
  const parts = product.skus.length
    ? product.skus.map(sku => [Math.max(sku.stock, 0), sku.price ?? ladder])
    : [[stock(product), ladder]];
  if (parts.some(([, price]) => price === null)) return null;
  return cx.decimal.round(cx.decimal.sum(parts.map(([pieces, price]) => cx.decimal.multiply(price, String(pieces)))), 2);
}

function headline(cx, report, { days, period, slow, empty, untold, unnamed }) {
  const { value } = cx;
  const ids = list => list.map(one => (one.product ?? one).id);
  const products = (how, list) => ({ read: '商品', how, ids: ids(list), period });
  report.fact('days', '看多少天', value.count(days, 'days'), { read: '设置', how: '几天没卖出算滞销' });
  report.fact('slow', '没卖出的商品', value.count(slow.length, 'products'), products('在售、有库存、这些天的有效付款订单里没有它', slow));
  const pieces = slow.reduce((sum, one) => sum + one.pieces, 0);
  report.fact('pieces', '压着的件数', value.count(pieces, 'pieces'), products('没卖出的商品的库存之和', slow));
  const priced = slow.filter(one => one.money !== null);
  const money = cx.decimal.round(cx.decimal.sum(priced.map(one => one.money)), 2);
  report.fact('money', '压着的货值', value.money(money), products('库存 × 最低的挂价，没有挂价的不算', priced));
  report.fact('empty', '没货也没卖出的商品', value.count(empty.length, 'products'), products('在售、库存为零、没有卖出', empty));
  report.fact('untold', '没有库存数的商品', value.count(untold.length, 'products'), products('平台没有给出库存', untold));
  report.fact('unnamed', '没写明商品的订单', value.count(unnamed.length, 'orders'), { read: '订单', how: '明细里没有商品编号', ids: unnamed, period });
  report.say(slow.length
    ? '最近 {days}里有 {slow}在售商品一件没卖出，压着 {pieces}，约 {money}。'
    : '最近 {days}里，有库存的在售商品都卖出过。');
  report.figures('money', 'slow', 'pieces', 'empty');
}

function overview(cx, report, slow) {
  const table = report.table('压在手里的', ['商品', '>库存', '>货值（按最低挂价）', '最近改动'], '没有滞销的商品。');
  for (const { product, pieces, money } of slow) {
    const worth = money === null ? '没有挂价' : cx.value.money(money);
    table.row(cx.quoted(product.title), cx.value.count(pieces, 'pieces'), worth, cx.value.day(cx.days.of(product.modified)));
  }
}

/** A new title for what weighs most. The fallback is the old title, which says: without a model there is none. */
async function retitle(cx, report, slow) {
  const tasks = [];
  for (const [at, { product, pieces }] of slow.entries()) {
    await cx.progress(`正在想第 ${at + 1} 个标题`);
    const attributes = product.attributes.map(([name, value]) => `${name}：${value}`);
    const fallback = { title: product.title };
    const { value } = await cx.ask('slow-title', { title: product.title, attributes }, fallback, { grounds: [product.title, ...attributes] });
    const title = value.title.trim();
    if (title === product.title || title === '' || [...title].length > LONGEST_TITLE) continue;
    const id = report.fact(`slow_${at + 1}`, '还压着', cx.value.count(pieces, 'pieces'), { read: '商品', how: '现有库存', ids: [product.id] });
    const why = `最近 {days}一件没卖出，还压着 {${id}}`;
    const proposal = report.propose(`title-${product.id}`, { kind: 'title.edit', product: product.id, title }, why);
    tasks.push({ title: '换个好找的标题', why, who: '运营', deadline: '这周内', proposal });
  }
  return tasks;
}

function takeOff(cx, report, empty) {
  return empty.map((product, at) => {
    const id = report.fact(`empty_${at + 1}`, '库存', cx.value.count(0, 'pieces'), { read: '商品', how: '现有库存', ids: [product.id] });
    const why = `库存是 {${id}}，最近 {days}也没有卖出`;
    const proposal = report.propose(`off-${product.id}`, { kind: 'shelf.off', product: product.id }, why);
    return { title: '先下架，来货再上', why, who: '运营', deadline: '这周内', proposal };
  });
}

function pick(facts, ids) {
  return Object.fromEntries(ids.map(id => [id, facts[id]]));
}
