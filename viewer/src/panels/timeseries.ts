/** Lines, areas, bars and points over time. */

import uPlot from "uplot";

import { drawThresholds } from "../chart/threshold-lines.ts";
import { legend, legendOptions, type LegendItem } from "../chart/legend.ts";
import { timePlot } from "../chart/plot.ts";
import { scaleOf, scaleOptions, valueAxis, type ValueScale } from "../chart/axis.ts";
import { seriesOptions, type Line } from "../chart/line.ts";
import { stacked } from "../chart/stack.ts";
import type { TooltipRow } from "../chart/tooltip.ts";
import { option } from "../model/dashboard.ts";
import { shown, textOf } from "../model/display.ts";
import { displayName } from "../model/frame.ts";
import { reduce } from "../model/reducers.ts";
import { valueColour } from "../model/thresholds.ts";
import { aligned } from "../query/frames.ts";
import { resolve, seriesColour } from "../ui/colours.ts";
import { el, hidden } from "../ui/dom.ts";
import type { PanelContext, Renderer } from "./panel.ts";

export const timeseries: Renderer = (host, context) => {
  const { times, lines } = linesOf(context);
  const items: LegendItem[] = lines.filter((line) => !option(line.field.config.custom, "hideFrom.legend", false))
    .map(({ name, colour, field, own }) => ({ name, colour, field, values: own }));
  const options = legendOptions(context.panel.options);
  const box = el("div", { class: "chart" });
  const list = legend(items, options, context);
  host.classList.toggle("with-legend-right", options.right);
  host.append(box, ...(list ? [list] : []));

  const scales = scalesOf(lines);
  const label = `${context.panel.title ?? "Graph"}, ${summaryOf(items)}`;
  const u = timePlot(box, context, {
    data: [times, ...lines.map((line) => line.values)] as uPlot.AlignedData,
    series: lines.map((line) => seriesOptions(line)),
    scales: Object.fromEntries(scales.map((scale) => [scale.key, scaleOptions(scale)])),
    axes: scales.map((scale, i) => valueAxis(scale, i > 0 && scale.side === "left")),
    bands: lines.flatMap(({ below }, i) => (below >= 0 ? [{ series: [i + 1, below + 1] as [number, number] }] : [])),
    rows: (plot, index) => rowsAt(plot, lines, index, context),
    drawBelow: (plot) => { for (const scale of scales) drawThresholds(plot, scale); },
    tooltip: option(context.panel.options, "tooltip.mode", "single") !== "none",
    dots: true,
    label,
  });
  host.append(hidden(label));
  return { summary: summaryOf(items), destroy: () => u.destroy() };
};

function linesOf(context: PanelContext): { times: number[]; lines: Line[] } {
  const { times, columns } = aligned(context.data.frames);
  const shownColumns = columns.filter(({ field }) => !option(field.config.custom, "hideFrom.viz", false));
  const groups = shownColumns.map(({ field }) => {
    const mode = option(field.config.custom, "stacking.mode", "none");
    return mode === "none" ? "" : `${mode} ${option(field.config.custom, "stacking.group", "A")}`;
  });
  const percent = groups.some((group) => group.startsWith("percent"));
  const { hidden: away } = context.state;
  const names = distinct(shownColumns.map(({ field, frame }) => displayName(field, frame)));
  const own = shownColumns.map(({ field, values }) =>
    option(field.config.custom, "transform", "") === "negative-Y" ? values.map((v) => (v === null ? null : -v)) : values);
  const layers = own.map((values, i) => ({
    values: away.has(names[i] ?? "") ? values.map(() => null) : values,
    group: away.has(names[i] ?? "") ? "" : (groups[i] ?? ""),
  }));
  const { values, below } = stacked(layers, percent);
  const lines = shownColumns.map(({ field, frame }, i): Line => ({
    name: names[i] ?? "", field, frame, own: own[i] ?? [], values: values[i] ?? [], below: below[i] ?? -2,
    colour: lineColour(field, i, own[i] ?? []), scale: scaleOf(field, percent).key, hidden: away.has(names[i] ?? ""),
    percent,
  }));
  return { times, lines };
}

/** A line has one colour: its own, that of its place, or that of its last value. */
function lineColour(field: Line["field"], index: number, values: readonly (number | null)[]): string {
  const mode = field.config.color?.mode ?? "palette-classic";
  if (mode === "fixed" || mode === "shades") return resolve(field.config.color?.fixedColor ?? "blue");
  if (mode.startsWith("palette-")) return seriesColour(index);
  const value = reduce(values, field.config.color?.seriesBy ?? "lastNotNull");
  return valueColour(field.config, typeof value === "number" ? value : null, index);
}

function scalesOf(lines: readonly Line[]): ValueScale[] {
  const found = new Map<string, ValueScale>();
  for (const { field, percent } of lines) {
    const scale = scaleOf(field, percent);
    if (!found.has(scale.key)) found.set(scale.key, scale);
  }
  return [...found.values()];
}

function rowsAt(u: uPlot, lines: readonly Line[], index: number, context: PanelContext): TooltipRow[] {
  const near = lines.findIndex((_, i) => (u.series[i + 1] as { _focus?: boolean } | undefined)?._focus === true);
  const all = lines.flatMap((line, i) => {
    const value = line.own[index];
    if (line.hidden || value === null || value === undefined || option(line.field.config.custom, "hideFrom.tooltip", false)) return [];
    return [{ name: line.name, value: shown(line.field, value).text, colour: line.colour, near: i === near, size: value }];
  });
  if (option(context.panel.options, "tooltip.mode", "single") === "single") {
    const one = all.find((row) => row.near) ?? nearest(u, lines, index, all);
    return one ? [one] : [];
  }
  const sort = option(context.panel.options, "tooltip.sort", "none");
  if (sort === "none") return all;
  return all.toSorted((a, b) => (sort === "desc" ? b.size - a.size : a.size - b.size));
}

function nearest<T extends { name: string }>(u: uPlot, lines: readonly Line[], index: number, rows: readonly T[]): T | undefined {
  const top = u.cursor.top ?? 0;
  const distance = (row: T): number => {
    const line = lines.find((one) => one.name === row.name);
    return line ? Math.abs(u.valToPos(line.values[index] ?? 0, line.scale) - top) : Infinity;
  };
  return rows.toSorted((a, b) => distance(a) - distance(b))[0];
}

/** Two series of one name are told apart by a number. */
function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    return n === 1 ? name : `${name} ${n}`;
  });
}

export function summaryOf(items: readonly { name: string; field: Line["field"]; values: readonly (number | null)[] }[]): string {
  const latest = items.slice(0, 8).map(({ name, field, values }) => `${name} ${textOf(field, reduce(values, "lastNotNull"))}`);
  const more = items.length > 8 ? `, and ${items.length - 8} more` : "";
  return `${items.length} series. Latest: ${latest.join(", ")}${more}`;
}
