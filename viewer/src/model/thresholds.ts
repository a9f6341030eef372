/** The colours of values. */

import { resolve, scheme, seriesColour } from "../ui/colours.ts";
import { list, type FieldConfig, type Threshold } from "./dashboard.ts";

const BASE: Threshold = { value: null, color: "green" };

/** The steps in order, the first reaching down without end; percentages turned into values of min to max. */
export function steps(config: FieldConfig, min = config.min ?? 0, max = config.max ?? 100): Threshold[] {
  const given = list<Threshold>(config.thresholds?.steps);
  const found = given.length > 0 ? given : [BASE];
  const scaled = config.thresholds?.mode === "percentage" ? (v: number) => min + ((max - min) * v) / 100 : (v: number) => v;
  return found
    .map((step, i) => ({ color: step.color, value: i === 0 ? null : scaled(Number(step.value ?? 0)) }))
    .toSorted((a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity));
}

/** The step that a value has reached. */
export function reached(config: FieldConfig, value: number | null, min?: number, max?: number): Threshold {
  const all = steps(config, min, max);
  const at = value === null ? all[0] : all.findLast((step) => step.value === null || value >= step.value);
  return at ?? BASE;
}

/** The colour of one value: of a fixed colour, of its threshold, or of its place between min and max. */
export function valueColour(config: FieldConfig, value: number | null, index = 0, min?: number, max?: number): string {
  const mode = config.color?.mode ?? "thresholds";
  if (mode === "fixed") return resolve(config.color?.fixedColor ?? "text");
  if (mode === "shades") return resolve(config.color?.fixedColor ?? "blue");
  const low = config.min ?? min ?? 0;
  const high = config.max ?? max ?? 100;
  if (mode.startsWith("continuous-")) return scheme(mode, value === null ? 0 : (value - low) / (high - low || 1));
  if (mode.startsWith("palette-")) return seriesColour(index);
  return resolve(reached(config, value, low, high).color);
}
