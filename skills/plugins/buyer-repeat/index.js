// 复购: which buyers come back, how soon, and what that is worth.

const WEEKS = 8;
/** The last group of the chart holds everybody who came at least so often. */
const OFTEN = 5;

export async function run(cx, input) {
  const days = Number(input.days);
  await cx.progress('正在数买家');
  const period = cx.days.ending(cx.asOf, days);
  const before = cx.days.before(period);
  const [orders, earlier] = await cx.queryAll([cx.ordersPaid(period), cx.ordersPaid(before)]);
  const now = count(orders);
  const then = count(earlier);

  const report = cx.report('复购分析');
  figures(cx, report, { days, period, now });
  compare(cx, report, { before, now, then, reaches: reachesBack(cx, earlier, before) });
  await cx.progress('正在写结论');
  const quiet = now.buyers.size === 0;
  const words = ['days', 'buyers', 'repeaters', 'repeat_money', 'repeat_rate', 'repeat_rate_change', 'gap'];
  const told = Object.fromEntries(words.filter(id => report.facts[id]).map(id => [id, report.facts[id]]));
  report.text(await cx.narrate('buyer-repeat', { shop: cx.shop.name, quiet, gap: 'gap' in report.facts }, told));
  if (now.nameless.length) report.notice('有 {nameless}订单看不出是谁买的，没有算进来。');
  if (!quiet) charts(cx, report, now);
  return report;
}

/** Valid orders by buyer, each buyer's days of purchase in order, and the orders without a buyer. */
function count(orders) {
  const buyers = new Map();
  const nameless = [];
  for (const order of orders.filter(order => order.valid && order.paid !== null)) {
    if (order.buyer === null) {
      nameless.push(order.id);
      continue;
    }
    const buyer = buyers.get(order.buyer) ?? { orders: [], days: new Set() };
    buyer.orders.push(order);
    buyer.days.add(order.paid.slice(0, 10));
    buyers.set(order.buyer, buyer);
  }
  for (const buyer of buyers.values()) buyer.days = [...buyer.days].sort();
  return { buyers, nameless };
}

const repeaters = ({ buyers }) => [...buyers.values()].filter(buyer => buyer.days.length > 1);
const ordersOf = buyers => buyers.flatMap(buyer => buyer.orders);

function figures(cx, report, { days, period, now }) {
  const { value } = cx;
  const all = [...now.buyers.values()];
  const back = repeaters(now);
  const from = (how, orders) => ({ read: '订单', how, ids: orders.map(order => order.id), period });
  const paid = buyers => cx.decimal.sum(ordersOf(buyers).map(order => order.total));
  report.fact('days', '看多少天', value.count(days, 'days'), { read: '设置', how: '看多长时间' });
  report.fact('buyers', '付款买家', value.count(all.length, 'people'), from('有效付款订单里不同的买家', ordersOf(all)));
  report.fact('repeaters', '复购买家', value.count(back.length, 'people'), from('在两个以上的日子付过款的买家', ordersOf(back)));
  report.fact('repeat_money', '复购买家的成交额', value.money(paid(back)), from('复购买家的实付款之和', ordersOf(back)));
  report.fact('nameless', '看不出买家的订单', value.count(now.nameless.length, 'orders'), { read: '订单', how: '没有买家编号', ids: now.nameless, period });
  const rate = all.length ? value.ratio(share(cx, back.length, all.length)) : value.unknown('没有能认出买家的订单');
  report.fact('repeat_rate', '复购率', rate, from('复购买家 ÷ 付款买家', ordersOf(all)));
  const gaps = back.map(buyer => cx.days.between(buyer.days[0], buyer.days[1])).sort((a, b) => a - b);
  // The lower of two middle ones: a whole number of days that some buyer really waited.
  if (gaps.length) report.fact('gap', '隔多久回来', value.count(gaps[Math.floor((gaps.length - 1) / 2)], 'days'), from('第一次到第二次付款相隔天数的中位数', ordersOf(back)));
  report.say(all.length
    ? '最近 {days}付款的 {buyers}里有 {repeaters}回头，复购率 {repeat_rate}，带来 {repeat_money}。'
    : '最近 {days}没有能认出买家的付款订单。');
  report.figures('repeat_rate', 'repeaters', 'buyers', 'repeat_money');
}

/** Whether the orders reach back to the first week of the period before; a shop that is younger has nothing to be compared with. */
function reachesBack(cx, earlier, before) {
  return earlier.some(order => order.paid !== null && cx.days.of(order.paid) <= cx.days.add(before.from, 7));
}

function compare(cx, report, { before, now, then, reaches }) {
  if (!reaches || then.buyers.size === 0 || now.buyers.size === 0) {
    report.notice('再往前没有够早的订单，没法和前一段时间比。');
    return;
  }
  const rate = ({ buyers }) => share(cx, repeaters({ buyers }).length, buyers.size);
  const [past, present] = [rate(then), rate(now)];
  const source = { read: '订单', how: '前一段同样长的时间，算法相同', ids: ordersOf([...then.buyers.values()]).map(order => order.id), period: before };
  report.fact('repeat_rate_before', '前一段时间的复购率', cx.value.ratio(past), source);
  if (cx.decimal.compare(past, '0') === 0) {
    report.notice('前一段时间的复购率是 {repeat_rate_before}，没法算涨跌。');
    return;
  }
  const change = cx.decimal.divide(cx.decimal.subtract(present, past), past);
  report.fact('repeat_rate_change', '复购率比前一段时间', cx.value.ratioChange(change), source);
  report.notice('前一段时间的复购率是 {repeat_rate_before}，这段时间{repeat_rate_change}。');
}

function share(cx, part, whole) {
  return cx.decimal.divide(String(part), String(whole));
}

function charts(cx, report, now) {
  const often = Array.from({ length: OFTEN }, () => 0);
  for (const buyer of now.buyers.values()) often[Math.min(buyer.days.length, OFTEN) - 1] += 1;
  const label = at => (at + 1 === OFTEN ? `${OFTEN} 次以上` : `${at + 1} 次`);
  report.chart('买家来过几次', often.map((people, at) => [label(at), cx.value.count(people, 'people')]),
    { subtitle: '按付款的日子数，同一天买几单算一次', bars: true });
  const weeks = Array.from({ length: WEEKS }, (_, back) => cx.days.ending(cx.days.add(cx.asOf, -7 * back), 7)).reverse();
  const within = (day, week) => week.from <= day && day <= week.to;
  const returned = week => [...now.buyers.values()].filter(buyer => buyer.days.slice(1).some(day => within(day, week))).length;
  report.chart('每周回来的老买家', weeks.map(week => [`${Number(week.from.slice(5, 7))}月${Number(week.from.slice(8))}日`, cx.value.count(returned(week), 'people')]),
    { subtitle: '那一周付款、这段时间里之前也付过款的买家，按周的第一天', bars: true });
}
