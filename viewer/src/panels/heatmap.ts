/** How many observations fell into which bucket, over time. */

import type uPlot from "uplot";

import { lineColours } from "../chart/axis.ts";
import { timePlot } from "../chart/plot.ts";
import { format } from "../format/units.ts";
import { option, type Rec } from "../model/dashboard.ts";
import { displayName, numbers, type Field, type Frame } from "../model/frame.ts";
import { aligned, timesOf } from "../query/frames.ts";
import { alpha, between, isDark, resolve } from "../ui/colours.ts";
import { el, hidden } from "../ui/dom.ts";
import type { PanelContext, Renderer } from "./panel.ts";
import { FONT } from "../ui/font.ts";

interface Cells {
  times: number[];
  /** The upper bound of each bucket, as text; the lowest bucket first. */
  names: string[];
  counts: (number | null)[][];
}

const RAMPS: Record<string, readonly [string, string, string, string]> = {
  dark: ["#1b2a44", "#2f62a8", "#63b3d4", "#f4f1c9"],
  light: ["#e8f0fb", "#9cc3ee", "#3f7fc9", "#12306b"],
  Oranges: ["#3a2313", "#a4521a", "#f08c3c", "#ffe6c8"],
  Reds: ["#3a1618", "#9d2a2e", "#ee6a5f", "#ffdcd6"],
  Greens: ["#14301c", "#257a42", "#63c384", "#dff7e4"],
  Blues: ["#14243c", "#2360ab", "#66a5ec", "#dcecff"],
  Turbo: ["#3a2a78", "#2fb5c4", "#d8c838", "#c0321e"],
};

export const heatmap: Renderer = (host, context) => {
  const cells = cellsOf(context);
  const unit = option(context.panel.options, "yAxis.unit", "") || context.panel.fieldConfig?.defaults?.unit || "short";
  const names = cells.names.map((name) => bound(name, unit));
  const known = cells.counts.flat().filter((v): v is number => v !== null && v > 0);
  const most = known.reduce((a, b) => Math.max(a, b), 0);
  const colour = colouring(context.panel.options, most);
  const box = el("div", { class: "chart" });
  host.append(box, scaleBar(colour, most));
  const { text } = lineColours();
  const label = `${context.panel.title ?? "Heatmap"}, ${cells.names.length} buckets; ${busiest(cells, names)}`;
  const u = timePlot(box, context, {
    data: [cells.times, ...cells.counts.map((row, i) => row.map((v) => (v === null ? null : i + 0.5)))] as uPlot.AlignedData,
    series: cells.counts.map((_, i) => ({ scale: "y", label: names[i] ?? "", paths: () => null, points: { show: false } })),
    scales: { y: { range: () => [0, Math.max(1, cells.names.length)] } },
    axes: [{ scale: "y", stroke: text, font: FONT, gap: 6, grid: { show: false }, ticks: { show: false },
      splits: () => everyNth(names.length, box.clientHeight).map((i) => i + 1),
      values: (_, splits) => splits.map((at) => names[at - 1] ?? ""), size: () => 8 + 6.6 * names.reduce((n, name) => Math.max(n, name.length), 1) }],
    rows: (plot, index) => rowsAt(plot, cells, names, index, colour),
    drawBelow: (plot) => draw(plot, cells, colour),
    tooltip: true,
    dots: false,
    label,
  });
  host.append(hidden(label));
  return { summary: label, destroy: () => u.destroy() };
};

function cellsOf({ data }: PanelContext): Cells {
  const ready = data.frames.find((frame) => frame.heatmap);
  if (ready) return fromFrame(ready);
  const { times, columns } = aligned(data.frames);
  const sorted = columns.map(({ field, frame, values }) => ({ name: displayName(field, frame), values }))
    .toSorted((a, b) => Number(a.name) - Number(b.name) || 0);
  return { times, names: sorted.map(({ name }) => name), counts: sorted.map(({ values }) => values) };
}

function fromFrame(frame: Frame): Cells {
  const columns = frame.fields.filter((f: Field) => f.type === "number");
  const used = columns.map((f) => f.values.some((v) => typeof v === "number" && v > 0));
  // empty buckets above and below everything that was ever seen only make the rest small
  const first = Math.max(0, used.indexOf(true) - 1);
  const last = Math.max(first, used.lastIndexOf(true) + 1);
  const kept = columns.slice(first, last + 1);
  return { times: timesOf(frame), names: kept.map((f) => f.name), counts: kept.map((f) => numbers(f.values)) };
}

function bound(name: string, unit: string): string {
  const value = Number(name);
  return name === "+Inf" ? "+∞" : Number.isNaN(value) ? name : format(unit, value);
}

type Colouring = (value: number) => string;

/** Few and many are told apart by a root: counts of requests differ by powers of ten. */
function colouring(options: Rec | undefined, most: number): Colouring {
  const scheme = option(options, "color.scheme", "");
  const exponent = option(options, "color.exponent", 0.5);
  const [from, to] = [option(options, "color.min", 0), option(options, "color.max", most)];
  const ramp = RAMPS[scheme];
  const towards = ramp && !isDark() ? [...ramp].reverse() : (ramp ?? RAMPS[isDark() ? "dark" : "light"]!);
  const stops = option(options, "color.reverse", false) ? [...towards].reverse() : towards;
  const fill = resolve(option(options, "color.fill", "dark-orange"));
  return (value) => {
    const ratio = Math.min(1, Math.max(0, (value - from) / (to - from || 1))) ** exponent;
    return option(options, "color.mode", "scheme") === "opacity" ? alpha(fill, 0.06 + 0.94 * ratio) : between(stops, ratio);
  };
}

function draw(u: uPlot, { times, counts }: Cells, colour: Colouring): void {
  const { ctx, bbox } = u;
  const step = smallestStep(times);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  times.forEach((t, i) => {
    const left = u.valToPos(t - step, "x", true);
    const width = u.valToPos(t, "x", true) - left;
    counts.forEach((row, n) => {
      const value = row[i];
      if (!value || value <= 0) return;
      const top = u.valToPos(n + 1, "y", true);
      ctx.fillStyle = colour(value);
      ctx.fillRect(Math.round(left), Math.round(top), Math.max(1, Math.round(left + width) - Math.round(left) - (width > 5 ? 1 : 0)),
        Math.max(1, Math.round(u.valToPos(n, "y", true)) - Math.round(top) - 1));
    });
  });
  ctx.restore();
}

function smallestStep(times: readonly number[]): number {
  return times.slice(1).reduce((least, t, i) => Math.min(least, t - (times[i] ?? t)), Infinity) || 1;
}

function rowsAt(u: uPlot, { counts }: Cells, names: readonly string[], index: number, colour: Colouring) {
  const at = Math.floor(u.posToVal(u.cursor.top ?? 0, "y"));
  return counts.map((row, i) => ({ name: i > 0 ? `${names[i - 1]} to ${names[i]}` : `up to ${names[i]}`, value: row[index] ?? 0, i }))
    .filter(({ value }) => value > 0).reverse()
    .map(({ name, value, i }) => ({ name, value: format("short", value), colour: colour(value), near: i === at }));
}

function busiest({ counts }: Cells, names: readonly string[]): string {
  const sums = counts.map((row) => row.reduce<number>((sum, v) => sum + (v ?? 0), 0));
  const top = sums.indexOf(Math.max(...sums));
  return sums.length > 0 ? `most observations up to ${names[top]}` : "no observations";
}

function everyNth(count: number, height: number): number[] {
  const nth = Math.max(1, Math.ceil(count / Math.max(1, height / 22)));
  return [...Array(count).keys()].filter((i) => (count - 1 - i) % nth === 0);
}

function scaleBar(colour: Colouring, most: number): HTMLElement {
  const cells = [...Array(24).keys()].map((i) => el("i", { style: { background: colour((most * (i + 1)) / 24) } }));
  return el("div", { class: "scale-bar", attrs: { "aria-hidden": "true" } }, el("span", { text: "0" }), el("div", {}, ...cells), el("span", { text: format("short", most) }));
}
