"""The other side: the same events in DuckDB, loaded, on one thread; then both sides beside each other.

Reads the figures of our side (JSON, one object a line) and the CSV files beside them. Fails when a total differs or a goal is missed.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import duckdb

RUNS = 7
GOALS = {"times": 3, "nanos": 300, "bytes": 120}

# Flags are 1, 0 or NULL for "nobody knows". Ids and buyers are integers here and text on our side: the lighter load is theirs.
LOAD = """
CREATE TABLE orders AS SELECT * FROM read_csv('{folder}/{shape}-orders.csv', header=false, columns={{'id':'BIGINT','buyer':'INTEGER',
  'day':'INTEGER','amount':'BIGINT','marketing':'TINYINT','scene':'TINYINT','valid':'TINYINT'}});
CREATE TABLE refunds AS SELECT * FROM read_csv('{folder}/{shape}-refunds.csv', header=false, columns={{'id':'BIGINT','of':'BIGINT',
  'buyer':'INTEGER','day':'INTEGER','amount':'BIGINT','scene':'TINYINT','valid':'TINYINT'}});
"""

# A linked refund counts from its own day on and never takes more than its order; a loose one counts for its own thirty days.
QUERY = """
WITH back AS (SELECT "of", sum(amount) AS amount FROM refunds WHERE valid = 1 AND "of" IS NOT NULL AND day <= {as_of} GROUP BY "of"),
sales AS (SELECT buyer, marketing, scene, o.amount AS paid, greatest(o.amount - coalesce(back.amount, 0), 0) AS net
  FROM orders o LEFT JOIN back ON back."of" = o.id WHERE o.valid = 1 AND o.day BETWEEN {start} AND {as_of}),
loose AS (SELECT buyer, amount, scene FROM refunds WHERE valid = 1 AND "of" IS NULL AND day BETWEEN {start} AND {as_of}),
lines AS (SELECT buyer, net AS amount, marketing = 1 AND net > 0 AS yes, marketing IS NULL AND net > 0 AS open
  FROM sales WHERE buyer IS NOT NULL
  UNION ALL SELECT buyer, -amount, false, false FROM loose WHERE buyer IS NOT NULL),
people AS (SELECT buyer, sum(amount) AS balance, coalesce(bool_or(yes), false) AS yes, coalesce(bool_or(open), false) AS open
  FROM lines GROUP BY buyer),
counted AS (SELECT count(*) AS buyers, count(*) FILTER (yes) AS by_marketing, count(*) FILTER (open AND NOT yes) AS perhaps
  FROM people WHERE balance > 0),
money AS (SELECT count(*) AS orders, count(*) FILTER (buyer IS NULL) AS without, sum(net) AS net, sum(paid - net) AS back,
  coalesce(sum(net) FILTER (scene = 1), 0) AS scene, coalesce(sum(net) FILTER (scene IS NULL), 0) AS scene_open FROM sales),
taken AS (SELECT coalesce(sum(amount), 0) AS amount, coalesce(sum(amount) FILTER (scene = 1), 0) AS scene FROM loose),
out AS (SELECT count(*) AS excluded FROM orders WHERE valid = 0 AND day BETWEEN {start} AND {as_of})
SELECT orders, without AS orders_without_buyer, excluded, buyers, by_marketing AS marketing_buyers,
  perhaps AS marketing_buyers_unknown, greatest(net - taken.amount, 0) AS turnover_fen, back + taken.amount AS refunded_fen,
  greatest(money.scene - taken.scene, 0) AS scene_fen, scene_open AS scene_unknown_fen,
  buyers * 1000000 + by_marketing * 3000000 + greatest(net - taken.amount, 0) * 10
    + greatest(money.scene - taken.scene, 0) * 30 AS points_micro
FROM counted, money, taken, out
"""


def ask(folder, ours):
    db = duckdb.connect(":memory:")
    db.execute(LOAD.format(folder=folder, shape=ours["shape"]))
    # Loading may use every core; the question may not.
    db.execute("SET threads=1")
    query = QUERY.format(start=ours["from"], as_of=ours["as_of"])
    times = []
    for _ in range(RUNS):
        # Processor time, as on our side: what else runs on the machine is not the database's fault.
        began = time.process_time()
        result = db.execute(query)
        row = result.fetchone()
        times.append(time.process_time() - began)
    names = [column[0] for column in result.description]
    return statistics.median(times), {name: int(value) for name, value in zip(names, row)}


def main(folder):
    missed = []
    lines = [json.loads(line) for line in (folder / "ours.json").read_text().splitlines()]
    print(f"DuckDB {duckdb.__version__}, one thread; medians of {RUNS} runs, processor time; both sides loaded")
    print(f"{'orders':<28}{'DuckDB totals':>16}{'our sums':>12}{'times':>8}{'whole card':>12}{'times':>8}{'load/event':>12}")
    for ours in (line for line in lines if "shape" in line):
        theirs, totals = ask(folder, ours)
        if totals != ours["totals"]:
            missed.append(f"{ours['shape']}: the two sides differ: {totals} and {ours['totals']}")
        sums, card = ours["sums_us"] / 1e6, ours["card_us"] / 1e6
        load = ours["load_ms"] * 1e6 / (ours["orders"] + ours["refunds"])
        print(f"{ours['orders']:>10,} over a {ours['shape']:<10}{theirs * 1e3:>13.1f} ms{sums * 1e3:>9.1f} ms{theirs / sums:>8.1f}"
              f"{card * 1e3:>9.1f} ms{theirs / card:>8.1f}{load:>9.0f} ns")
        # The goal is held against the whole card, which does more than the database is asked for.
        if theirs / card < GOALS["times"]:
            missed.append(f"{ours['shape']}: the whole card is {theirs / card:.1f} times as fast, {GOALS['times']} are asked")
    weight = next(line["weight"] for line in lines if "weight" in line)
    each = (weight["all_bytes"] - weight["log_bytes"]) / weight["buyers"]
    print(f"state beside the log: {each:.1f} bytes a live buyer ({weight['buyers']:,} live buyers; log {weight['log_bytes'] >> 20} MB)")
    if each > GOALS["bytes"]:
        missed.append(f"{each:.1f} bytes a live buyer, at most {GOALS['bytes']} are asked")
    both = {line["warm"]["together"]: line["warm"] for line in lines if "warm" in line}
    warm = both[True]
    alone, nanos = (both[together]["nanos"] / warm["pushed"] for together in (False, True))
    mix = ", ".join(f"{count * 100 / warm['pushed']:.0f}% {kind}" for kind, count in warm["mix"].items())
    print(f"one event more to a warm state of {warm['buyers']:,} live buyers and {warm['orders']:,} orders: {nanos:.0f} ns when events come "
          f"together, {alone:.0f} ns alone; median of 5 means of {warm['pushed']:,} ({mix}; 5% late); one day on: {warm['advance_us'] / 1e3:.1f} ms")
    if nanos > GOALS["nanos"]:
        missed.append(f"{nanos:.0f} ns for one event more, at most {GOALS['nanos']} are asked")
    for line in missed:
        print(f"MISSED {line}")
    return 1 if missed else 0


sys.exit(main(Path(sys.argv[1])))
