/** How far apart the points of a graph are, and the windows that follow from it. */

import { durationText, seconds } from "./range.ts";

const NICE = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200,
  1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800, 2592000];

/** More points than this no Prometheus answers. */
const MOST_POINTS = 11_000;

export interface Step {
  /** Seconds between two points. */
  interval: number;
  /** The window that holds enough scrapes for a rate. */
  rateInterval: number;
}

/** The nearest round number of seconds. */
export function nice(value: number): number {
  const at = NICE.findIndex((step) => step >= value);
  if (at < 0) return NICE.at(-1) ?? value;
  const [above = value, below] = [NICE[at], NICE[at - 1]];
  return below !== undefined && value < (below + above) / 2 ? below : above;
}

/** `minimum` is what a panel or query sets as its least interval, such as 15s or >1m. */
export function stepFor(rangeSeconds: number, points: number, scrapeSeconds: number, minimum?: string): Step {
  const asked = seconds(minimum?.replace(/^>=?/, "").trim());
  const least = asked ?? scrapeSeconds;
  const interval = Math.max(least, nice(rangeSeconds / Math.max(1, points)), nice(rangeSeconds / MOST_POINTS));
  const scrape = asked ?? scrapeSeconds;
  return { interval, rateInterval: Math.max(interval + scrape, 4 * scrape) };
}

/** What the macros of the Prometheus data source stand for. */
export function macros(step: Step, from: number, to: number): Record<string, string> {
  const range = Math.max(1, Math.round((to - from) / 1000));
  return {
    __interval: durationText(step.interval),
    __interval_ms: String(Math.round(step.interval * 1000)),
    __rate_interval: durationText(step.rateInterval),
    __rate_interval_ms: String(Math.round(step.rateInterval * 1000)),
    __range: `${range}s`,
    __range_s: String(range),
    __range_ms: String(range * 1000),
    __from: String(Math.round(from)),
    __to: String(Math.round(to)),
  };
}
