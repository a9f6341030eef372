/** Many values to one, under the names that Grafana's panels use. */

import type { Cell } from "./frame.ts";

type Reducer = (values: readonly Cell[]) => Cell;

const known = (values: readonly Cell[]): Exclude<Cell, null>[] =>
  values.filter((v): v is Exclude<Cell, null> => v !== null && !(typeof v === "number" && Number.isNaN(v)));
const nums = (values: readonly Cell[]): number[] => known(values).filter((v): v is number => typeof v === "number");
const over = (fn: (n: number[]) => number): Reducer => (values) => {
  const found = nums(values);
  return found.length > 0 ? fn(found) : null;
};

const sum = (n: number[]): number => n.reduce((a, b) => a + b, 0);
const mean = (n: number[]): number => sum(n) / n.length;
const least = (n: number[]): number => n.reduce((a, b) => Math.min(a, b));
const most = (n: number[]): number => n.reduce((a, b) => Math.max(a, b));
const variance = (n: number[]): number => sum(n.map((x) => (x - mean(n)) ** 2)) / n.length;

const REDUCERS: Record<string, Reducer> = {
  lastNotNull: (v) => known(v).at(-1) ?? null,
  last: (v) => v.at(-1) ?? null,
  firstNotNull: (v) => known(v)[0] ?? null,
  first: (v) => v[0] ?? null,
  min: over(least),
  max: over(most),
  mean: over(mean),
  median: over(median),
  sum: (v) => sum(nums(v)),
  count: (v) => known(v).length,
  countAll: (v) => v.length,
  range: over((n) => most(n) - least(n)),
  diff: over((n) => (n.at(-1) ?? 0) - (n[0] ?? 0)),
  diffperc: over((n) => ((n.at(-1) ?? 0) - (n[0] ?? 0)) / (n[0] ?? 1)),
  delta: over((n) => n.slice(1).reduce((total, x, i) => total + Math.max(0, x - (n[i] ?? x)), 0)),
  step: over((n) => (n.length > 1 ? least(n.slice(1).map((x, i) => x - (n[i] ?? x))) : 0)),
  logmin: over((n) => least([Infinity, ...n.filter((x) => x > 0)])),
  variance: over(variance),
  stdDev: over((n) => Math.sqrt(variance(n))),
  allIsZero: (v) => known(v).length > 0 && known(v).every((x) => x === 0),
  allIsNull: (v) => known(v).length === 0,
  changeCount: (v) => known(v).reduce<number>((n, x, i, all) => n + (i > 0 && x !== all[i - 1] ? 1 : 0), 0),
  distinctCount: (v) => new Set(known(v)).size,
};

const NAMES: Record<string, string> = {
  lastNotNull: "Last *", last: "Last", firstNotNull: "First *", first: "First", min: "Min", max: "Max", mean: "Mean",
  median: "Median", sum: "Total", count: "Count", countAll: "Count all", range: "Range", diff: "Difference",
  diffperc: "Difference percent", delta: "Delta", step: "Step", logmin: "Min (above zero)", variance: "Variance",
  stdDev: "StdDev", allIsZero: "All zeros", allIsNull: "All nulls", changeCount: "Change count",
  distinctCount: "Distinct count",
};

/** These stand for numbers in no unit. */
export const UNITLESS = new Set(["count", "countAll", "changeCount", "distinctCount"]);

export function reduce(values: readonly Cell[], id: string): Cell {
  const percentile = /^p(\d{1,2})$/.exec(id);
  if (percentile) return over((n) => quantile(n, Number(percentile[1]) / 100))(values);
  return (REDUCERS[id] ?? REDUCERS["lastNotNull"]!)(values);
}

export function reducerName(id: string): string {
  const percentile = /^p(\d{1,2})$/.exec(id);
  return percentile ? `p${percentile[1]}` : (NAMES[id] ?? id);
}

export function quantile(values: number[], ratio: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.round((sorted.length - 1) * ratio)))] ?? NaN;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
