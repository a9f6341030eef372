/** Series of Prometheus to frames, as Grafana's data source shapes them. */

import type { Target } from "../model/dashboard.ts";
import { field, labelText, type Cell, type Field, type Frame, type Labels } from "../model/frame.ts";
import { number, type Series } from "./prometheus.ts";

/** One frame for each series: a column of times and one of values. */
export function timeSeries(target: Target, series: readonly Series[], step: number | undefined): Frame[] {
  return series.map((one) => {
    const values = field("Value", "number", one.values.map(([, v]) => number(v)), one.metric);
    values.legend = legend(target.legendFormat, one.metric, series.length, target.expr ?? "");
    return {
      refId: target.refId ?? "A",
      fields: [field("Time", "time", one.values.map(([t]) => t * 1000)), values],
      ...(step === undefined ? {} : { step }),
    };
  });
}

/** One frame for the whole answer: a column for each label. */
export function table(target: Target, series: readonly Series[], several: boolean): Frame[] {
  const refId = target.refId ?? "A";
  const names = [...new Set(series.flatMap((one) => Object.keys(one.metric)))].toSorted();
  const lines = series.flatMap((one) => one.values.map(([t, v]) => ({ metric: one.metric, t: t * 1000, v: number(v) })));
  if (lines.length === 0) return [];
  const labels = names.map((name) => field(name, "string", lines.map(({ metric }) => metric[name] ?? "")));
  const value = field(several ? `Value #${refId}` : "Value", "number", lines.map(({ v }) => v));
  return [{ refId, fields: [field("Time", "time", lines.map(({ t }) => t)), ...labels, value] }];
}

/** Buckets of a histogram: one frame, a column for each `le`, each less what the one below holds already. */
export function heatmap(target: Target, series: readonly Series[], step: number | undefined): Frame[] {
  const bounds = new Map<number, Series[]>();
  for (const one of series) {
    const le = number(one.metric["le"] ?? "NaN");
    bounds.set(le, [...(bounds.get(le) ?? []), one]);
  }
  const sorted = [...bounds].filter(([le]) => !Number.isNaN(le)).toSorted(([a], [b]) => a - b);
  if (sorted.length === 0) return timeSeries(target, series, step);
  const times = [...new Set(series.flatMap((one) => one.values.map(([t]) => t * 1000)))].toSorted((a, b) => a - b);
  let below: number[] = times.map(() => 0);
  const columns = sorted.map(([le, all]) => {
    const total = sumAt(all, times);
    const own = total.map((v, i) => (v === null ? null : Math.max(0, v - (below[i] ?? 0))));
    below = total.map((v, i) => v ?? below[i] ?? 0);
    const name = le === Infinity ? "+Inf" : String(le);
    return { ...field(name, "number", own, { le: name }), legend: name };
  });
  return [
    { refId: target.refId ?? "A", heatmap: true, fields: [field("Time", "time", times), ...columns],
      ...(step === undefined ? {} : { step }) },
  ];
}

/** The name of a series: the format with `{{label}}` filled in, else its labels. */
export function legend(format: string | undefined, labels: Labels, count: number, expression: string): string {
  if (format && format !== "__auto") {
    return format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, name: string) => labels[name] ?? "");
  }
  return labelText(labels) || (count === 1 ? expression : "Value");
}

/** Series on one common axis of time; where a step is missing there is a gap. */
export function aligned(frames: readonly Frame[]): { times: number[]; columns: { field: Field; frame: Frame; values: (number | null)[] }[] } {
  const moments = new Set<number>();
  for (const frame of frames) {
    const times = timesOf(frame);
    times.forEach((t, i) => {
      moments.add(t);
      const next = times[i + 1];
      const step = (frame.step ?? Infinity) * 1000;
      if (next !== undefined && next - t > step * 1.5) moments.add(t + step);
    });
  }
  const times = [...moments].toSorted((a, b) => a - b);
  const place = new Map(times.map((t, i) => [t, i]));
  const columns = frames.flatMap((frame) => {
    const own = timesOf(frame);
    return frame.fields.filter((f) => f.type === "number" || f.type === "boolean").map((one) => {
      const values: (number | null)[] = new Array(times.length).fill(null);
      own.forEach((t, i) => {
        const v = one.values[i];
        const at = place.get(t);
        if (at !== undefined) values[at] = typeof v === "number" && Number.isFinite(v) ? v : null;
      });
      return { field: one, frame, values };
    });
  });
  return { times, columns };
}

export function timesOf(frame: Frame): number[] {
  return (frame.fields.find((f) => f.type === "time")?.values ?? []) as number[];
}

function sumAt(all: readonly Series[], times: readonly number[]): (number | null)[] {
  const sums = new Map<number, number>();
  for (const one of all) {
    for (const [t, v] of one.values) sums.set(t * 1000, (sums.get(t * 1000) ?? 0) + number(v));
  }
  return times.map((t) => sums.get(t) ?? null);
}

export type { Cell };
