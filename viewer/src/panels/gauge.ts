/** A value on an arc between its least and its greatest, with its thresholds along the rim. */

import { option } from "../model/dashboard.ts";
import { steps } from "../model/thresholds.ts";
import { resolve } from "../ui/colours.ts";
import { el, svg } from "../ui/dom.ts";
import { grid } from "./stat.ts";
import { panelValues, summary, type PanelValue } from "./values.ts";
import { link } from "./value-link.ts";
import type { PanelContext, Renderer } from "./panel.ts";

const FROM = -210;
const SPAN = 240;

export const gauge: Renderer = (host, context) => {
  const values = panelValues(context.panel)(context.data.frames);
  const { clientWidth: width, clientHeight: height } = host;
  const { columns, rows } = grid(values.length, width, height, true, "auto");
  const box = el("div", { class: "gauges", style: { "grid-template-columns": `repeat(${columns}, minmax(0, 1fr))` } });
  const named = values.length > 1 || option(context.panel.options, "textMode", "auto") === "value_and_name";
  const labelled = option(context.panel.options, "showThresholdLabels", false);
  const size = Math.max(40, Math.min(width / columns, (height / rows - (named ? 24 : 2)) * (labelled ? 1.12 : 1.2)));
  for (const value of values) box.append(one(value, context, size, named));
  host.append(box);
  return { summary: summary(values) };
};

function one(value: PanelValue, context: PanelContext, size: number, named: boolean): HTMLElement {
  const { min, max } = value;
  const ratio = value.number === null ? 0 : Math.min(1, Math.max(0, (value.number - min) / (max - min || 1)));
  const markers = option(context.panel.options, "showThresholdMarkers", true);
  const labels = option(context.panel.options, "showThresholdLabels", false);
  const arcs: SVGElement[] = [path(38, 0, 1, "var(--track)", 13), path(38, 0, ratio, value.shown.colour, 13)];
  const all = steps(value.field.config, min, max);
  if (markers) {
    all.forEach((step, i) => {
      const [low, high] = [place(step.value ?? min, min, max), place(all[i + 1]?.value ?? max, min, max)];
      if (high > low) arcs.push(path(47.5, low, high, resolve(step.color), 2.5));
    });
  }
  if (labels) for (const step of all.slice(1)) arcs.push(label(place(step.value ?? min, min, max), String(step.value)));
  const { prefix, number, suffix } = value.shown;
  const length = `${prefix}${number}${suffix}`.length;
  const letter = Math.min(17, 92 / Math.max(4, length));
  const picture = svg("svg", { viewBox: labels ? "-6 -6 112 89" : "0 0 100 83", "aria-hidden": "true",
    width: Math.round(size), height: Math.round(size * (labels ? 0.8 : 0.83)) },
    ...arcs,
    svg("text", { x: 50, y: 55, "text-anchor": "middle", "font-size": letter, class: "gauge-value", fill: value.shown.colour }, `${prefix}${number}${suffix}`));
  const shown = link(value.field, value.value, context, el("span", { class: "gauge-picture" }, picture, el("span", { class: "sr", text: `${value.name}: ${value.shown.text}` })));
  return el("div", { class: "gauge" }, shown, named && el("div", { class: "gauge-name", text: value.name, title: value.name }));
}

function place(value: number, min: number, max: number): number {
  return Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
}

function point(radius: number, ratio: number): [number, number] {
  const angle = ((FROM + SPAN * ratio) * Math.PI) / 180;
  return [50 + radius * Math.cos(angle), 52 + radius * Math.sin(angle)];
}

function path(radius: number, from: number, to: number, colour: string, width: number): SVGElement {
  const [x0, y0] = point(radius, from);
  const [x1, y1] = point(radius, to);
  const d = to <= from ? "" : `M${x0} ${y0}A${radius} ${radius} 0 ${(to - from) * SPAN > 180 ? 1 : 0} 1 ${x1} ${y1}`;
  return svg("path", { d, fill: "none", stroke: colour, "stroke-width": width });
}

function label(ratio: number, text: string): SVGElement {
  const [x, y] = point(54, ratio);
  return svg("text", { x, y, "text-anchor": x < 45 ? "end" : x > 55 ? "start" : "middle", "font-size": 5, class: "gauge-label" }, text);
}
