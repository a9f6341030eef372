import assert from "node:assert/strict";
import { test } from "node:test";

import type { Rec } from "../src/model/dashboard.ts";
import { displayName, field, type Cell, type Frame } from "../src/model/frame.ts";
import { aligned, heatmap, legend, table, timeSeries } from "../src/query/frames.ts";
import { grid } from "../src/query/prometheus.ts";
import { transformed } from "../src/transform/all.ts";

const asTable = (frames: Frame[]): Record<string, Cell[]>[] =>
  frames.map((frame) => Object.fromEntries(frame.fields.map((f) => [displayName(f, frame), f.values])));
const run = (frames: Frame[], ...list: [string, Rec][]): Record<string, Cell[]>[] =>
  asTable(transformed({ type: "table", transformations: list.map(([id, options]) => ({ id, options })) }, frames).frames);

const rate: Frame = { refId: "A", fields: [field("Time", "time", [9, 9]), field("service", "string", ["shop", "db"]), field("Value #A", "number", [20, 5])] };
const errors: Frame = { refId: "B", fields: [field("Time", "time", [9]), field("service", "string", ["shop"]), field("Value #B", "number", [0.1])] };

test("merge, then organize: the tables of our dashboards", () => {
  assert.deepEqual(run([rate, errors], ["merge", {}], ["organize", { excludeByName: { Time: true }, indexByName: { "Value #B": 0, service: 1 }, renameByName: { "Value #A": "Requests", "Value #B": "Errors" } }]),
    [{ Errors: [0.1, null], service: ["shop", "db"], Requests: [20, 5] }]);
});

test("joinByField keeps all rows, or those that all have", () => {
  assert.deepEqual(run([rate, errors], ["joinByField", { byField: "service", mode: "outer" }]),
    [{ service: ["shop", "db"], "Time 1": [9, 9], "Value #A": [20, 5], "Time 2": [9, null], "Value #B": [0.1, null] }]);
  assert.deepEqual(run([rate, errors], ["joinByField", { byField: "service", mode: "inner" }])[0]!["service"], ["shop"]);
});

test("the others", () => {
  assert.deepEqual(run([rate], ["sortBy", { sort: [{ field: "service" }] }])[0]!["service"], ["db", "shop"]);
  assert.deepEqual(run([rate], ["limit", { limitField: 1 }])[0]!["service"], ["shop"]);
  assert.deepEqual(run([rate], ["filterFieldsByName", { include: { pattern: "Value.*" } }]), [{ "Value #A": [20, 5] }]);
  assert.deepEqual(run([rate], ["renameByRegex", { regex: "Value #(.*)", renamePattern: "q$1" }])[0]!["qA"], [20, 5]);
  assert.deepEqual(run([rate], ["reduce", { reducers: ["max", "mean"] }]), [{ Field: ["Value #A"], Max: [20], Mean: [12.5] }]);
  assert.deepEqual(run([rate], ["filterByValue", { type: "include", match: "any", filters: [{ fieldName: "Value #A", config: { id: "greater", options: { value: 10 } } }] }])[0]!["service"], ["shop"]);
  assert.deepEqual(run([rate], ["calculateField", { mode: "binary", alias: "double", binary: { left: "Value #A", operator: "*", right: "2" } }])[0]!["double"], [40, 10]);
  assert.deepEqual(run([rate], ["groupBy", { fields: { Time: { operation: "groupby" }, "Value #A": { operation: "aggregate", aggregations: ["sum"] } } }]), [{ Time: [9], "Value #A (sum)": [25] }]);
  assert.deepEqual(run([rate], ["filterByRefId", { include: "B" }]), []);
});

test("a transformation that is not known is named, and the data are left as they are", () => {
  const result = transformed({ type: "table", transformations: [{ id: "spatial" }, { id: "limit", disabled: true }] }, [rate]);
  assert.deepEqual(result, { frames: [rate], unknown: ["spatial"] });
});

const series = [
  { metric: { le: "+Inf", job: "a" }, values: [[60, "10"], [120, "12"]] as [number, string][] },
  { metric: { le: "0.1", job: "a" }, values: [[60, "4"], [120, "12"]] as [number, string][] },
];

test("series become frames, tables, and buckets without what lies below them", () => {
  const [one] = timeSeries({ refId: "A", legendFormat: "{{job}} {{ le }}" }, series, 60);
  assert.equal(displayName(one!.fields[1]!, one!), "a +Inf");
  assert.deepEqual(asTable(table({ refId: "A" }, series.map((s) => ({ ...s, values: s.values.slice(1) })), true)),
    [{ Time: [120000, 120000], job: ["a", "a"], le: ["+Inf", "0.1"], "Value #A": [12, 12] }]);
  assert.deepEqual(asTable(heatmap({ refId: "A" }, series, 60)), [{ Time: [60000, 120000], "0.1": [4, 12], "+Inf": [6, 0] }]);
});

test("where a point is missing there is a gap", () => {
  const values = [[0, "1"], [60, "2"], [180, "NaN"], [240, "4"]] as [number, string][];
  const { times, columns } = aligned(timeSeries({ refId: "A" }, [{ metric: {}, values }], 60));
  assert.deepEqual(times, [0, 60000, 120000, 180000, 240000]);
  assert.deepEqual(columns[0]!.values, [1, 2, null, null, 4]);
});

test("legends", () => {
  assert.equal(legend("", { __name__: "up", job: "a" }, 2, "up"), 'up{job="a"}');
  assert.equal(legend("__auto", {}, 1, "vector(1)"), "vector(1)");
  assert.equal(legend("{{job}}/{{none}}", { job: "a" }, 1, ""), "a/");
});

test("the newest value is at most a minute or a twentieth of a step old", () => {
  assert.deepEqual(grid(1000, 1059, 15), { start: 1005, end: 1050 });
  const { start, end } = grid(0, 30 * 86400 + 500, 3600);
  assert.equal(end, 30 * 86400 + 360);
  assert.equal((end - start) % 3600, 0);
});
