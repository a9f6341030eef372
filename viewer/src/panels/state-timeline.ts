/** What state each series was in, and for how long. */

import uPlot from "uplot";

import { lineColours } from "../chart/axis.ts";
import { timePlot } from "../chart/plot.ts";
import { option } from "../model/dashboard.ts";
import { shown } from "../model/display.ts";
import { displayName, type Cell, type Field } from "../model/frame.ts";
import { timesOf } from "../query/frames.ts";
import { alpha, onTop } from "../ui/colours.ts";
import { el, hidden } from "../ui/dom.ts";
import type { PanelContext, Renderer } from "./panel.ts";
import { FONT } from "../ui/font.ts";

interface Span {
  from: number;
  to: number;
  value: Cell;
  text: string;
  colour: string;
}

interface Row {
  name: string;
  field: Field;
  spans: Span[];
}

export const stateTimeline: Renderer = (host, context) => show(host, context, option(context.panel.options, "mergeValues", true));
export const statusHistory: Renderer = (host, context) => show(host, context, false);

function show(host: HTMLElement, context: PanelContext, merged: boolean): ReturnType<Renderer> {
  const rows = rowsOf(context, merged);
  const times = [...new Set(context.data.frames.flatMap((frame) => timesOf(frame)))].toSorted((a, b) => a - b);
  const box = el("div", { class: "chart" });
  const states = new Map(rows.flatMap(({ spans }) => spans.map(({ text, colour }) => [text, colour] as const)));
  host.append(box);
  if (option(context.panel.options, "legend.showLegend", true) && states.size <= 12) host.append(legend(states));
  const { text } = lineColours();
  const now = rows.map(({ name, spans }) => `${name} ${spans.at(-1)?.text ?? "unknown"}`);
  const label = `${context.panel.title ?? "States"}. Latest: ${now.slice(0, 12).join(", ")}`;
  const longest = rows.reduce((n, { name }) => Math.max(n, name.length), 1);
  const u = timePlot(box, context, {
    data: [times, ...rows.map((_, i) => times.map(() => i + 0.5))] as uPlot.AlignedData,
    series: rows.map(({ name }) => ({ scale: "y", label: name, paths: () => null, points: { show: false } })),
    scales: { y: { range: () => [0, Math.max(1, rows.length)], dir: -1 } },
    axes: [{ scale: "y", stroke: text, font: FONT, gap: 6, grid: { show: false }, ticks: { show: false },
      splits: () => rows.map((_, i) => i + 0.5), values: (_, splits) => splits.map((at) => cut(rows[Math.floor(at)]?.name ?? "", 28)),
      size: () => 14 + 6.4 * Math.min(28, longest) }],
    rows: (plot, index) => {
      const at = Math.floor(plot.posToVal(plot.cursor.top ?? 0, "y"));
      const t = times[index] ?? 0;
      return rows.flatMap(({ name, spans }, i) => {
        const span = spans.find(({ from, to }) => t >= from && t <= to);
        return span ? [{ name, value: span.text, colour: span.colour, near: i === at }] : [];
      });
    },
    drawBelow: (plot) => draw(plot, rows, context),
    tooltip: true,
    dots: false,
    label,
  });
  host.append(hidden(label));
  return { summary: label, destroy: () => u.destroy() };
}

function rowsOf(context: PanelContext, merged: boolean): Row[] {
  return context.data.frames.flatMap((frame) => {
    const times = timesOf(frame);
    const step = (frame.step ?? 60) * 1000;
    return frame.fields.filter((f) => f.type !== "time").map((f, i) => ({
      name: displayName(f, frame), field: f, spans: spans(f, times, step, merged, i),
    }));
  });
}

/** Equal neighbours are one span; a span ends where the next begins, or a step after its last value. */
export function spans(f: Field, times: readonly number[], step: number, merged: boolean, index = 0): Span[] {
  const found: Span[] = [];
  times.forEach((from, i) => {
    const value = f.values[i] ?? null;
    if (value === null) return;
    const { text, colour } = shown(f, value, index);
    const last = found.at(-1);
    const to = Math.min(times[i + 1] ?? from + step, from + step);
    if (merged && last && last.text === text && from - last.to <= step * 0.5) last.to = to;
    else found.push({ from, to, value, text, colour });
  });
  return found;
}

function draw(u: uPlot, rows: readonly Row[], context: PanelContext): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio || 1;
  const height = option(context.panel.options, "rowHeight", 0.9);
  const opacity = option(context.panel.fieldConfig?.defaults?.custom, "fillOpacity", 70) / 100;
  const labelled = option(context.panel.options, "showValue", "auto") !== "never";
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `${11 * ratio}px ${FONT.slice(5)}`;
  ctx.textBaseline = "middle";
  rows.forEach(({ spans: all }, i) => {
    const middle = u.valToPos(i + 0.5, "y", true);
    const full = Math.min((bbox.height / rows.length) * height, 44 * ratio);
    for (const { from, to, text, colour } of all) {
      const left = u.valToPos(from, "x", true);
      const width = Math.max(ratio, u.valToPos(to, "x", true) - left);
      ctx.fillStyle = alpha(colour, opacity);
      ctx.fillRect(left, middle - full / 2, Math.max(ratio, width - ratio), full);
      if (labelled && ctx.measureText(text).width + 10 * ratio < width && full > 12 * ratio) {
        ctx.fillStyle = opacity > 0.6 ? onTop(colour) : lineColours().text;
        ctx.fillText(text, Math.max(left, bbox.left) + 5 * ratio, middle);
      }
    }
  });
  ctx.restore();
}

function legend(states: ReadonlyMap<string, string>): HTMLElement {
  return el("ul", { class: "legend", attrs: { "aria-label": "States" } }, ...[...states].map(([text, colour]) =>
    el("li", {}, el("span", { class: "legend-item" }, el("i", { class: "swatch", style: { background: colour } }), text))));
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
