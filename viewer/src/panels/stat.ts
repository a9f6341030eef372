/** One large number for each series, with a small graph of how it came to be. */

import { FONT } from "../ui/font.ts";
import { option } from "../model/dashboard.ts";
import { reduce } from "../model/reducers.ts";
import { alpha, onTop, resolve } from "../ui/colours.ts";
import { el, svg, uniqueId } from "../ui/dom.ts";
import { panelValues, summary, type PanelValue } from "./values.ts";
import { link } from "./value-link.ts";
import type { PanelContext, Renderer } from "./panel.ts";

const SMALL = 0.62;

export const stat: Renderer = (host, context) => {
  const values = panelValues(context.panel)(context.data.frames);
  const orientation = option(context.panel.options, "orientation", "auto");
  const { clientWidth: width, clientHeight: height } = host;
  const across = orientation === "vertical" || (orientation === "auto" && width >= height);
  const { columns, rows } = grid(values.length, width, height, across, orientation);
  const box = el("div", { class: "stats", style: { "grid-template-columns": `repeat(${columns}, minmax(0, 1fr))` } });
  const gap = 4;
  const cell = { width: (width - gap * (columns - 1)) / columns, height: (height - gap * (rows - 1)) / rows };
  const longest = values.reduce((most, v) => Math.max(most, letters(v)), 0.5);
  box.append(...values.map((value) => one(value, context, cell, longest, values.length)));
  host.append(box);
  return { summary: summary(values) };
};

/** As near to wide cells as the panel allows. */
export function grid(count: number, width: number, height: number, across: boolean, orientation: string): { columns: number; rows: number } {
  if (orientation !== "auto" || count <= 1) {
    return across ? { columns: Math.max(1, count), rows: 1 } : { columns: 1, rows: Math.max(1, count) };
  }
  let best = { columns: 1, rows: count, score: -1 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const score = Math.min(width / columns / 2.2, height / rows);
    if (score > best.score) best = { columns, rows, score };
  }
  return best;
}

interface Size {
  width: number;
  height: number;
}

function one(value: PanelValue, context: PanelContext, size: Size, longest: number, count: number): HTMLElement {
  const options = context.panel.options;
  const colouring = option(options, "colorMode", "value");
  const mode = option(options, "textMode", "auto");
  const named = mode === "value_and_name" || mode === "name" || (mode === "auto" && count > 1);
  const graph = option(options, "graphMode", "area") === "area" && value.series.filter((v) => v !== null).length > 1;
  const back = colouring.startsWith("background") ? value.shown.colour : undefined;
  const ink = back ? onTop(back) : colouring === "none" ? resolve("text") : value.shown.colour;
  const room = { width: size.width - 20, height: size.height * (graph && size.height > 70 ? 0.62 : 0.86) - (named ? 20 : 0) };
  const letter = Math.max(13, Math.min(room.height * 0.78, (room.width / longest) * 0.97, 72));
  const box = el("div", { class: `stat${back ? " stat-filled" : ""}${option(options, "justifyMode", "auto") === "center" ? " centred" : ""}`,
    style: back ? { background: back } : {} });
  if (named) box.append(el("div", { class: "stat-name", text: value.name, title: value.name, style: back ? { color: ink } : {} }));
  if (mode !== "none" && mode !== "name") {
    const { prefix, number, suffix } = value.shown;
    const text = el("div", { class: "stat-value", style: { color: ink, "font-size": `${letter}px` } },
      prefix !== "" && el("small", { text: prefix }), number, suffix !== "" && el("small", { text: suffix }));
    box.append(link(value.field, value.value, context, text), change(value, options));
  }
  if (graph) box.append(sparkline(value, back ? ink : value.shown.colour, context));
  return box;
}

/** How wide it is, measured in its own size of letters: units are written smaller. */
function letters({ shown: { prefix, number, suffix } }: PanelValue): number {
  ruler ??= document.createElement("canvas").getContext("2d") ?? undefined;
  if (!ruler) return 0.7 * (number.length + (prefix.length + suffix.length) * SMALL);
  ruler.font = `600 100px ${FONT.slice(5)}`;
  return (ruler.measureText(number).width + ruler.measureText(prefix + suffix).width * SMALL) / 100;
}

let ruler: CanvasRenderingContext2D | undefined;

function change(value: PanelValue, options: PanelContext["panel"]["options"]): HTMLElement | string {
  if (!option(options, "showPercentChange", false)) return "";
  const ratio = reduce(value.series, "diffperc");
  if (typeof ratio !== "number" || !Number.isFinite(ratio)) return "";
  return el("div", { class: "stat-change", text: `${ratio > 0 ? "▲" : ratio < 0 ? "▼" : "="} ${Math.abs(ratio * 100).toFixed(1)}%` });
}

/** A small area below the number; it stretches with its box. */
export function sparkline(value: PanelValue, colour: string, context: PanelContext): SVGElement {
  const { from, to } = context.data.range;
  const known = value.series.filter((v): v is number => v !== null);
  const low = value.field.config.min ?? known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = value.field.config.max ?? known.reduce((a, b) => Math.max(a, b), -Infinity);
  const x = (t: number): number => ((t - from) / (to - from)) * 100;
  const y = (v: number): number => (high > low ? 38 - ((Math.min(high, Math.max(low, v)) - low) / (high - low)) * 34 : 36);
  const points = value.series.flatMap((v, i) => (v === null ? [] : [[x(value.times[i] ?? from), y(v)] as const]));
  const line = points.map(([px, py], i) => `${i ? "L" : "M"}${px.toFixed(2)} ${py.toFixed(2)}`).join("");
  const area = `${line}L${points.at(-1)?.[0].toFixed(2)} 40L${points[0]?.[0].toFixed(2)} 40Z`;
  const id = uniqueId("shade");
  return svg("svg", { class: "sparkline", viewBox: "0 0 100 40", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("linearGradient", { id, x1: 0, y1: 0, x2: 0, y2: 1 },
      svg("stop", { offset: "0", "stop-color": alpha(colour, 0.28) }), svg("stop", { offset: "1", "stop-color": alpha(colour, 0.02) })),
    svg("path", { d: area, fill: `url(#${id})` }),
    svg("path", { d: line, fill: "none", stroke: colour, "stroke-width": 1.4, "vector-effect": "non-scaling-stroke" }));
}
