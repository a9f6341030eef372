import assert from "node:assert/strict";
import { test } from "node:test";

import { interpolate, names, promql, type Values } from "../src/variables/interpolate.ts";
import { macros, nice, stepFor } from "../src/time/step.ts";

const values: Values = {
  job: { text: "shop", value: "shop" },
  instance: { text: ["a:1", "b.c"], value: ["a:1", "b.c"], multi: true },
  one: { text: ["a.b"], value: ["a.b"], multi: true },
  every: { text: "All", value: ".*", multi: true, all: true },
  quoted: { text: 'a"b\\', value: 'a"b\\' },
};

const cases: [string, string][] = [
  ['up{job="$job"}', 'up{job="shop"}'],
  ['up{job="${job}"}', 'up{job="shop"}'],
  ['up{job="[[job]]"}', 'up{job="shop"}'],
  ['up{i=~"$instance"}', 'up{i=~"(a:1|b\\\\.c)"}'],
  ['up{i=~"$one"}', 'up{i=~"a\\\\.b"}'],
  ['up{i=~"$every"}', 'up{i=~".*"}'],
  ['up{q="$quoted"}', 'up{q="a\\"b\\\\"}'],
  ["${instance:csv}", "a:1,b.c"],
  ["${instance:pipe}", "a:1|b.c"],
  ["${instance:regex}", "(a:1|b\\.c)"],
  ["${instance:queryparam}", "var-instance=a%3A1&var-instance=b.c"],
  ["$unknown and $1", "$unknown and $1"],
  ["$jobs", "$jobs"],
];

test("variables inside PromQL", () => {
  for (const [text, expected] of cases) assert.equal(interpolate(text, values, promql), expected);
});

test("variables in a title are read, not escaped", () => {
  assert.equal(interpolate("of $instance", values), "of a:1 + b.c");
});

test("the names in a text", () => {
  assert.deepEqual(names("$a ${b:csv} [[c]] $$d"), ["a", "b", "c", "d"]);
});

test("steps are round and not below the scrape interval", () => {
  assert.deepEqual([0.9, 1.4, 1.6, 17, 18, 44, 46, 100].map(nice), [1, 1, 2, 15, 20, 30, 60, 120]);
  assert.deepEqual(stepFor(3600, 1000, 15), { interval: 15, rateInterval: 60 });
  assert.deepEqual(stepFor(21600, 600, 15), { interval: 30, rateInterval: 60 });
  assert.deepEqual(stepFor(30 * 86400, 500, 15), { interval: 3600, rateInterval: 3615 });
  assert.deepEqual(stepFor(3600, 1000, 15, "1m"), { interval: 60, rateInterval: 240 });
});

test("macros", () => {
  const said = macros({ interval: 30, rateInterval: 60 }, 0, 3600e3);
  assert.equal(said["__interval"], "30s");
  assert.equal(said["__rate_interval"], "1m");
  assert.equal(said["__range"], "3600s");
  assert.equal(said["__interval_ms"], "30000");
});
