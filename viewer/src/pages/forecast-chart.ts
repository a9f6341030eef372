/** The end of a history, the forecast behind it, and the band that holds what comes. */

import type uPlot from "uplot";

import { scaleOf, scaleOptions, valueAxis } from "../chart/axis.ts";
import { timePlot, type PlotContext } from "../chart/plot.ts";
import { shown } from "../model/display.ts";
import { field, labelText } from "../model/frame.ts";
import { alpha, resolve, seriesColour } from "../ui/colours.ts";

/** One series of `codesentinel trends forecast --json`, and the end of its history. */
export interface Foretold {
  labels: Record<string, string>;
  model: string;
  times: number[];
  mean: number[];
  lower: number[];
  upper: number[];
  level: number;
  step_seconds: number;
  season_seconds: number[];
  backtest_error: number | null;
  naive_error: number | null;
  backtest_coverage: number | null;
  could_not_judge_because: string;
  notes: string[];
  history: { times: number[]; values: (number | null)[] };
}

export function forecastChart(host: HTMLElement, one: Foretold): { destroy(): void } {
  const { history } = one;
  const times = [...history.times, ...one.times].map((at) => at * 1000);
  const none = (count: number): null[] => Array<null>(count).fill(null);
  const ahead = (values: number[]): (number | null)[] => [...none(history.times.length), ...values];
  const columns = [[...history.values, ...none(one.times.length)], ahead(one.upper), ahead(one.lower), ahead(one.mean)];
  const names = ["measured", "at most", "at least", "forecast"];
  const [past, future] = [resolve("text"), seriesColour(0)];
  const colours = [past, future, future, future];
  const unit = field("Value", "number", []);
  const scale = scaleOf(unit, false);
  const line = (name: string, stroke: string, width: number): uPlot.Series => ({ label: name, scale: scale.key, stroke, width, points: { show: false } });
  const label = `${labelText(one.labels) || "The series"}: measured, then the forecast with the interval that holds ${Math.round(one.level * 100)}%. `
    + `The last step: ${shown(unit, one.mean.at(-1) ?? null).text}, ${shown(unit, one.lower.at(-1) ?? null).text} to ${shown(unit, one.upper.at(-1) ?? null).text}`;
  const context: PlotContext = {
    data: { range: { from: times[0] ?? 0, to: times.at(-1) ?? 1 } }, marks: [], sharing: 0, zoom: () => undefined,
  };
  const u = timePlot(host, context, {
    data: [times, ...columns] as uPlot.AlignedData,
    series: [line("measured", past, 1.3), line("at most", alpha(future, 0.5), 0.8), line("at least", alpha(future, 0.5), 0.8), line("forecast", future, 2)],
    scales: { [scale.key]: scaleOptions(scale) },
    axes: [valueAxis(scale, false)],
    bands: [{ series: [2, 3], fill: alpha(future, 0.18) }],
    rows: (_, index) => columns.flatMap((values, i) => {
      const value = values[index];
      return value === null || value === undefined ? [] : [{ name: names[i] ?? "", value: shown(unit, value).text, colour: colours[i] ?? past }];
    }),
    tooltip: true,
    dots: true,
    label,
  });
  const observer = new ResizeObserver(() => { if (host.clientWidth > 0) u.setSize({ width: host.clientWidth, height: host.clientHeight }); });
  observer.observe(host);
  return { destroy: () => { observer.disconnect(); u.destroy(); } };
}
