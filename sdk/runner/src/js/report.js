// Builds a report so that an author writes little. What comes out is plain data of the sdk's Report; the host checks all of it.
(decimal => {
  'use strict';
  const SHOWN = 50;
  const BY_RULE = Object.freeze({ by: 'template', why: null });
  const list = (value, what) => {
    if (!Array.isArray(value)) throw new TypeError(`${what} must be an array`);
    return value;
  };
  // A mistake is told where it is made, not when the host reads the report.
  const exact = given => decimal.sum([given]);
  const value = Object.freeze({
    money: yuan => ({ type: 'money', value: exact(yuan) }),
    points: points => ({ type: 'points', value: exact(points) }),
    count: (n, unit) => ({ type: 'count', value: [n, unit] }),
    ratio: share => ({ type: 'ratio', value: exact(share) }),
    moneyChange: yuan => ({ type: 'money_change', value: exact(yuan) }),
    pointsChange: points => ({ type: 'points_change', value: exact(points) }),
    countChange: (n, unit) => ({ type: 'count_change', value: [n, unit] }),
    ratioChange: share => ({ type: 'ratio_change', value: exact(share) }),
    day: day => ({ type: 'day', value: day }),
    name: name => ({ type: 'name', value: String(name) }),
    unknown: why => ({ type: 'unknown', value: String(why) }),
  });
  const cell = given => {
    if (given === null || given === undefined || given === '') return { cell: 'empty' };
    if (typeof given !== 'object') return { cell: 'text', of: String(given) };
    if (given.cell) return given;
    if (given.fact) return { cell: 'fact', of: given.fact };
    return { cell: 'value', of: given };
  };
  const column = head => head.startsWith('>') ? { title: head.slice(1), align: 'right' } : { title: head, align: 'left' };

  class Table {
    constructor(title, heads, empty) {
      this.block = 'table';
      this.title = title;
      this.columns = list(heads, 'the heads of a table').map(column);
      this.rows = [];
      this.empty = empty;
    }
    row(...cells) {
      this.rows.push(cells.map(cell));
      return this;
    }
  }

  class Report {
    constructor(title, asOf) {
      this.title = String(title);
      this.summary = '';
      this.as_of = asOf;
      this.blocks = [];
      this.facts = {};
      this.proposals = [];
    }
    // One sentence with the most important thing, with {fact_id}s.
    say(summary) {
      this.summary = String(summary);
      return this;
    }
    // Records a figure with its source and gives its id back: write {id} in a text, { fact: id } in a cell.
    fact(id, label, value, { read = '', how = '', ids = [], rows = ids.length, period = null } = {}) {
      const shown = ids.slice(0, SHOWN).map(String);
      this.facts[id] = { label, value, period, source: { read, how, rows, ids: shown } };
      return id;
    }
    push(block) {
      this.blocks.push(block);
      return this;
    }
    heading(text) {
      return this.push({ block: 'heading', text });
    }
    // Words of our own, or what `narrate` or `ask` gave, with what wrote them.
    text(words) {
      const [text, generator] = typeof words === 'string' ? [words, BY_RULE] : [words.value, words.generator];
      return this.push({ block: 'text', text, generator });
    }
    notice(text, tone = 'info') {
      return this.push({ block: 'notice', tone, text });
    }
    warning(text) {
      return this.notice(text, 'warning');
    }
    figures(...ids) {
      return this.push({ block: 'figures', facts: ids.flat() });
    }
    // `>` before a head sets its column right. The table is given back, for its rows.
    table(title, heads, empty = '暂无数据') {
      const table = new Table(title, heads, empty);
      this.push(table);
      return table;
    }
    chart(title, points, { subtitle = '', previous = [], bars = false } = {}) {
      return this.push({ block: 'chart', title, subtitle, points, previous, bars });
    }
    checklist(title, tasks) {
      const whole = task => ({ why: '', deadline: '', expected: '', who: '运营', proposal: null, skill: null, ...task });
      return this.push({ block: 'checklist', title, tasks: list(tasks, 'the tasks of a checklist').map(whole) });
    }
    pictures(...pictures) {
      return this.push({ block: 'pictures', pictures });
    }
    // A change that the merchant may agree to; its key is unique in the report and is given back, for a task of a checklist.
    propose(key, change, why, expected = {}) {
      const whole = { points: null, yuan: null, by: null, text: '', facts: [], ...expected };
      this.proposals.push({ key, change, why, expected: whole });
      return key;
    }
  }
  // A report that was written by hand may leave out what is empty.
  const whole = (given, asOf) => given instanceof Report ? given : { ...new Report('', asOf), ...given };
  return Object.freeze({ value, whole, start: (title, asOf) => new Report(title, asOf) });
})
