/** Marks on every graph: deployments, alerts, whatever a query says. */

import type { AnnotationModel } from "../model/dashboard.ts";
import { durationText, seconds } from "../time/range.ts";
import { stepFor } from "../time/step.ts";
import { interpolate, literal, promql } from "../variables/interpolate.ts";
import { resolve } from "../ui/colours.ts";
import { number, queryRange, type Series } from "./prometheus.ts";
import type { Scope } from "./run.ts";
import { sourceOf } from "./sources.ts";

export interface Mark {
  from: number;
  /** The end of a span of time; absent for a moment. */
  to?: number;
  colour: string;
  title: string;
  text: string;
  tags: string[];
}

export async function marksOf(model: AnnotationModel, scope: Scope, signal: AbortSignal): Promise<Mark[]> {
  const { from, to } = scope.range;
  const expression = model.expr || model.target?.expr;
  if (!expression) return [];
  const source = await sourceOf(model.datasource, scope.values);
  const asked = stepFor((to - from) / 1000, 1000, source.scrapeSeconds).interval;
  const step = Math.max(seconds(model.step || "60s") ?? 60, asked);
  const values = { ...scope.values, __interval: literal(durationText(step)), __rate_interval: literal(durationText(step * 4)),
    __range: literal(`${Math.round((to - from) / 1000)}s`) };
  const series = await queryRange(source, interpolate(expression, values, promql), from, to, step, signal);
  return series.flatMap((one) => marks(model, one, step)).filter((mark) => (mark.to ?? mark.from) >= from && mark.from <= to);
}

/** Points one step apart are one span; with the value for its time, every value is a moment. */
export function marks(model: AnnotationModel, series: Series, step: number): Mark[] {
  const words = {
    colour: resolve(model.iconColor ?? "blue"),
    title: filled(model.titleFormat ?? model.name, series.metric),
    text: filled(model.textFormat ?? "", series.metric),
    tags: (model.tagKeys ?? "").split(",").map((key) => series.metric[key.trim()] ?? "").filter((tag) => tag !== ""),
  };
  if (model.useValueForTime === true || model.useValueForTime === "on") {
    const moments = new Set(series.values.map(([, value]) => Math.round(number(value))));
    return [...moments].filter((at) => at > 0).map((from) => ({ ...words, from }));
  }
  const spans: Mark[] = [];
  for (const [time, value] of series.values) {
    if (!(number(value) > 0)) continue;
    const at = time * 1000;
    const last = spans.at(-1);
    if (last && at - (last.to ?? last.from) <= step * 1000 * 1.01) last.to = at;
    else spans.push({ ...words, from: at });
  }
  return spans;
}

function filled(format: string, labels: Record<string, string>): string {
  return format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, name: string) => labels[name] ?? "").replace(/\s+/g, " ").trim();
}
