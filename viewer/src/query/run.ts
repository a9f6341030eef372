/** A panel's queries: filled in, asked, shaped, transformed, and given their field configuration. */

import { option, type DataSourceRef, type Panel, type Target } from "../model/dashboard.ts";
import { configured } from "../model/field-config.ts";
import type { Frame } from "../model/frame.ts";
import { parseRange, type Range } from "../time/range.ts";
import { macros, stepFor } from "../time/step.ts";
import { interpolate, literal, promql, type Values } from "../variables/interpolate.ts";
import { isAbort, wordsOf } from "./client.ts";
import { heatmap, table, timeSeries } from "./frames.ts";
import { queryInstant, queryRange } from "./prometheus.ts";
import { sourceOf } from "./sources.ts";

/** What one query was in the end, for those who look into a panel. */
export interface Asked {
  refId: string;
  query: string;
  step?: number;
  series: number;
  milliseconds: number;
  error?: string;
}

export interface PanelData {
  frames: Frame[];
  asked: Asked[];
  /** What went wrong, or is not supported, in words. */
  problems: string[];
  range: Range;
}

export interface Scope {
  range: Range;
  values: Values;
}

/** The queries of a panel as they are with these variables; `points` is how many a graph has room for. */
export async function runPanel(panel: Panel, scope: Scope, points: number, signal: AbortSignal): Promise<PanelData> {
  const range = panelRange(panel, scope.range);
  const targets = (panel.targets ?? []).filter((target) => !target.hide);
  const several = targets.filter((target) => target.format === "table").length > 1;
  const results = await Promise.all(targets.map((target) => runTarget(panel, target, range, scope.values, points, several, signal)));
  const asked = results.map((result) => result.asked);
  const problems = asked.flatMap(({ error }) => error ?? []);
  const shaped = await transform(panel, results.flatMap(({ frames }) => frames));
  problems.push(...shaped.unknown.map((id) => `the transformation "${id}" is not supported; the data are shown without it`));
  return { frames: configured(panel, shaped.frames), asked, problems: [...new Set(problems)], range };
}

/** What transforms frames is loaded when a panel wants it. */
async function transform(panel: Panel, frames: Frame[]): Promise<{ frames: Frame[]; unknown: string[] }> {
  if (!panel.transformations?.length) return { frames, unknown: [] };
  const { transformed } = await import("../transform/all.ts");
  return transformed(panel, frames);
}

async function runTarget(
  panel: Panel, target: Target, range: Range, values: Values, points: number, several: boolean, signal: AbortSignal,
): Promise<{ frames: Frame[]; asked: Asked }> {
  const began = performance.now();
  const asked: Asked = { refId: target.refId ?? "A", query: target.expr ?? "", series: 0, milliseconds: 0 };
  try {
    if (!target.expr) throw new Error("a query without an expression: only PromQL is read here");
    const source = await sourceOf(datasource(panel, target), values);
    const minimum = interpolate(target.interval || panel.interval || "", values);
    const step = stepFor((range.to - range.from) / 1000, points, source.scrapeSeconds, minimum || undefined);
    const filled = Object.entries(macros(step, range.from, range.to)).map(([name, text]) => [name, literal(text)]);
    asked.query = interpolate(target.expr, { ...values, ...Object.fromEntries(filled) }, promql);
    const instant = target.instant === true && target.range !== true;
    if (!instant) asked.step = step.interval;
    const series = instant
      ? await queryInstant(source, asked.query, range.to, signal)
      : await queryRange(source, asked.query, range.from, range.to, step.interval, signal);
    asked.series = series.length;
    return { frames: shape(target, series, several, instant ? undefined : step.interval, values), asked };
  } catch (error) {
    if (isAbort(error)) throw error;
    asked.error = wordsOf(error);
    return { frames: [], asked };
  } finally {
    asked.milliseconds = Math.round(performance.now() - began);
  }
}

function shape(
  target: Target, series: Parameters<typeof timeSeries>[1], several: boolean, step: number | undefined, values: Values,
): Frame[] {
  const named = target.legendFormat ? { ...target, legendFormat: interpolate(target.legendFormat, values) } : target;
  if (target.format === "table") return table(named, series, several);
  return target.format === "heatmap" ? heatmap(named, series, step) : timeSeries(named, series, step);
}

function datasource(panel: Panel, target: Target): DataSourceRef | string | null | undefined {
  const own = target.datasource;
  const named = typeof own === "string" ? own : own?.uid;
  return named && named !== "-- Mixed --" ? own : panel.datasource;
}

/** A panel may look at a span of its own, or at an earlier one. */
function panelRange(panel: Panel, range: Range): Range {
  const own = panel.timeFrom ? parseRange({ from: spanOf(panel.timeFrom), to: "now" }, range.to) : range;
  if (!panel.timeShift) return own;
  const shift = own.to - parseRange({ from: spanOf(panel.timeShift), to: "now" }, own.to).from;
  return { ...own, from: own.from - shift, to: own.to - shift };
}

function spanOf(text: string): string {
  return text.startsWith("now") ? text : `now-${text}`;
}

/** A stat may show every row instead of one reduced value. */
export function showsAllValues(panel: Panel): boolean {
  return option(panel.options, "reduceOptions.values", false);
}
