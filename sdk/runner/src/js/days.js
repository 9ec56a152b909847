// Calendar days as text, 2026-11-22: no zone, no clock.
(() => {
  'use strict';
  const DAY = 86400000;
  const read = day => {
    const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : NaN;
    if (Number.isNaN(at)) throw new TypeError(`not a day like 2026-11-22: ${String(day).slice(0, 40)}`);
    return at;
  };
  const add = (day, days) => new Date(read(day) + days * DAY).toISOString().slice(0, 10);
  const between = (from, to) => (read(to) - read(from)) / DAY;
  const ending = (to, days) => ({ from: add(to, 1 - Math.max(days, 1)), to });
  return Object.freeze({
    add,
    between,
    ending,
    before: period => ending(add(period.from, -1), between(period.from, period.to) + 1),
    of: time => String(time).slice(0, 10),
  });
})()
