/** Lengths of time as text. */

import { fixed, type Scaled } from "./number.ts";

type Step = readonly [below: number, size: number, name: string];

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const WEEK = 7 * DAY;
const LONG_YEAR = 31556900;
const YEAR = 365 * DAY;

/** Below `below` of the unit the value is divided by `size` and called `name`; names with letters take a plural. */
const STEPS: Record<string, readonly Step[]> = {
  ns: [[1e3, 1, "ns"], [1e6, 1e3, "µs"], [1e9, 1e6, "ms"], [6e10, 1e9, "s"], [3.6e12, 6e10, "min"],
    [8.64e13, 3.6e12, "hour"], [Infinity, 8.64e13, "day"]],
  µs: [[1e3, 1, "µs"], [1e6, 1e3, "ms"], [Infinity, 1e6, "s"]],
  ms: [[1e3, 1, "ms"], [MINUTE * 1e3, 1e3, "s"], [HOUR * 1e3, MINUTE * 1e3, "min"], [DAY * 1e3, HOUR * 1e3, "hour"],
    [YEAR * 1e3, DAY * 1e3, "day"], [Infinity, LONG_YEAR * 1e3, "year"]],
  s: [[1e-6, 1e-9, "ns"], [1e-3, 1e-6, "µs"], [1, 1e-3, "ms"], [MINUTE, 1, "s"], [HOUR, MINUTE, "min"],
    [DAY, HOUR, "hour"], [WEEK, DAY, "day"], [YEAR, WEEK, "week"], [Infinity, LONG_YEAR, "year"]],
  m: [[60, 1, "min"], [1440, 60, "hour"], [10080, 1440, "day"], [525600, 10080, "week"],
    [Infinity, 525_948, "year"]],
  h: [[24, 1, "hour"], [168, 24, "day"], [8760, 168, "week"], [Infinity, 8760, "year"]],
  d: [[7, 1, "day"], [365, 7, "week"], [Infinity, 365, "year"]],
};

export function timeUnit(unit: string, value: number, decimals?: number | null): Scaled {
  const steps = STEPS[unit] ?? [];
  const size = Math.abs(value);
  const step = value === 0 ? steps.find(([, one]) => one === 1) : steps.find(([below]) => size < below);
  const [, one, name] = step ?? [0, 1, unit];
  const scaled = value / one;
  const base = one === 1 && unit !== "d";
  const plural = !base && name.length > 2 && Math.abs(scaled) > 1;
  return { text: fixed(scaled, decimals), suffix: ` ${name}${plural ? "s" : ""}` };
}

const WORDS: readonly (readonly [string, number])[] = [
  ["year", YEAR * 1e3], ["month", 30 * DAY * 1e3], ["week", WEEK * 1e3], ["day", DAY * 1e3], ["hour", HOUR * 1e3],
  ["minute", MINUTE * 1e3], ["second", 1e3], ["millisecond", 1],
];

/** In words, the largest unit first; `decimals` more units follow it. */
export function inWords(milliseconds: number, decimals = 0, smallest = "millisecond"): string {
  if (milliseconds < 0) return `${inWords(-milliseconds, decimals, smallest)} ago`;
  const parts: string[] = [];
  let rest = milliseconds;
  let open = decimals + 1;
  for (const [name, size] of WORDS) {
    const whole = Math.floor(rest / size);
    if (whole > 0 || (parts.length > 0 && open > 0)) {
      if (whole > 0) parts.push(`${whole} ${name}${whole === 1 ? "" : "s"}`);
      rest -= whole * size;
      open -= 1;
      if (open <= 0) break;
    }
  }
  return parts.length > 0 ? parts.join(", ") : `0 ${smallest}s`;
}

export function clock(seconds: number, withDays: boolean): string {
  if (seconds < 0) return `${clock(-seconds, withDays)} ago`;
  const whole = Math.floor(seconds);
  const days = withDays ? Math.floor(whole / DAY) : 0;
  const rest = whole - days * DAY;
  const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");
  const time = `${two(rest / HOUR)}:${two((rest % HOUR) / MINUTE)}:${two(rest % MINUTE)}`;
  return days > 0 ? `${days} d ${time}` : time;
}

/** 01h:02m:03s:004ms, with at most `decimals` parts behind the first. */
export function longClock(milliseconds: number, decimals?: number | null): string {
  const whole = Math.trunc(milliseconds);
  const part = (size: number, within: number): number => ((Math.floor(whole / size) % within) + within) % within;
  const pad = (n: number, to: number): string => String(n).padStart(to, "0");
  const parts = [`${pad(part(MINUTE * 1e3, 60), 2)}m`, `${pad(part(1e3, 60), 2)}s`, `${pad(part(1, 1000), 3)}ms`];
  if (milliseconds >= HOUR * 1e3) parts.unshift(`${Math.floor(milliseconds / (HOUR * 1e3))}h`);
  else if (milliseconds < 1e3) parts.splice(0, 2);
  else if (milliseconds < MINUTE * 1e3) parts.splice(0, 1);
  return parts.slice(0, 1 + (decimals ?? parts.length)).join(":");
}
