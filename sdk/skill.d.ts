// What a skill in JavaScript is given, for an editor that understands types. Nothing here is loaded when the skill runs.
// Use it in index.js:
//   /** @param {import('./skill').Context} cx  @param {import('./skill').Input} input */
//   export async function run(cx, input) { … }
//
// Money, points and ids are text. What nobody told is null and never 0. Times carry their zone; days are the shop's.

/** Text of an exact decimal: "12.50". Count with `cx.decimal`, never with `Number`. */
export type Decimal = string;
/** Text of a calendar day in the shop's zone: "2026-11-22". */
export type Day = string;
/** Text of a moment with its zone: "2026-11-22T09:30:00+08:00". */
export type Time = string;

/** Values of the form, by field. Numbers come as text, too. */
export type Input = Record<string, string>;

/** The module exports `run`. */
export type Run = (cx: Context, input: Input) => Promise<Report | Partial<Report>>;

/** The only door to the world. A call that the manifest does not declare, or the shop did not grant, throws a `CallError`. */
export interface Context {
  /** The shop of this run. */
  readonly shop: ShopCard;
  /** The last complete day that the report is about. */
  readonly asOf: Day;
  /** When the run was accepted. It stands still; `Date` does, too. */
  readonly now: Time;

  /** Orders paid within the days. Needs `shop(orders)`. */
  ordersPaid(days: Period): Promise<Order[]>;
  /** Orders placed within the days, paid or not. Needs `shop(orders)`. */
  ordersPlaced(days: Period): Promise<Order[]>;
  /** Refunds that wait for someone. Needs `shop(refunds)`. */
  refundsOpen(): Promise<Refund[]>;
  /** Refunds settled within the days. Needs `shop(refunds)`. */
  refundsSettled(days: Period): Promise<Refund[]>;
  /** Every product. Needs `shop(products)`. */
  products(): Promise<Product[]>;
  /** What products cost; empty when nothing was imported. Needs `shop(costs)`. */
  costs(): Promise<Cost[]>;
  /** Traffic of the days; empty when nothing was imported. Needs `shop(traffic)`. */
  traffic(days: Period): Promise<TrafficDay[]>;
  /** Activities open for enrolment. Needs `shop(activities)`. */
  activities(): Promise<Activity[]>;
  /** The growth score of a day, `asOf` unless another is named. Needs `shop(score)`. */
  score(day?: Day): Promise<{ card: ScoreCard; marginal: Marginal }>;
  /** The coming days of the growth score. Needs `shop(forecast)`. */
  forecast(day: Day, days: number): Promise<Forecast>;
  /** The cheapest way to a level. Needs `shop(plan)`. */
  plan(day: Day, wish: Partial<PlanWish> & { by: Day }): Promise<Planned>;
  /** What earlier reports of this skill recommended, and what became of it. Needs `shop(tasks)`. */
  pastTasks(): Promise<PastTask[]>;
  /** What a machine sees in a product's picture. Needs `shop(pictures)`. */
  inspect(product: string, picture: string): Promise<PictureFindings>;

  /** Running text about facts. Every `{fact_id}` in it is one of them, and it holds no figure of its own. Needs `ask(PROMPT)`. */
  narrate(prompt: string, variables: Record<string, unknown>, facts: Facts | ReportBuilder): Promise<Asked<string>>;
  /**
   * A typed answer. Without a model, or when its answer does not pass, the fallback comes back; `generator` tells which. The schema is
   * the fallback's own unless another is given; a number may only come from `grounds`. Needs `ask(PROMPT)`.
   */
  ask<T>(prompt: string, variables: Record<string, unknown>, fallback: T, options?: { schema?: unknown; grounds?: string[] }): Promise<Asked<T>>;
  /** What this skill kept in this shop under a key; `null` when nothing. Needs `kv(1MiB)`. */
  recall(key: string): Promise<unknown>;
  /** Keeps a value for later runs of this skill in this shop; `null` forgets it. Needs `kv(1MiB)`. */
  keep(key: string, value?: unknown): Promise<void>;
  /** Asks a granted host over HTTPS; with a body it is a POST. What comes back is a stranger's word: quote it. Needs `http(HOST)`. */
  fetch(url: string, options?: { body?: string; contentType?: string }): Promise<{ status: number; content_type: string; body: string }>;
  /** Tells the merchant where the run is, in one short Chinese phrase. A cancelled run stops here. */
  progress(text: string): Promise<void>;

  /** Answers several calls side by side, in their order. */
  queryAll<T extends readonly unknown[]>(calls: { [K in keyof T]: Promise<T[K]> }): Promise<T>;
  /** Ends the run: the merchant must supply something first. One Chinese sentence with the way out. */
  blocked(text: string): never;

  /** Words from outside (a title, a reason) made safe to stand in a text of ours: one line, no braces, 60 characters unless told otherwise. */
  quoted(text: string, longest?: number): string;
  /** A report of this run's day. */
  report(title: string): ReportBuilder;
  /** Makes the value of a fact or a cell. */
  readonly value: Values;
  /** Exact arithmetic on decimal text. */
  readonly decimal: Decimals;
  /** Calendar days. */
  readonly days: Days;
}

/** Where a figure comes from: which read, how it was made, the ids of its rows. */
export interface From {
  read?: string;
  how?: string;
  ids?: string[];
  rows?: number;
  period?: Period | null;
}

/** A report that is filled step by step. Text takes `{fact_id}`; a figure that has no fact behind it is refused with the whole report. */
export interface ReportBuilder extends Report {
  /** The one sentence on top. */
  say(summary: string): this;
  /** Records a figure and gives its id back. Ids are lower-case letters, digits and underscores. */
  fact(id: string, label: string, value: Value, from?: From): string;
  push(block: Block): this;
  heading(text: string): this;
  /** Words of our own, or what `narrate` gave. */
  text(words: string | Asked<string>): this;
  notice(text: string, tone?: 'info' | 'warning'): this;
  warning(text: string): this;
  figures(...ids: string[]): this;
  /** `>` before a head sets its column right. The table is given back, for its rows. */
  table(title: string, heads: string[], empty?: string): TableBuilder;
  chart(title: string, points: [string, Value][], options?: { subtitle?: string; previous?: Value[]; bars?: boolean }): this;
  checklist(title: string, tasks: (Partial<Task> & { title: string })[]): this;
  /** `[product, picture, finding]`. */
  pictures(...pictures: [string, string, string][]): this;
  /** A change that the merchant may agree to; its key is unique in the report and is given back. */
  propose(key: string, change: Change, why: string, expected?: Partial<Expected>): string;
}

export interface TableBuilder extends Table {
  /** Text, a value, or `{ fact: id }`, one a column. Text is quoted as it is. */
  row(...cells: (string | Value | { fact: string } | Cell | null)[]): this;
}

export interface Values {
  money(yuan: Decimal): Value;
  points(points: Decimal): Value;
  count(n: number, unit: Unit): Value;
  /** A share of one: "0.123" is 12.3%. */
  ratio(share: Decimal): Value;
  moneyChange(yuan: Decimal): Value;
  pointsChange(points: Decimal): Value;
  countChange(n: number, unit: Unit): Value;
  ratioChange(share: Decimal): Value;
  day(day: Day): Value;
  name(name: string): Value;
  /** Not known; why, in Chinese. */
  unknown(why: string): Value;
}

export interface Decimals {
  sum(list: Iterable<Decimal>): Decimal;
  add(a: Decimal, b: Decimal): Decimal;
  subtract(a: Decimal, b: Decimal): Decimal;
  multiply(a: Decimal, b: Decimal): Decimal;
  /** To so many places, four unless told otherwise; halves go away from zero. */
  divide(a: Decimal, b: Decimal, places?: number): Decimal;
  compare(a: Decimal, b: Decimal): -1 | 0 | 1;
  round(text: Decimal, places: number): Decimal;
}

export interface Days {
  add(day: Day, days: number): Day;
  /** Days from one to the other. */
  between(from: Day, to: Day): number;
  /** The days that end with `to`. */
  ending(to: Day, days: number): Period;
  /** The period just before, of the same length. */
  before(period: Period): Period;
  /** The day of a moment. */
  of(time: Time): Day;
}

// Made from the Rust types by tests/it/plugin_reference.rs. Nothing below is written by hand.
