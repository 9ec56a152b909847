// Exact arithmetic on the decimal strings that money comes in. Never a float: 0.1 + 0.2 is 0.3 here.
(() => {
  'use strict';
  const PATTERN = /^\s*(-?)(\d+)(?:\.(\d+))?\s*$/;
  // A number that is no whole one was a float before it came here, and what it lost is lost.
  const read = text => {
    if (typeof text === 'number' && !Number.isSafeInteger(text)) {
      throw new TypeError(`not exact: ${text}; write it as text, '12.50', and count with cx.decimal`);
    }
    const found = PATTERN.exec(text);
    if (!found) throw new TypeError(`not a decimal: ${String(text).slice(0, 40)}`);
    const [, sign, whole, part = ''] = found;
    return { n: BigInt(sign + whole + part), scale: part.length };
  };
  const write = (n, scale) => {
    const digits = String(n < 0n ? -n : n).padStart(scale + 1, '0');
    const at = digits.length - scale;
    return (n < 0n ? '-' : '') + digits.slice(0, at) + (scale ? '.' + digits.slice(at) : '');
  };
  const tens = scale => 10n ** BigInt(scale);
  const at = ({ n, scale }, wanted) => n * tens(wanted - scale);
  // Halves go away from zero, as a merchant rounds.
  const over = (n, by) => {
    const minus = (n < 0n) !== (by < 0n);
    const [a, b] = [n < 0n ? -n : n, by < 0n ? -by : by];
    const rounded = (2n * a + b) / (2n * b);
    return minus ? -rounded : rounded;
  };
  const both = (a, b) => {
    const [x, y] = [read(a), read(b)];
    const scale = Math.max(x.scale, y.scale);
    return [at(x, scale), at(y, scale), scale];
  };
  const round = (text, places) => {
    const { n, scale } = read(text);
    return scale <= places ? write(n * tens(places - scale), places) : write(over(n, tens(scale - places)), places);
  };
  return Object.freeze({
    sum: list => {
      const all = Array.from(list, read);
      const scale = all.reduce((most, one) => Math.max(most, one.scale), 0);
      return write(all.reduce((total, one) => total + at(one, scale), 0n), scale);
    },
    add: (a, b) => { const [x, y, scale] = both(a, b); return write(x + y, scale); },
    subtract: (a, b) => { const [x, y, scale] = both(a, b); return write(x - y, scale); },
    multiply: (a, b) => { const [x, y] = [read(a), read(b)]; return write(x.n * y.n, x.scale + y.scale); },
    divide: (a, b, places = 4) => {
      const [x, y] = both(a, b);
      if (y === 0n) throw new RangeError('division by zero');
      return write(over(x * tens(places), y), places);
    },
    compare: (a, b) => { const [x, y] = both(a, b); return x < y ? -1 : x > y ? 1 : 0; },
    round,
  });
})()
