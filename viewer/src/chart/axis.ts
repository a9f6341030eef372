/** The value axes of a graph: which series share one, and how far it reaches. */

import type uPlot from "uplot";

import { option } from "../model/dashboard.ts";
import type { Field } from "../model/frame.ts";
import { inUnit } from "../model/display.ts";
import { isBinary } from "../format/units.ts";
import { resolve } from "../ui/colours.ts";
import { FONT } from "../ui/font.ts";

export interface ValueScale {
  key: string;
  field: Field;
  side: "left" | "right" | "hidden";
  log: number;
  percent: boolean;
  config: { softMin?: number; softMax?: number; min?: number; max?: number; centred: boolean; label: string };
}

/** Fields of one unit and one placement share a scale. */
export function scaleOf(field: Field, percent: boolean): ValueScale {
  const custom = field.config.custom;
  const placement = option(custom, "axisPlacement", "auto");
  const log = option(custom, "scaleDistribution.type", "linear") === "log" ? option(custom, "scaleDistribution.log", 10) : 0;
  const number = (name: string): number | undefined => {
    const value = custom?.[name];
    return typeof value === "number" ? value : undefined;
  };
  const limits = { softMin: number("axisSoftMin"), softMax: number("axisSoftMax"), min: field.config.min ?? undefined,
    max: field.config.max ?? undefined };
  return {
    key: JSON.stringify([field.config.unit ?? "", placement, log, limits, percent]),
    field,
    side: placement === "right" || placement === "hidden" ? placement : "left",
    log,
    percent,
    config: {
      ...Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)),
      centred: option(custom, "axisCenteredZero", false),
      label: option(custom, "axisLabel", ""),
    },
  };
}

export function scaleOptions(scale: ValueScale): uPlot.Scale {
  const { softMin, softMax, min, max, centred } = scale.config;
  return {
    distr: scale.log > 0 ? 3 : 1,
    ...(scale.log > 0 ? { log: scale.log === 2 ? 2 : 10 } : {}),
    range: (u, low, high) => {
      if (scale.percent) return [0, 1];
      if (scale.log > 0) return logRange(low, high, min);
      return linearRange(low ?? NaN, high ?? NaN, { softMin, softMax, min, max, centred }, u);
    },
  };
}

interface Limits {
  softMin: number | undefined;
  softMax: number | undefined;
  min: number | undefined;
  max: number | undefined;
  centred: boolean;
}

/** Hard limits hold; soft ones until the data pass them; a flat line gets room; zero is kept where it is near. */
export function linearRange(low: number, high: number, limits: Limits, _?: unknown): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    const bottom = limits.min ?? limits.softMin ?? 0;
    return [bottom, Math.max(limits.max ?? limits.softMax ?? 1, bottom + 1e-9)];
  }
  let [from, to] = [low, high];
  if (limits.softMin !== undefined) from = Math.min(from, limits.softMin);
  if (limits.softMax !== undefined) to = Math.max(to, limits.softMax);
  const span = to - from;
  const pad = span > 0 ? span * 0.08 : Math.abs(to) * 0.5 || 0.5;
  const nearZero = from >= 0 && from < to * 0.6;
  let bottom = limits.min ?? (limits.softMin === from ? from : nearZero ? 0 : from - pad);
  if (limits.min === undefined && from >= 0 && bottom < 0) bottom = 0;
  let top = limits.max ?? (limits.softMax === to ? to : to + Math.max(pad, (to - bottom) * 0.08));
  if (limits.centred) [bottom, top] = [-Math.max(Math.abs(bottom), Math.abs(top)), Math.max(Math.abs(bottom), Math.abs(top))];
  return bottom < top ? [bottom, top] : [bottom, bottom + 1];
}

function logRange(low: number | null, high: number | null, min: number | undefined): [number, number] {
  const from = 10 ** Math.floor(Math.log10(Math.max(min ?? low ?? 1, 1e-12)));
  const to = 10 ** Math.ceil(Math.log10(Math.max(high ?? 10, 1e-12)));
  return from < to ? [from, to] : [from, from * 10];
}

export function lineColours(): { text: string; grid: string } {
  const style = getComputedStyle(document.documentElement);
  return { text: style.getPropertyValue("--muted").trim() || resolve("text"), grid: style.getPropertyValue("--grid").trim() };
}

export function valueAxis(scale: ValueScale, secondary: boolean): uPlot.Axis {
  const { text, grid } = lineColours();
  return {
    scale: scale.key,
    side: scale.side === "right" || secondary ? 1 : 3,
    show: scale.side !== "hidden",
    stroke: text,
    font: FONT,
    gap: 6,
    ...(scale.config.label ? { label: scale.config.label, labelFont: FONT, labelSize: 18 } : {}),
    grid: { show: !secondary && option(scale.field.config.custom, "axisGridShow", true), stroke: grid, width: 1 },
    ticks: { show: false },
    border: { show: option(scale.field.config.custom, "axisBorderShow", false), stroke: grid, width: 1 },
    space: 34,
    ...(isBinary(scale.field.config.unit) && scale.log === 0 ? { incrs: BINARY_STEPS } : {}),
    size: (u, values) => {
      const longest = (values ?? []).reduce((most, v) => Math.max(most, v?.length ?? 0), 0);
      u.ctx.save();
      u.ctx.font = FONT;
      const width = u.ctx.measureText("0".repeat(longest)).width;
      u.ctx.restore();
      return Math.ceil(width) + 12;
    },
    values: (_, splits) => tickTexts(scale, splits),
  };
}

/** Powers of two: the round numbers of memory. */
const BINARY_STEPS = [...Array(64).keys()].map((power) => 2 ** (power - 4));

/** Marks are round numbers: zeros behind the point say nothing. */
function tickTexts(scale: ValueScale, splits: number[]): string[] {
  if (scale.percent) return splits.map((v) => `${Math.round(v * 100)}%`);
  return splits.map((v) => (v === null ? "" : withoutZeros(inUnit(scale.field, Number(v.toPrecision(12))))));
}

export function withoutZeros(text: string): string {
  return text.replace(/(\.\d*?)0+(?!\d)/, "$1").replace(/\.(?!\d)/, "");
}
