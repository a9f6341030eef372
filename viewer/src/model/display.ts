/** A value as a panel shows it: its text and its colour. */

import { format, formatScaled } from "../format/units.ts";
import { dateIn } from "../format/date.ts";
import { resolve } from "../ui/colours.ts";
import type { Cell, Field } from "./frame.ts";
import { mapped } from "./mappings.ts";
import { valueColour } from "./thresholds.ts";

export interface Shown {
  /** The number alone, for panels that write its unit smaller. */
  number: string;
  prefix: string;
  suffix: string;
  text: string;
  colour: string;
}

export interface Extent {
  min?: number;
  max?: number;
}

export function shown(field: Field, value: Cell, index = 0, extent: Extent = {}): Shown {
  const config = field.config;
  const mapping = mapped(config, value);
  const number = typeof value === "number" && Number.isFinite(value) ? value : null;
  const colour = mapping?.color
    ? resolve(mapping.color)
    : valueColour(config, number, index, extent.min, extent.max);
  if (mapping?.text !== undefined) return words(mapping.text, colour);
  if (value === null || (typeof value === "number" && Number.isNaN(value))) return words(config.noValue ?? "–", colour);
  if (field.type === "time" && typeof value === "number" && !config.unit) {
    return words(dateIn("YYYY-MM-DD HH:mm:ss", value), colour);
  }
  if (typeof value !== "number") return words(String(value), colour);
  const { text, prefix = "", suffix = "" } = formatScaled(config.unit, value, config.decimals);
  return { number: text, prefix, suffix, text: `${prefix}${text}${suffix}`, colour };
}

export function textOf(field: Field, value: Cell): string {
  return shown(field, value).text;
}

/** A bare number in the unit of a field: an axis label, a total. */
export function inUnit(field: Field, value: number): string {
  return format(field.config.unit, value, field.config.decimals);
}

function words(text: string, colour: string): Shown {
  return { number: text, prefix: "", suffix: "", text, colour };
}
