import assert from "node:assert/strict";
import { test } from "node:test";

import { linearRange, withoutZeros } from "../src/chart/axis.ts";
import { stacked } from "../src/chart/stack.ts";
import type { Panel } from "../src/model/dashboard.ts";
import { configured } from "../src/model/field-config.ts";
import { displayName, field, type Frame } from "../src/model/frame.ts";
import { mapped } from "../src/model/mappings.ts";
import { reduce } from "../src/model/reducers.ts";
import { reached, steps } from "../src/model/thresholds.ts";

// What @grafana/data 13.2.2 gives for the same values.
test("reducers agree with Grafana's", () => {
  const values = [1, null, 3, 0, 5, 2];
  const expected = { sum: 11, max: 5, min: 0, logmin: 1, mean: 2.2, last: 2, first: 1, lastNotNull: 2, firstNotNull: 1,
    count: 5, countAll: 6, range: 5, diff: 1, diffperc: 1, median: 2, variance: 2.96, changeCount: 4, distinctCount: 5,
    p1: 0, p13: 1, p50: 2, p63: 3, p99: 5, allIsNull: false, allIsZero: false, step: -3 };
  for (const [id, value] of Object.entries(expected)) assert.equal(reduce(values, id), value, id);
  assert.equal(reduce([null, 4, 4.5, 1, 7, null], "last"), null);
  assert.equal(reduce([null, 4, 4.5, 1, 7, null], "lastNotNull"), 7);
  assert.equal(reduce([null, 4, 4.5, 1, 7, null], "median"), 4.25);
  assert.equal(reduce([null, null], "max"), null);
});

const frame = (name: string, refId: string, values: number[]): Frame => ({
  refId,
  fields: [field("Time", "time", values.map((_, i) => i)), { ...field("Value", "number", values, { job: name }), legend: name }],
});

test("defaults reach values, overrides reach whom they name", () => {
  const panel: Panel = { type: "timeseries", fieldConfig: {
    defaults: { unit: "s", custom: { lineWidth: 1, fillOpacity: 10 } },
    overrides: [
      { matcher: { id: "byName", options: "a" }, properties: [{ id: "unit", value: "bytes" }, { id: "custom.lineWidth", value: 3 }] },
      { matcher: { id: "byRegexp", options: "/^b/" }, properties: [{ id: "decimals", value: 1 }] },
      { matcher: { id: "byRegexp", options: "b" }, properties: [{ id: "max", value: 9 }] },
      { matcher: { id: "byFrameRefID", options: "C" }, properties: [{ id: "displayName", value: "of ${__field.labels.job}" }] },
      { matcher: { id: "byType", options: "time" }, properties: [{ id: "custom.hidden", value: true }] },
      { matcher: { id: "byValue", options: { reducer: "max", op: "gt", value: 50 } }, properties: [{ id: "noValue", value: "many" }] },
      { matcher: { id: "unheard-of" }, properties: [{ id: "unit", value: "never" }] },
    ] } };
  const frames = configured(panel, [frame("a", "A", [1]), frame("bb", "B", [99]), frame("c", "C", [1])]);
  const [a, b, c] = frames.map((one) => one.fields[1]!);
  assert.equal(a!.config.unit, "bytes");
  assert.deepEqual(a!.config.custom, { lineWidth: 3, fillOpacity: 10 });
  assert.equal(b!.config.unit, "s");
  assert.equal(b!.config.decimals, 1);
  assert.equal(b!.config.max, undefined, "a pattern without slashes has to be the whole name");
  assert.equal(b!.config.noValue, "many");
  assert.equal(displayName(c!, frames[2]!), "of c");
  assert.equal(frames[0]!.fields[0]!.config.unit, undefined, "time is not in seconds because the values are");
  assert.equal((frames[0]!.fields[0]!.config.custom as { hidden?: boolean }).hidden, true);
  assert.equal(panel.fieldConfig!.defaults!.custom!["lineWidth"], 1, "the dashboard itself is not changed");
});

test("an override cannot reach what every object has", () => {
  const panel: Panel = { type: "stat", fieldConfig: { overrides: [
    { matcher: { id: "byType", options: "number" }, properties: [{ id: "__proto__.polluted", value: true }, { id: "custom.__proto__", value: { polluted: true } }] }] } };
  configured(panel, [frame("a", "A", [1])]);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

test("thresholds, absolute and in percent of the range", () => {
  const config = { thresholds: { mode: "absolute" as const, steps: [{ value: null, color: "green" }, { value: 10, color: "red" }] } };
  assert.equal(reached(config, 9.99).color, "green");
  assert.equal(reached(config, 10).color, "red");
  assert.equal(reached(config, null).color, "green");
  const percent = { min: 100, max: 300, thresholds: { mode: "percentage" as const, steps: [{ value: null, color: "a" }, { value: 50, color: "b" }] } };
  assert.deepEqual(steps(percent).map((s) => s.value), [null, 200]);
});

test("mappings by value, range, pattern and for what is no value", () => {
  const config = { mappings: [
    { type: "value" as const, options: { "1": { text: "up", color: "green" } } },
    { type: "range" as const, options: { from: 2, to: null, result: { text: "many" } } },
    { type: "regex" as const, options: { pattern: "/^v(.*)$/", result: { text: "version $1" } } },
    { type: "special" as const, options: { match: "null+nan", result: { text: "never" } } } ] };
  assert.deepEqual(mapped(config, 1), { text: "up", color: "green" });
  assert.deepEqual(mapped(config, 7), { text: "many" });
  assert.deepEqual(mapped(config, "v1.2"), { text: "version 1.2" });
  assert.deepEqual(mapped(config, null), { text: "never" });
  assert.deepEqual(mapped(config, NaN), { text: "never" });
  assert.equal(mapped(config, 0), undefined);
});

test("series on one another, above and below zero, and in percent", () => {
  const layers = [{ values: [1, 2], group: "A" }, { values: [3, null], group: "A" }, { values: [-1, -1], group: "A" }, { values: [9, 9], group: "" }];
  assert.deepEqual(stacked(layers, false), { values: [[1, 2], [4, 2], [-1, -1], [9, 9]], below: [-1, 0, -1, -2] });
  assert.deepEqual(stacked(layers.slice(0, 2), true).values, [[0.25, 1], [1, 1]]);
});

test("marks on an axis carry no zeros that say nothing", () => {
  const texts = ["0.00500", "2.50 req/s", "5.00 KiB", "100%", "10", "1.05 s", "$1.50K"].map(withoutZeros);
  assert.deepEqual(texts, ["0.005", "2.5 req/s", "5 KiB", "100%", "10", "1.05 s", "$1.5K"]);
});

test("axes keep their hard limits, give way at soft ones, and show a flat line", () => {
  const limits = { softMin: undefined, softMax: undefined, min: undefined, max: undefined, centred: false };
  assert.deepEqual(linearRange(5, 10, { ...limits, min: 0, max: 1 }), [0, 1]);
  assert.deepEqual(linearRange(2, 4, { ...limits, softMin: 0, softMax: 3 }), [0, 4.32]);
  assert.deepEqual(linearRange(0, 0, limits), [0, 0.5]);
  assert.deepEqual(linearRange(99, 100, { ...limits, min: 0 }), [0, 108], "room above, whatever the range is measured from");
  assert.deepEqual(linearRange(NaN, NaN, limits), [0, 1]);
  assert.deepEqual(linearRange(-2, 1, { ...limits, min: -2, max: 1, centred: true }), [-2, 2]);
});
