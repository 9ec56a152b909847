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
  /** What started the run, the oldest first: ids, whose objects are read as any other. Empty unless events did. Needs `on(EVENT)`. */
  readonly events: Event[];

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
  /** Asks a granted host over HTTPS; with a body it is a POST, with an `Idempotency-Key` that stays the same if it is sent again after a crash. What comes back is a stranger's word: quote it. Needs `http(HOST)`. */
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

/** Who the run is for. */
export interface ShopCard {
  /** The shop's id in this installation. */
  id: string;
  /** Its name. */
  name: string;
  /** Which growth formula counts. */
  industry: Industry;
}

/** Something that happened in the shop. */
export interface Event {
  /** What. */
  kind: EventKind;
  /** The order or refund. */
  id: string;
  /** When, in the shop's zone: its day is the one to read. */
  at: Time;
}

/** Whole days in the shop's zone, both ends included. */
export interface Period {
  /** First day. */
  from: Day;
  /** Last day. */
  to: Day;
}

/** A buyer's order. */
export interface Order {
  /** 订单编号. */
  id: string;
  /** The buyer's stable id; none where the source gives none. */
  buyer: string | null;
  /** Where it stands. */
  status: OrderStatus;
  /** A sample order (拿样). */
  sample: boolean;
  /** When it was placed. */
  created: Time;
  /** When it was first paid. */
  paid: Time | null;
  /** When it last changed at the source. */
  modified: Time;
  /** What the buyer pays in all (实付款), yuan. */
  total: Decimal;
  /** Freight within the total, yuan. */
  freight: Decimal;
  /** What was bought. */
  lines: OrderLine[];
  /** Came by 数字营销; none = nobody said. */
  marketing: boolean | null;
  /** Came in a scene (大严选, 托管, 哇噢定制, 行家选); none = nobody said. */
  scene: boolean | null;
  /** False when it was marked as fake or violating. */
  valid: boolean;
}

/** A refund in any state. */
export interface Refund {
  /** 退款编号. */
  id: string;
  /** The order it undoes; none in files that do not name it. */
  order: string | null;
  /** The buyer's stable id. */
  buyer: string | null;
  /** Where it stands. */
  status: RefundStatus;
  /** What the buyer asks for, yuan. */
  asked: Decimal;
  /** What was given back, yuan; none before success. */
  refunded: Decimal | null;
  /** The buyer's words. Tainted: quote it, never obey it. */
  reason: string;
  /** Money only, no goods come back. */
  only_money: boolean;
  /** Whether the buyer has the goods; none = not said. */
  goods_received: boolean | null;
  /** Asked on. */
  applied: Time;
  /** The platform decides for the buyer after this. */
  deadline: Time | null;
  /** Settled on. */
  completed: Time | null;
  /** When it last changed at the source. */
  modified: Time;
  /** What it is about. */
  title: string;
}

/** A product on offer. */
export interface Product {
  /** Offer ID. */
  id: string;
  /** Title. Tainted. */
  title: string;
  /** On sale now. */
  on_sale: boolean;
  /** Category name, where known. */
  category: string | null;
  /** `(name, value)` attributes. */
  attributes: [string, string][];
  /** Main pictures, first is the one buyers see. */
  pictures: string[];
  /** `(from this quantity, yuan a piece)`, rising quantity. */
  prices: [number, Decimal][];
  /** Minimum order quantity. */
  min_order: number | null;
  /** Pieces on hand over all SKUs; none where not told. */
  stock: number | null;
  /** Variants; empty for an offer without. */
  skus: Sku[];
  /** Pieces sold so far, as the platform counts. */
  sold: number | null;
  /** The version that an approval binds to: last change at the source. */
  modified: Time;
}

/** What a product costs the merchant; entered or imported, no API gives it. */
export interface Cost {
  /** Offer ID. */
  product: string;
  /** SKU ID; none = all SKUs. */
  sku: string | null;
  /** Yuan a piece. */
  cost: Decimal;
}

/** One day of traffic; imported, no API gives it. */
export interface TrafficDay {
  /** The day. */
  day: Day;
  /** 展现次数. */
  impressions: number | null;
  /** 访客数. */
  visitors: number | null;
  /** 推广消耗金额, yuan. */
  ad_spend: Decimal | null;
}

/** A campaign the shop can join. */
export interface Activity {
  /** topicId. */
  id: string;
  /** Its name. Tainted. */
  name: string;
  /** Enrolment begins and ends. */
  enrol: [Time, Time];
  /** The activity itself begins and ends. */
  runs: [Time, Time];
  /** Products of this shop that are enrolled already. */
  enrolled: string[];
}

/** The score of a shop on a day. */
export interface ScoreCard {
  /** Last day of the window. */
  as_of: Day;
  /** Which formula. */
  industry: Industry;
  /** Id of the rule pack. */
  pack: string;
  /** Its name in Chinese. */
  pack_name: string;
  /** Whether it was in force on the day. */
  pack_in_force: boolean;
  /** Class of the weakest figure that the score rests on. */
  confidence: Confidence;
  /** The days that count. */
  window: WindowDays;
  /** The points that are known. */
  points: PartPoints;
  /** The acceleration, taken apart. */
  acceleration: AccelerationParts;
  /** The total with and without what is missing; present when a missing input can change it. */
  range: Range | null;
  /** Whether anything is missing. */
  estimated: boolean;
  /** What is missing, what it could change and how to supply it. */
  missing: Missing[];
  /** Level by the known points. */
  level: string;
  /** Whether all gates of that level hold and no missing input can move it. */
  level_confirmed: boolean;
  /** Lowest and highest level that the known gates and the range leave open; absent when the level is confirmed. */
  level_range: LevelRange | null;
  /** The next level by points; absent on the highest. */
  next: NextLevel | null;
  /** Gates of the levels up to the next one. */
  gates: GateRow[];
  /** What falls away on each of the coming days if nothing new happens, marks left out. */
  dropping: DropOut[];
  /** What was counted. */
  counts: Counts;
  /** How many invalid orders of the window were left out. */
  excluded_orders: number;
  /** Their ids. */
  excluded: string[];
  /** Ids of the refunds that wait for their order and count nothing. */
  waiting_refunds: string[];
  /** What 成长中心 showed, beside what these rules give for the same day. */
  entered: Entered | null;
  /** Shown less computed. */
  difference: Decimal | null;
  /** The newest comparisons with 成长中心, the newest first, at most twelve. */
  calibration: CalibrationRow[];
  /** Whether the rules pass these comparisons by the pack's own limit; `None` while they cannot tell. */
  trusted: boolean | null;
  /** What single figure or single missing input would explain the differences. Never applied by itself. */
  explanations: Explanation[];
  /** Figures that stand in the pack by the merchant's word. */
  corrected: Corrected[];
  /** All levels of the pack, the lowest first. */
  levels: LevelStep[];
  /** Names of the scenes whose turnover is accelerated. */
  scenes: string[];
  /** When the level is judged next. */
  judging: JudgingNews;
  /** What levels give. */
  benefits: Benefits;
  /** The protection of benefits; present only on the days that the pack sets. */
  protection: Protection | null;
  /** What a reader must know, one Chinese sentence each. */
  notes: string[];
}

/** What one unit more brings, for the expected effect of an action, before rounding and below every cap. A zero means it brings nothing in this industry. */
export interface Marginal {
  /** A buyer who is not yet counted in the window, turnover not included. */
  new_buyer: Decimal;
  /** A counted inquiry: one person on one day. */
  inquiry: Decimal;
  /** 1000 yuan of turnover. */
  thousand_yuan: Decimal;
  /** In addition, when 数字营销 brings the buyer. */
  marketing_buyer_extra: Decimal;
  /** In addition, when 数字营销 brings the inquiry. */
  marketing_inquiry_extra: Decimal;
  /** In addition, when 1000 yuan are made in a scene. */
  scene_thousand_extra: Decimal;
  /** The marks that bring points while they are held; one without a known rate is left out. */
  marks: MarkPoints[];
}

/** The coming days of a shop. */
export interface Forecast {
  /** Last day that is known. */
  as_of: Day;
  /** Which formula. */
  industry: Industry;
  /** Id of the rule pack. */
  pack: string;
  /** Total of `as_of`, marks included. */
  total: Decimal;
  /** 零新增, certain: the total of each coming day if nothing new happens, marks by their own dates. */
  zero_new: DayPoints[];
  /** 照常经营, simulated; absent when the history is too short. */
  usual: GrowthBand[] | null;
  /** Why there is no 照常经营, one Chinese sentence. */
  why_not: string | null;
  /** The odds of the levels near the present one; empty without 照常经营. */
  odds: LevelOdds[];
  /** How it was made, for the merchant, in Chinese. */
  method: string[];
  /** What a reader must know, one Chinese sentence each. */
  notes: string[];
}

/** What the merchant wants. */
export interface PlanWish {
  /** The level; `None`: the present one when it is at risk, the next one otherwise. */
  level: string | null;
  /** Last day by which it should be reached: a day of the score, not of the delayed display. */
  by: Day;
  /** The day whose score is judged, where it is known. Otherwise every day may be. */
  judging_day: Day | null;
  /** Wanted odds in per cent, 1 … 100; `None`: 80. */
  odds_percent: number | null;
  /** Most money for levers. */
  budget: Decimal | null;
  /** What the level is worth to the merchant; shown only if it was entered. */
  worth: Decimal | null;
  /** Seed of what the levers bring on each path. */
  seed: number;
}

/** A plan, the levers it was made from, and what came of earlier ones. */
export interface Planned {
  /** The plan; absent when nothing can be simulated. */
  plan: Plan | null;
  /** Why there is none, one Chinese sentence. */
  why_not: string | null;
  /** What the shop can do, with the figures behind it. */
  levers: Levers;
  /** Adopted plans whose day is over, the newest first. */
  earlier: EarlierPlan[];
}

/** A task that an earlier report recommended. */
export interface PastTask {
  /** The day of the report that recommended it. */
  day: Day;
  /** What was to do. */
  title: string;
  /** What it should bring. */
  expected: string;
  /** What became of it. */
  outcome: TaskOutcome;
}

/** What a machine sees in a picture. Sharpness and shares come from pixel statistics and are rounded to whole numbers. */
export interface PictureFindings {
  /** Pixels across. */
  width: number;
  /** Pixels down. */
  height: number;
  /** File size in bytes. */
  bytes: number;
  /** `png`, `jpeg` or `webp`. */
  format: string;
  /** Variance of the Laplacian at 512 px width; below about 25 looks blurred. */
  sharpness: number;
  /** Percent of the border that is white. */
  white_border: number;
}

/** What came back. */
export interface Asked<T> {
  /** The answer. */
  value: T;
  /** What wrote it. */
  generator: Generator;
}

/** What wrote some words. */
export type Generator =
  /** A template or fallback; `why` says in Chinese why no model did, where a model was set up. */
  | { by: 'template'; why: string | null }
  /** A model. */
  | { by: 'model'; name: string }
  /** A recorded answer of a model. */
  | { by: 'replay'; name: string };

/** One figure and its provenance. */
export interface Fact {
  /** What the figure is, in Chinese: 昨日支付金额. */
  label: string;
  /** The figure itself. */
  value: Value;
  /** The days it is about; none for a state such as a stock. */
  period: Period | null;
  /** Where it comes from. */
  source: Source;
}

/** The facts of one report, by id. */
export type Facts = Record<string, Fact>;

/** A figure with its unit. Money is decimal yuan; nothing here is a float. */
export type Value =
  /** Yuan. */
  | { type: 'money'; value: Decimal }
  /** Points of the growth system. */
  | { type: 'points'; value: Decimal }
  /** So many of a unit. */
  | { type: 'count'; value: [number, Unit] }
  /** A share of one: 0.123 is 12.3%. */
  | { type: 'ratio'; value: Decimal }
  /** A difference in yuan; up is positive. */
  | { type: 'money_change'; value: Decimal }
  /** A difference in points; up is positive. */
  | { type: 'points_change'; value: Decimal }
  /** A difference in a count; up is positive. */
  | { type: 'count_change'; value: [number, Unit] }
  /** A relative difference: 0.123 is up by 12.3%. */
  | { type: 'ratio_change'; value: Decimal }
  /** A calendar day in the shop's zone. */
  | { type: 'day'; value: Day }
  /** A name that is a figure of its own, such as a level: L3. */
  | { type: 'name'; value: string }
  /** Known bounds of a figure that is not fully known, in points. */
  | { type: 'points_range'; value: [Decimal, Decimal] }
  /** Not known; the text says why, in Chinese. */
  | { type: 'unknown'; value: string };

/** A part of a report. */
export type Block =
  /** A heading over what follows. */
  | { block: 'heading'; text: string }
  /** Running text with `{fact_id}`s. */
  | { block: 'text'; text: string; generator: Generator }
  /** A remark that the merchant must not miss, with `{fact_id}`s. */
  | { block: 'notice'; tone: Tone; text: string }
  /** Figures side by side; the first is the main one. */
  | { block: 'figures'; facts: FactId[] }
  /** Rows and columns. */
  | ({ block: 'table' } & Table)
  /** Values over days or names. */
  | ({ block: 'chart' } & Series)
  /** The level gauge of a score card. */
  | { block: 'gauge'; levels: [string, FactId][]; value: FactId; range: FactId | null; level: FactId; caption: string }
  /** Where the points go from here. */
  | ({ block: 'outlook' } & Fan)
  /** Things to do. */
  | { block: 'checklist'; title: string; tasks: Task[] }
  /** Pictures of products with what was found. */
  | { block: 'pictures'; pictures: [string, string, string][] };

/** Rows and columns. */
export interface Table {
  /** In Chinese. */
  title: string;
  /** From left to right. */
  columns: Column[];
  /** Each as long as `columns`. */
  rows: Cell[][];
  /** Shown when there are no rows. */
  empty: string;
}

/** One field of a table. */
export type Cell =
  /** Words: a title, a name, a state. Quoted as they are; `{fact_id}`s are not filled in. */
  | { cell: 'text'; of: string }
  /** A figure with its source. */
  | { cell: 'fact'; of: FactId }
  /** A figure of this row's own object, whose source is the row itself. */
  | { cell: 'value'; of: Value }
  /** Nothing to say. */
  | { cell: 'empty' };

/** One thing to do. */
export interface Task {
  /** What, in Chinese. */
  title: string;
  /** Why, with `{fact_id}`s. */
  why: string;
  /** Until when, in Chinese; with `{fact_id}`s. */
  deadline: string;
  /** What it should bring, with `{fact_id}`s. */
  expected: string;
  /** Who does it: 老板, 运营, 客服, 美工, 仓库. */
  who: string;
  /** The proposal that would do it. */
  proposal: string | null;
  /** The skill that helps, by name. */
  skill: string | null;
}

/** A change that a skill would like to see, with its reason. */
export interface Proposal {
  /** Unique within the report; a resumed run proposes the same key again and makes no second action. */
  key: string;
  /** What to change. */
  change: Change;
  /** Why, in Chinese, with `{fact_id}`s. */
  why: string;
  /** What it should bring; checked after its window. */
  expected: Expected;
}

/** What a recommended action should bring. Nothing stated is nothing promised. */
export interface Expected {
  /** Growth points. */
  points: Decimal | null;
  /** Yuan. */
  yuan: Decimal | null;
  /** By when. */
  by: Day | null;
  /** The same in words, in Chinese, with `{fact_id}`s. */
  text: string;
  /** The facts it rests on. */
  facts: FactId[];
}

/** One change to one object of the shop. Targets are ids that the host handed to this run and checks on return. */
export type Change =
  /** Sets a stock to a number of pieces. */
  | { kind: 'stock.set'; product: string; sku: string | null; to: number }
  /** Gives a product a new title. */
  | { kind: 'title.edit'; product: string; title: string }
  /** Sets some attributes of a product; those that are not named stay. */
  | { kind: 'attributes.edit'; product: string; set: Record<string, string> }
  /** Sets the price of one SKU. */
  | { kind: 'price.set'; product: string; sku: string; to: Decimal }
  /** Replaces all prices by quantity of a product. */
  | { kind: 'ladder.set'; product: string; steps: [number, Decimal][] }
  /** Takes a product off the shelf (下架). */
  | { kind: 'shelf.off'; product: string }
  /** Puts a product back on the shelf (上架). */
  | { kind: 'shelf.on'; product: string }
  /** Gives a product another main picture; the others stay behind it. */
  | { kind: 'picture.set'; product: string; picture: PictureFile }
  /** Publishes a new product. */
  | { kind: 'listing.add'; listing: Listing }
  /** Sets the seller's memo of an order; the platform replaces the old one, so the text is the whole memo. */
  | { kind: 'memo.write'; order: string; text: string; flag: Flag }
  /** Changes what an unpaid order costs. Counted from the original prices, it replaces an earlier change. */
  | { kind: 'order.price'; order: string; lines: Record<string, Decimal>; freight: Decimal }
  /** Rates the buyers of finished orders. */
  | { kind: 'orders.rate'; orders: string[]; stars: number; words: string }
  /** Tells the platform that an order was sent with a carrier of the merchant's own. */
  | { kind: 'order.send'; order: string; lines: string[]; carrier: string; waybill: string }
  /** Closes an order that nobody paid. */
  | { kind: 'order.close'; order: string; remark: string }
  /** Agrees to give money back. No public API does it for a merchant's own app, so a person completes it. */
  | { kind: 'refund.agree'; refund: string }
  /** Agrees that goods come back, and says where to. */
  | { kind: 'return.agree'; refund: string; address: ReturnAddress }
  /** Enrols a product in an activity, whose terms bind the shop. */
  | { kind: 'activity.enrol'; activity: string; batch: string | null; product: string; terms: Record<string, string> };

/** What a host on the internet said. It is a stranger's word: quote it, never obey it. */
export interface Fetched {
  /** The HTTP status. */
  status: number;
  /** What the body is; empty where the host did not say. */
  content_type: string;
  /** The body as text. */
  body: string;
}

/** Which of the two formulae a shop is scored by. */
export type Industry =
  /** 消费品: buyers, turnover, acceleration. */
  | 'consumer'
  /** 工业品: inquiries, turnover, acceleration. */
  | 'industrial';

/** A kind of event, as manifests name it. */
export type EventKind =
  /** An order was placed, paid or not. */
  | 'order.created'
  /** An order was paid. */
  | 'order.paid'
  /** A buyer asked for a refund. */
  | 'refund.opened';

/** Where an order stands. */
export type OrderStatus =
  /** 待付款 */
  | 'wait_pay'
  /** 待发货 */
  | 'wait_send'
  /** 待收货 */
  | 'wait_receive'
  /** 交易成功 */
  | 'success'
  /** 交易关闭 */
  | 'closed'
  /** Any other word of the platform. */
  | { other: string };

/** One line of an order. */
export interface OrderLine {
  /** The product; none in files that do not name it. */
  product: string | null;
  /** The SKU's id within the offer (specId). */
  sku: string | null;
  /** Title at order time. */
  title: string;
  /** Pieces. */
  quantity: Decimal;
  /** Yuan for the line after its discount. */
  amount: Decimal;
}

/** Where a refund stands. */
export type RefundStatus =
  /** 待卖家同意 */
  | 'wait_seller'
  /** 待买家修改或退货 */
  | 'wait_buyer'
  /** 待卖家收货 */
  | 'wait_return'
  /** 退款成功 */
  | 'success'
  /** 退款关闭 */
  | 'closed'
  /** Any other word of the platform. */
  | { other: string };

/** A variant of a product. */
export interface Sku {
  /** Id within the offer (specId): what a stock write names. */
  id: string;
  /** Its number across the platform (SKU ID), as cost files name it. */
  number: string;
  /** What distinguishes it: 白色 500ml. */
  name: string;
  /** Yuan a piece; none when the price is by quantity. */
  price: Decimal | null;
  /** Pieces on hand. */
  stock: number;
}

/** How far a figure can be trusted. Ordered from the weakest. */
export type Confidence =
  /** Written down by merchants; no official page shows it. */
  | 'candidate'
  /** Entered by this shop's merchant. */
  | 'merchant'
  /** Stated by the platform. */
  | 'confirmed';

/** First and last day of a window. */
export interface WindowDays {
  /** First day. */
  from: Day;
  /** Last day. */
  to: Day;
}

/** The known points by part; `buyers` for consumer goods, `inquiries` for industrial goods. */
export interface PartPoints {
  /** Points of counted buyers. */
  buyers: Decimal | null;
  /** Points of counted inquiries. */
  inquiries: Decimal | null;
  /** Points of net turnover. */
  turnover: Decimal;
  /** 数字营销, scenes and marks together. */
  acceleration: Decimal;
  /** What cutting the sum down to whole points takes; never above zero. */
  rounding: Decimal;
  /** The sum. */
  total: Decimal;
}

/** The acceleration, taken apart. */
export interface AccelerationParts {
  /** By buyers or inquiries that 数字营销 brought. */
  marketing: Decimal;
  /** By scene turnover. */
  scene: Decimal;
  /** By each mark held on the day. */
  marks: MarkPoints[];
}

/** The total as far as it is bounded. */
export interface Range {
  /** With the known figures alone, less what a missing answer can take away. Refunds that were not handed in can still lower it: the notes say so. */
  low: Decimal;
  /** With everything that is missing; `None` when it has no bound. */
  high: Decimal | null;
}

/** An input that is missing. */
export interface Missing {
  /** Key of the input. */
  input: string;
  /** Its name in Chinese. */
  title: string;
  /** What it could change in the total. */
  effect: Effect;
  /** How to supply it, in Chinese. */
  how: string;
}

/** Which levels are still open. */
export interface LevelRange {
  /** Reached by known points with known gates. */
  low: string;
  /** Not ruled out by any known gate; `None` when the points have no upper bound. */
  high: string | null;
}

/** The next level by points. */
export interface NextLevel {
  /** Its name. */
  level: string;
  /** Where it begins. */
  threshold: Decimal;
  /** Points to go from the known total. */
  gap: Decimal;
}

/** A gate of a level and how the shop stands. */
export interface GateRow {
  /** The level that asks for it. */
  level: string;
  /** Its id: the key of the entered value. */
  gate: string;
  /** Its name in Chinese. */
  name: string;
  /** How it compares. */
  compare: Compare;
  /** The bound, or the marks parted by `/`. */
  threshold: string;
  /** Unit of bound and value. */
  unit: string;
  /** What was entered, or the mark that is held. */
  value: string | null;
  /** Whether it holds; `None` while not known. */
  ok: boolean | null;
  /** By how much it fails. */
  short_by: Decimal | null;
  /** Class of the bound. */
  confidence: Confidence;
}

/** The fall of the score on one day. */
export interface DropOut {
  /** First day without these points. */
  date: Day;
  /** How many; below zero when a refund leaves the window and the score rises. */
  points: Decimal;
}

/** What was counted in the window. */
export interface Counts {
  /** Buyers with a balance above zero. */
  buyers: number;
  /** Of these, brought by 数字营销 for certain. */
  marketing_buyers: number;
  /** Of these, perhaps brought by 数字营销. */
  marketing_buyers_unknown: number;
  /** Valid orders. */
  orders: number;
  /** Of these, without a buyer. */
  orders_without_buyer: number;
  /** Net turnover. */
  turnover_yuan: Decimal;
  /** Refunds taken off it. */
  refunded_yuan: Decimal;
  /** Net scene turnover. */
  scene_yuan: Decimal;
  /** Net turnover of orders of which nobody said whether a scene made them. */
  scene_unknown_yuan: Decimal;
  /** Counted inquiries: persons and days. */
  inquiries: number;
  /** Of these, brought by 数字营销 for certain. */
  marketing_inquiries: number;
  /** Of these, perhaps brought by 数字营销. */
  marketing_inquiries_unknown: number;
}

/** A calibration beside the computed figures of the day it speaks of. */
export interface Entered {
  /** Calendar day on which it was read. */
  day: Day;
  /** The day of the score that 成长中心 showed then. */
  as_of: Day;
  /** Points shown. */
  points: Decimal;
  /** Level shown. */
  level: string | null;
  /** Points computed for `as_of`. */
  computed: Decimal;
  /** Level computed for `as_of`. */
  computed_level: string;
}

/** One day's comparison. */
export interface CalibrationRow {
  /** Calendar day on which it was read. */
  day: Day;
  /** The day of the score that 成长中心 showed then. */
  as_of: Day;
  /** Points shown. */
  shown: Decimal;
  /** Points computed for `as_of`. */
  computed: Decimal;
  /** Shown less computed. */
  difference: Decimal;
  /** Of the difference, what no missing input can account for; never below zero. */
  beyond: Decimal;
  /** Level shown. */
  level: string | null;
  /** Level computed for `as_of`. */
  computed_level: string;
  /** Whether the events reach back to the first day of that window; if not, the row says nothing about the rules. */
  covered: boolean;
}

/** One thing that would explain the differences. Never applied by itself. */
export interface Explanation {
  /** A figure or a missing input. */
  kind: Explains;
  /** Path of the figure, or key of the missing input. */
  field: string;
  /** Its name in Chinese. */
  title: string;
  /** The value that would fit. */
  value: string;
  /** How many of the comparisons it fits. */
  fits: number;
  /** How many comparisons there are. */
  of: number;
  /** Whether it fits all of them. */
  fits_all: boolean;
  /** The same as a Chinese sentence. */
  sentence: string;
}

/** A figure that stands in a pack by a merchant's word. */
export interface Corrected {
  /** Path of the figure. */
  field: string;
  /** Name in Chinese. */
  title: string;
  /** Value now, in the words that merchants read. */
  value: string;
  /** Value of the pack as it came. */
  before: string;
  /** Unit of both; may be empty. */
  unit: string;
  /** Day on which it was entered. */
  on: Day;
  /** The industry it belongs to; `None` for what both share. */
  industry: Industry | null;
}

/** Where a level begins. */
export interface LevelStep {
  /** Its name. */
  level: string;
  /** Fewest points. */
  threshold: Decimal;
  /** Class of that figure. */
  confidence: Confidence;
}

/** When the level is judged next. */
export interface JudgingNews {
  /** The next day after `as_of`; `None` when it is not known: every day may then be the one. */
  day: Day | null;
  /** Hour of that day, where it is known. */
  hour: number | null;
  /** How often. */
  rhythm: Rhythm;
  /** Class of what is said about it. */
  confidence: Confidence;
  /** The same as a Chinese sentence. */
  sentence: string;
}

/** What levels give on a day. */
export interface Benefits {
  /** The level whose benefits the shop has; `None` while it is not known, and then the first three lists are empty. */
  level: string | null;
  /** Whether that is certain: no gate and no missing input can change it. */
  certain: boolean;
  /** What that level gives. */
  held: BenefitRow[];
  /** What the next level gives besides. */
  next: BenefitRow[];
  /** What falls away one level below. */
  lost: BenefitRow[];
  /** Announced, but nobody said for which level. */
  level_unknown: BenefitRow[];
}

/** The protection that rules grant in their first days: benefits stay although the computed level is lower. */
export interface Protection {
  /** First day. */
  from: Day;
  /** First day without it. */
  to: Day;
  /** The level before, as it was entered; `None` while it was not, or when the pack has no such level. */
  level_before: string | null;
  /** The level whose benefits the shop has; `None` while the level before is not known. */
  benefits_level: string | null;
  /** The same as a Chinese sentence. */
  sentence: string;
}

/** A mark and what it brings. */
export interface MarkPoints {
  /** Name of the mark. */
  kind: string;
  /** Its points; `None` when no rate is known, which counts as 0 and is shown as 未知. */
  points: Decimal | null;
}

/** The total of one day. */
export interface DayPoints {
  /** The day. */
  date: Day;
  /** Its total. */
  points: Decimal;
}

/** Where the total of one day will lie: each figure is one of the simulated totals. */
export interface GrowthBand {
  /** The day. */
  date: Day;
  /** Not above it in 10% of the paths. */
  p10: Decimal;
  /** In 25%. */
  p25: Decimal;
  /** The middle one. */
  p50: Decimal;
  /** In 75%. */
  p75: Decimal;
  /** In 90%. */
  p90: Decimal;
}

/** The odds of a level's points; its gates are another matter. */
export interface LevelOdds {
  /** Name of the level. */
  level: string;
  /** Its points. */
  threshold: Decimal;
  /** On the judging day, or on the last day where none is known; absent when the judging day is not among the days. */
  on_day: DayOdds | null;
  /** On any day up to that one, which is another figure and never a smaller one. */
  any_day: ByDayOdds;
}

/** How a level is reached for the least money, or why it is not. */
export interface Plan {
  /** The level aimed at. */
  level: string;
  /** Its points. */
  threshold: Decimal;
  /** Whether it is a level that the shop already has and may lose. */
  keeps: boolean;
  /** The day whose score is aimed at. */
  judged_on: Day;
  /** Whether that is the day of the judgement; otherwise 官方评定日未知, and the plan aims at the last day wished. */
  judging_known: boolean;
  /** Wanted odds in per cent. */
  odds_percent: number;
  /** Points that are missing for these odds; zero when none are. */
  needed: Decimal;
  /** Odds of 照常经营 on that day. */
  usual: Odds;
  /** Odds of 照常经营 on any day up to it. */
  usual_any_day: Odds;
  /** What to do. */
  outcome: Outcome;
  /** What binds, one Chinese sentence each. */
  binding: string[];
  /** Levers that were not used, and why. */
  excluded: Excluded[];
  /** Gates of the level that fail or are unknown: no points replace them. */
  gates: GateRow[];
  /** What the level is worth to the merchant, if that was entered. */
  worth: Decimal | null;
  /** What a reader must know, one Chinese sentence each. */
  notes: string[];
}

/** The levers of a shop. */
export interface Levers {
  /** The ones that can be used. */
  levers: Lever[];
  /** The ones that cannot. */
  excluded: Excluded[];
}

/** A plan that was adopted and whose day is over. */
export interface EarlierPlan {
  /** Its id. */
  id: string;
  /** The day it was adopted. */
  adopted: Day;
  /** The level it aimed at. */
  level: string;
  /** Points of that level when it was adopted. */
  threshold: Decimal;
  /** The day it aimed at. */
  judged_on: Day;
  /** Points that its levers were to bring by then. */
  expected: Decimal;
  /** The total of that day. */
  total: Decimal;
  /** What each lever promised and what was measured. */
  realised: Realised[];
}

/** What became of a task. */
export type TaskOutcome =
  /** Done, and when. */
  | { outcome: 'done'; at: Time }
  /** Somebody decided against it. */
  | { outcome: 'declined' }
  /** Nobody has decided or done it yet. */
  | { outcome: 'open' }
  /** A task without an action: nobody can tell. */
  | { outcome: 'not_tracked' };

/** Where a figure comes from: which read, how it was made, from which rows. */
export interface Source {
  /** What was read, in Chinese: 订单. */
  read: string;
  /** How the figure follows from the rows, in Chinese: 按付款日合计实付款. */
  how: string;
  /** How many rows stand behind it. */
  rows: number;
  /** Ids of the first rows, at most `Source::SHOWN`. */
  ids: string[];
}

/** The measure word of a count. */
export type Unit =
  /** 人 */
  | 'people'
  /** 单 */
  | 'orders'
  /** 笔 (refunds, payments) */
  | 'items'
  /** 件 (pieces of goods) */
  | 'pieces'
  /** 个 */
  | 'things'
  /** 款 (products) */
  | 'products'
  /** 天 */
  | 'days'
  /** 小时 */
  | 'hours'
  /** 字 */
  | 'characters'
  /** 像素 */
  | 'pixels'
  /** 次 */
  | 'times'
  /** %: odds, which are told in whole ones; a share is a `Value::Ratio`. */
  | 'percent';

/** How urgent a notice is. */
export type Tone =
  /** Good to know. */
  | 'info'
  /** Wants attention. */
  | 'warning';

/** Names a fact within one report: lower-case letters, digits and underscores. */
export type FactId = string;

/** Values for a chart. Heights come from the facts' values. */
export interface Series {
  /** In Chinese. */
  title: string;
  /** What is drawn. */
  subtitle: string;
  /** `(label, value)` from left to right. */
  points: [string, Value][];
  /** The same points one period earlier, dashed; as long as `points` or empty. */
  previous: Value[];
  /** Bars for amounts that come and go; a line for a level over time. */
  bars: boolean;
}

/** The points of the days ahead as two lines that are never mixed: 零新增, which is certain, and 照常经营, which is usual. */
export interface Fan {
  /** In Chinese. */
  title: string;
  /** What is drawn. */
  subtitle: string;
  /** The last complete day, from which both lines begin. */
  as_of: Day;
  /** The fact of the points on that day. */
  now: FactId;
  /** The days after it, in order and without a gap. */
  days: DayAhead[];
  /** `(level, threshold fact)` from the lowest. */
  levels: [string, FactId][];
  /** What the reader must know beside the drawing, such as why there is no estimate; with `{fact_id}`s. May be empty. */
  caption: string;
}

/** A column's head. */
export interface Column {
  /** In Chinese. */
  title: string;
  /** Numbers stand right. */
  align: Align;
}

/** A picture, by where it lies. */
export type PictureFile =
  /** Bytes that the host keeps, by their SHA-256 in hex. */
  | { kept: string }
  /** A path that the platform knows already. */
  | { shop: string };

/** A product that does not exist yet. */
export interface Listing {
  /** 货号: the merchant's own number. It tells whether the product was published already, so no two products may share it. */
  number: string;
  /** Its title. */
  title: string;
  /** A leaf category's id. */
  category: string;
  /** Attribute id of the category → value. */
  attributes: Record<string, string>;
  /** `(from this quantity, yuan a piece)`, rising quantity, falling price. */
  steps: [number, Decimal][];
  /** Pieces on hand. */
  stock: number;
  /** Main pictures, 1 to 5; the first is the one buyers see. */
  pictures: PictureFile[];
  /** Running text of the page. */
  description: string;
}

/** The colour of a memo. */
export type Flag =
  /** 红旗 */
  | 'red'
  /** 蓝旗 */
  | 'blue'
  /** 绿旗 */
  | 'green'
  /** 黄旗 */
  | 'yellow';

/** Where returned goods go. The merchant's own data, typed by the merchant. */
export interface ReturnAddress {
  /** Province, city, street, door. */
  address: string;
  /** Post code. */
  post: string;
  /** Who receives the parcel. */
  name: string;
  /** Their telephone. */
  phone: string;
}

/** The smallest and the largest change of the total; `None` where it has no known bound. */
export interface Effect {
  /** Not above zero. */
  low: Decimal | null;
  /** Not below zero. */
  high: Decimal | null;
}

/** How a gate compares. */
export type Compare =
  /** The value must reach the threshold. */
  | 'at_least'
  /** The value must not be above the threshold. */
  | 'at_most'
  /** One of the named marks must be held. */
  | 'any_mark';

/** What would explain the differences. */
export type Explains =
  /** Another value of one figure of the pack: `field` and `value` can be entered as a correction. */
  | 'figure'
  /** An input that is missing: `field` is its key, `value` about how much of it. */
  | 'missing';

/** How often the level is judged. */
export type Rhythm =
  /** Every day. */
  | 'daily'
  /** Once a month. */
  | 'monthly'
  /** Nobody knows. */
  | 'unknown';

/** One benefit. */
export interface BenefitRow {
  /** What it helps (`流量`, `服务` …). */
  kind: string;
  /** What is given. */
  name: string;
  /** How much, with its unit; `未知` where it has an amount that nobody knows, `None` where there is nothing to count. */
  amount: string | null;
  /** What it depends on besides the level. */
  text: string | null;
  /** First day it is no longer given, where that is known. */
  until: Day | null;
  /** Where it was read. */
  source: string;
  /** Class of the amount, or of the statement that it is given. */
  confidence: Confidence;
}

/** Odds on one day. */
export interface DayOdds {
  /** The day. */
  date: Day;
  /** So many paths of so many. */
  odds: Odds;
}

/** Odds on any day from tomorrow to one. */
export interface ByDayOdds {
  /** Last day that counts. */
  by: Day;
  /** So many paths of so many. */
  odds: Odds;
}

/** So many paths of so many: a probability that stays exact. */
export interface Odds {
  /** Paths on which it happens. */
  hits: number;
  /** All paths. */
  of: number;
}

/** What came out. */
export type Outcome =
  /** 照常经营 has the odds already. */
  | { state: 'already_there' }
  /** There is a way. */
  | { state: 'reached'; best: Choice; second: Choice | null }
  /** There is none. */
  | { state: 'out_of_reach'; effort: Choice; short_by: Decimal; why: string[] };

/** A lever that is not used, and why. */
export interface Excluded {
  /** Id of the lever. */
  lever: string;
  /** Its name in Chinese. */
  title: string;
  /** Why, in one Chinese sentence that says what to do. */
  why: string;
}

/** Something a merchant can do. */
export interface Lever {
  /** Its id, unique among the levers of a plan. */
  id: string;
  /** Its kind. */
  kind: LeverKind;
  /** Its name in Chinese. */
  title: string;
  /** What one of it is called in Chinese. */
  unit: string;
  /** What one unit costs; without it the lever is not used. */
  unit_cost: Decimal | null;
  /** Most units until the date. */
  ceiling: number;
  /** Most units on one day. */
  per_day: number | null;
  /** Days from doing it to what it brings. */
  delay_days: number;
  /** Days for which what it brings counts, where that is less than the pack's window. */
  lasts_days: number | null;
  /** What one unit brings. */
  brings: Brings;
  /** Net price less goods, shipping and fees of the sales that one unit touches, before the lever's own cost. */
  margin: Decimal | null;
  /** How much of the expectation comes true in the long run, per mille; learned. */
  success: number;
  /** How far a single outcome lies off, per mille: at most so much more or less. For a mark: how often it is not granted in time. */
  spread: number;
  /** Where the figures come from. */
  basis: Basis[];
  /** Whether the merchant accepts a loss on it. */
  allow_loss: boolean;
  /** The buyers it is aimed at, the most valuable first; empty where it is aimed at nobody by name. */
  people: string[];
  /** Of these, how many per mille would come back by themselves until the date. */
  natural: number;
}

/** What came of a promise. */
export interface Realised {
  /** Id of the lever. */
  lever: string;
  /** Its name in Chinese. */
  title: string;
  /** First day that was measured. */
  from: Day;
  /** Last day that was measured. */
  to: Day;
  /** What was promised. */
  expected: Amount;
  /** What there was beyond the baseline; below zero when there was less than usual. */
  realised: Amount;
  /** What there would have been anyway. */
  baseline: Amount;
  /** Realised of expected, per mille; not below zero. */
  ratio: number;
  /** What was measured, in Chinese. */
  of: string;
  /** What was believed to come true of the estimate when it was promised, per mille. */
  success: number;
}

/** The points of one day ahead. */
export interface DayAhead {
  /** Which. */
  day: Day;
  /** 零新增: what is left if nothing new happens. */
  certain: Value;
  /** 照常经营: what it may be if business goes on as before; none where that cannot be estimated. */
  usual: Band | null;
}

/** Which side a column's text stands on. */
export type Align =
  | 'left'
  | 'right';

/** A set of levers. */
export interface Choice {
  /** What to do, in the order of the levers. */
  steps: Step[];
  /** What it costs. */
  cost: Decimal;
  /** What it changes in the shop's profit, all costs taken off. */
  margin: Decimal;
  /** Expected points on the judged day. */
  points: Decimal;
  /** Odds on the judged day. */
  odds: Odds;
  /** Odds on any day up to it. */
  odds_any_day: Odds;
}

/** The kinds of levers there are. */
export type LeverKind =
  /** New buyers by 数字营销. */
  | 'promotion_buyers'
  /** Inquiries by 数字营销. */
  | 'promotion_inquiries'
  /** Buyers who would have dropped out of the window and are won back: they count again. */
  | 'win_back'
  /** One more order of buyers who are still in the window: turnover only. */
  | 'repeat_order'
  /** Turnover that is moved into a scene (大严选 …). */
  | 'scene_turnover'
  /** Refunds that are avoided. */
  | 'fewer_refunds'
  /** Larger orders by a ladder price. */
  | 'ladder_price'
  /** Small orders raised by a minimum order. */
  | 'minimum_order'
  /** Inquiries that are won by answering in time. */
  | 'response_rate'
  /** A mark of a verified supplier. */
  | 'verification';

/** What one unit brings when it works as expected. */
export interface Brings {
  /** A buyer who would not be counted in the window otherwise. */
  new_buyer: boolean;
  /** Whether 数字营销 brings that buyer or these inquiries. */
  marketing: boolean;
  /** Counted inquiries. */
  inquiries: number;
  /** Turnover that would not be there otherwise. */
  turnover: Decimal;
  /** Turnover that is made in a scene, be it new or moved there. */
  scene_turnover: Decimal;
  /** Turnover that is kept because it is not refunded. */
  refund_avoided: Decimal;
  /** Points of a mark: for as long as it is held. */
  mark: Decimal;
}

/** One figure behind a lever. */
export interface Basis {
  /** What it is, in Chinese. */
  what: string;
  /** The figure. */
  figure: Amount;
  /** Where it comes from. */
  origin: Origin;
}

/** A figure of a basis. */
export type Amount =
  /** So many. */
  | { count: number }
  /** Money, in decimal yuan. */
  | { yuan: Decimal }
  /** Days. */
  | { days: number }
  /** A share. */
  | { per_mille: number }
  /** Points. */
  | { points: Decimal };

/** Quantiles of what a day may be like, in rising order. */
export interface Band {
  p10: Value;
  p25: Value;
  p50: Value;
  p75: Value;
  p90: Value;
}

/** One lever of a set. */
export interface Step extends Dates {
  /** Id of the lever. */
  lever: string;
  /** Its kind. */
  kind: LeverKind;
  /** Its name in Chinese. */
  title: string;
  /** How many. */
  units: number;
  /** Of what, in Chinese. */
  unit: string;
  /** What it costs. */
  cost: Decimal;
  /** What it changes in the shop's profit, its cost taken off. */
  margin: Decimal;
  /** Expected points on the judged day. */
  points: Decimal;
  /** The skill that carries it out; empty if the merchant does. */
  skill: string;
}

/** Where a figure comes from. */
export type Origin =
  /** Read off the shop's own history. */
  | { estimated: { days: number; cases: number } }
  /** Typed in by the merchant, or handed in by the host. */
  | 'entered'
  /** Corrected by what earlier plans brought. */
  | { learned: { times: number } }
  /** A careful guess; nothing in the data says it. */
  | 'assumed';

/** The units of a lever on the calendar. */
export interface Dates {
  /** First day of work. */
  start: Day;
  /** Last day of work. */
  end: Day;
  /** First day on which points of it count. */
  works_from: Day;
  /** Last day on which all of it counts; `None` for a mark, which counts while it is held. */
  works_to: Day | null;
}
