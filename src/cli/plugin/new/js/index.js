// Code finds the facts, the model puts them into words. skill.d.ts says what `cx` can do.

/** @param {import('./skill').Context} cx  @param {import('./skill').Input} input */
export async function run(cx, input) {
  const days = Number(input.days);
  await cx.progress('正在看最近的订单');
  const period = cx.days.ending(cx.asOf, days);
  const orders = (await cx.ordersPaid(period)).filter(order => order.valid);

  const report = cx.report('近况简报');
  report.fact('days', '看多少天', cx.value.count(days, 'days'), { read: '设置', how: '要看的天数' });
  const ids = orders.map(order => order.id);
  const source = { read: '订单', how: '这些天付款的有效订单', ids, period };
  report.fact('orders', '付款订单', cx.value.count(orders.length, 'orders'), source);
  report.say('最近 {days}有 {orders}付款订单。');
  report.text(await cx.narrate('@NAME@', { shop: cx.shop.name, quiet: orders.length === 0 }, report));
  return report;
}
