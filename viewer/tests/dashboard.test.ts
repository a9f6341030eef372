import assert from "node:assert/strict";
import { test } from "node:test";

import { href, safe } from "../src/links.ts";
import type { VariableModel } from "../src/model/dashboard.ts";
import { places, sections } from "../src/pages/layout.ts";
import { marks } from "../src/query/annotations.ts";
import { readState, writeState } from "../src/url-state.ts";
import { ALL, filtered, keep, sorted, valueOf } from "../src/variables/model.ts";
import { custom, inOrder, question } from "../src/variables/resolve.ts";

const at = (x: number, y: number, w = 12, h = 4) => ({ x, y, w, h });

test("rows make sections; what is above the first is one too", () => {
  const made = sections([
    { type: "stat", id: 1, gridPos: at(0, 0) },
    { type: "row", id: 2, title: "Open", gridPos: at(0, 4, 24, 1) },
    { type: "stat", id: 3, gridPos: at(0, 5) },
    { type: "row", id: 4, title: "Closed", collapsed: true, gridPos: at(0, 9, 24, 1), panels: [{ type: "stat", id: 5, gridPos: at(12, 40) }] },
  ], {});
  assert.deepEqual(made.map((s) => [s.row?.title, s.collapsed, s.places.map((p) => [p.key, p.pos.y])]),
    [[undefined, false, [["1", 0]]], ["Open", false, [["3", 0]]], ["Closed", true, [["5", 0]]]]);
});

test("a panel is repeated for each value, and pushes down what is below it", () => {
  const values = { job: { text: ["a", "b", "c"], value: ["a", "b", "c"], multi: true } };
  const made = places([{ type: "stat", id: 1, repeat: "job", maxPerRow: 2, gridPos: at(0, 0, 24) }, { type: "stat", id: 2, gridPos: at(0, 4) }], values);
  assert.deepEqual(made.map(({ key, pos }) => [key, pos.x, pos.y, pos.w]), [["1-job-a", 0, 0, 12], ["1-job-b", 12, 0, 12], ["1-job-c", 0, 4, 12], ["2", 0, 8, 12]]);
  assert.equal(made[1]!.values["job"]!.value, "b");
});

test("questions of variables", () => {
  assert.deepEqual(question('label_values(up{job=~"a,b"}, instance)'), { kind: "label_values", label: "instance", match: 'up{job=~"a,b"}' });
  assert.deepEqual(question({ query: "label_values(job)" }), { kind: "label_values", label: "job", match: "" });
  assert.deepEqual(question("query_result(count(up))"), { kind: "query_result", text: "count(up)" });
  assert.deepEqual(question("metrics(node_.*)"), { kind: "metrics", text: "node_.*" });
  assert.deepEqual(question("up"), { kind: "series", text: "up" });
  assert.deepEqual(custom("a, Bee : b, c\\,d"), [{ text: "a", value: "a" }, { text: "Bee", value: "b" }, { text: "c,d", value: "c,d" }]);
});

test("variables in the order in which they depend on one another", () => {
  const list: VariableModel[] = [
    { name: "pod", type: "query", query: 'label_values(x{ns="$ns"}, pod)' },
    { name: "ns", type: "query", query: { query: 'label_values(x{c="${cluster}"}, ns)' } },
    { name: "cluster", type: "query", query: "label_values(cluster)" },
  ];
  assert.deepEqual(inOrder(list).map((v) => v.name), ["cluster", "ns", "pod"]);
  const circle: VariableModel[] = [{ name: "a", type: "query", query: "$b" }, { name: "b", type: "query", query: "$a" }];
  assert.equal(inOrder(circle).length, 2);
});

test("what stays chosen among new choices", () => {
  const choices = ["a", "b"].map((v) => ({ text: v.toUpperCase(), value: v }));
  const model: VariableModel = { name: "v", type: "query", multi: true, includeAll: true, allValue: ".*", current: { value: ["b"] } };
  const all = { model, choices: [{ text: "All", value: ALL }, ...choices], chosen: [] };
  assert.deepEqual(keep(all, ["a", "gone"]), ["a"]);
  assert.deepEqual(keep(all, ["B"]), ["b"], "by its text, as people write it in links");
  assert.deepEqual(keep(all, ["All"]), [ALL]);
  assert.deepEqual(keep(all, undefined), ["b"]);
  assert.deepEqual(keep({ ...all, choices: [], error: "no answer" }, ["x"]), ["x"]);
  assert.deepEqual(valueOf({ ...all, chosen: [ALL] }), { text: "All", value: ".*", multi: true, all: true });
  assert.deepEqual(valueOf({ ...all, model: { ...model, allValue: null }, chosen: [ALL] }).value, ["a", "b"]);
});

test("choices are filtered by a pattern and sorted", () => {
  assert.deepEqual(filtered(["job-a", "x", "job-b", "job-a"], "/job-(.*)/").map((c) => c.value), ["a", "b"]);
  assert.deepEqual(filtered(["id=1 name=x"], "/id=(?<value>\\d+) name=(?<text>.+)/"), [{ text: "x", value: "1" }]);
  const c = ["n10", "n9", "A"].map((v) => ({ text: v, value: v }));
  assert.deepEqual(sorted(c, 1).map((x) => x.value), ["A", "n10", "n9"]);
  assert.deepEqual(sorted(c, 3).map((x) => x.value), ["A", "n9", "n10"]);
  assert.deepEqual(sorted(c, 4).map((x) => x.value), ["n10", "n9", "A"]);
});

test("addresses carry time, variables and refresh, there and back", () => {
  const search = "?from=now-1h&to=now&refresh=5s&viewPanel=3&var-job=a&var-job=b%26c";
  assert.equal(writeState(readState(search)), search);
});

test("links lead to our pages and the web, never to a script", () => {
  for (const bad of ["javascript:alert(1)", " JavaScript:x", "data:text/html,x", "vbscript:x", "//evil.example", "\\\\evil"]) assert.equal(safe(bad), "", bad);
  assert.equal(safe("https://example.org/"), "https://example.org/");
  const scope = { values: { job: { text: "a", value: "a" } }, state: { variables: { job: ["a"] }, time: { from: "now-1h", to: "now" } }, from: 0, to: 1 };
  assert.equal(href("/d/x?var-service=${__data.fields.service}&${__url_time_range}&var-job=$job", scope, { "__data.fields.service": "a b" }),
    "/d/x?var-service=a%20b&from=now-1h&to=now&var-job=a");
  assert.equal(href("${__data.fields.url:raw}", scope, { "__data.fields.url": "javascript:alert(1)" }), "");
});

test("annotations: neighbours are one span, values may be moments", () => {
  const alerts = { metric: { alertname: "Down", severity: "P1" }, values: [[60, "1"], [120, "1"], [300, "1"]] as [number, string][] };
  assert.deepEqual(marks({ name: "Alerts", titleFormat: "{{alertname}}", tagKeys: "severity" }, alerts, 60).map(({ from, to, title, tags }) => ({ from, to, title, tags })),
    [{ from: 60000, to: 120000, title: "Down", tags: ["P1"] }, { from: 300000, to: undefined, title: "Down", tags: ["P1"] }]);
  const deployed = { metric: {}, values: [[60, "5000"], [120, "5000"], [180, "9000"]] as [number, string][] };
  assert.deepEqual(marks({ name: "D", useValueForTime: true }, deployed, 60).map((m) => m.from), [5000, 9000]);
});
