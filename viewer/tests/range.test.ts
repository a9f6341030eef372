import assert from "node:assert/strict";
import { test } from "node:test";

import { durationText, parseMoment, parseRange, seconds, shiftRange, zoomOut } from "../src/time/range.ts";

const now = Date.parse("2026-03-18T14:25:36Z");

test("moments", () => {
  assert.equal(parseMoment("now", now), now);
  assert.equal(parseMoment("now-6h", now), now - 6 * 3600e3);
  assert.equal(parseMoment("now-1d+1h", now), now - 23 * 3600e3);
  assert.equal(parseMoment("now/h", now), Date.parse("2026-03-18T14:00:00Z"));
  assert.equal(parseMoment("now/h", now, true), Date.parse("2026-03-18T15:00:00Z") - 1);
  assert.equal(parseMoment("1700000000000", now), 1700000000000);
  assert.equal(parseMoment("1700000000", now), 1700000000000);
  assert.equal(parseMoment("2026-01-02T03:04:05Z", now), Date.parse("2026-01-02T03:04:05Z"));
  assert.equal(parseMoment("yesterday, or so", now), null);
});

test("a range that is none is the last minute before its end", () => {
  assert.deepEqual(parseRange({ from: "now", to: "now-1h" }, now).to, now - 3600e3);
  assert.equal(parseRange({ from: "x", to: "now" }, now).from, now - 6 * 3600e3);
});

test("shifted by half, zoomed out to double but not into the future", () => {
  const range = parseRange({ from: "now-2h", to: "now" }, now);
  assert.deepEqual(shiftRange(range, -1), { from: String(now - 3 * 3600e3), to: String(now - 3600e3) });
  assert.deepEqual(zoomOut(range, now), { from: String(now - 3 * 3600e3), to: String(now) });
});

test("durations", () => {
  assert.equal(seconds("1m30s"), 90);
  assert.equal(seconds("500ms"), 0.5);
  assert.equal(seconds("nonsense"), null);
  assert.deepEqual([90, 60, 3600, 86400, 0.5].map(durationText), ["90s", "1m", "1h", "1d", "500ms"]);
});
