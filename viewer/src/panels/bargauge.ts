/** A bar for each value, between least and greatest. */

import { option } from "../model/dashboard.ts";
import { steps, valueColour } from "../model/thresholds.ts";
import { alpha, resolve } from "../ui/colours.ts";
import { el } from "../ui/dom.ts";
import { panelValues, summary, type PanelValue } from "./values.ts";
import { link } from "./value-link.ts";
import type { PanelContext, Renderer } from "./panel.ts";

const CELLS = 40;

export const bargauge: Renderer = (host, context) => {
  const values = panelValues(context.panel)(context.data.frames);
  const orientation = option(context.panel.options, "orientation", "auto");
  const upright = orientation === "vertical" || (orientation === "auto" && host.clientHeight > host.clientWidth * 1.2);
  const box = el("div", { class: upright ? "bars bars-upright" : "bars" });
  const height = Math.min(40, Math.max(18, host.clientHeight / Math.max(1, values.length) - 6));
  box.style.setProperty("--bar", `${height}px`);
  for (const value of values) box.append(one(value, context, upright));
  host.append(box);
  return { summary: summary(values) };
};

function one(value: PanelValue, context: PanelContext, upright: boolean): HTMLElement {
  const { min, max, number, shown, field } = value;
  const options = context.panel.options;
  const ratio = number === null ? 0 : Math.min(1, Math.max(0, (number - min) / (max - min || 1)));
  const mode = option(options, "displayMode", "gradient");
  const colouring = option(options, "valueMode", "color");
  const text = el("span", { class: "bar-value", text: colouring === "hidden" ? "" : shown.text,
    style: colouring === "color" ? { color: shown.colour } : {} });
  const track = el("div", { class: `bar-track${option(options, "showUnfilled", true) ? "" : " bare"}` });
  if (mode === "lcd") track.append(...cells(value, ratio));
  else track.append(el("div", { class: "bar-fill", style: {
    [upright ? "height" : "width"]: `${(ratio * 100).toFixed(2)}%`,
    background: mode === "gradient" ? shade(value, ratio, upright) : alpha(shown.colour, 0.4),
    [upright ? "border-top-color" : "border-right-color"]: shown.colour } }));
  const named = option(options, "namePlacement", "auto") !== "hidden";
  return el("div", { class: "bar" }, named && el("span", { class: "bar-name", text: value.name, title: value.name }),
    track, link(field, value.value, context, text));
}

/** From colour to colour of the thresholds that the bar has passed; softened, so that names stay readable. */
function shade({ field, shown, min, max }: PanelValue, ratio: number, upright: boolean): string {
  const towards = upright ? "to top" : "to right";
  const passed = steps(field.config, min, max).filter((step) => (step.value ?? min) <= min + (max - min) * ratio);
  if ((field.config.color?.mode ?? "thresholds") !== "thresholds" || passed.length < 2) {
    return `linear-gradient(${towards}, ${alpha(shown.colour, 0.18)}, ${alpha(shown.colour, 0.6)})`;
  }
  const stops = passed.map((step) => {
    const at = ratio > 0 ? (((step.value ?? min) - min) / (max - min || 1) / ratio) * 100 : 0;
    return `${alpha(resolve(step.color), 0.55)} ${Math.max(0, at).toFixed(1)}%`;
  });
  return `linear-gradient(${towards}, ${stops.join(", ")}, ${alpha(shown.colour, 0.65)} 100%)`;
}

function cells({ field, min, max }: PanelValue, ratio: number): HTMLElement[] {
  return [...Array(CELLS).keys()].map((i) => {
    const at = min + ((max - min) * (i + 0.5)) / CELLS;
    const colour = valueColour(field.config, at, 0, min, max);
    return el("i", { class: "bar-cell", style: { background: (i + 0.5) / CELLS <= ratio ? colour : alpha(colour, 0.12) } });
  });
}
