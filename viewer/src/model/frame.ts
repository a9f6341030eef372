/** What a query gives: frames of named columns of equal length. */

import type { FieldConfig } from "./dashboard.ts";

export type FieldType = "time" | "number" | "string" | "boolean" | "other";
export type Cell = number | string | boolean | null;
export type Labels = Record<string, string>;

export interface Field {
  name: string;
  type: FieldType;
  values: Cell[];
  labels: Labels;
  /** As the query's legend names it. */
  legend?: string;
  /** Filled in when defaults and overrides are applied. */
  config: FieldConfig;
}

export interface Frame {
  refId: string;
  name?: string;
  fields: Field[];
  /** Seconds between two points, where the query had a step. */
  step?: number;
  /** Buckets of a histogram, one field each, in the order of their bounds. */
  heatmap?: boolean;
}

export function field(name: string, type: FieldType, values: Cell[], labels: Labels = {}): Field {
  return { name, type, values, labels, config: {} };
}

export function rows(frame: Frame): number {
  return frame.fields[0]?.values.length ?? 0;
}

/** Nothing to see: no rows, or values of which none is a number (0 divided by 0 over and over). */
export function isEmpty(frames: readonly Frame[]): boolean {
  return frames.every((frame) => {
    const others = frame.fields.filter((f) => f.type !== "time");
    return rows(frame) === 0 || others.every((f) => f.type === "number" && f.values.every((v) => !Number.isFinite(v)));
  });
}

export function numbers(values: readonly Cell[]): (number | null)[] {
  return values.map((value) => (typeof value === "number" && Number.isFinite(value) ? value : null));
}

/** The name a field is shown by, and found by in overrides. */
export function displayName(one: Field, frame: Frame): string {
  if (one.config.displayName) return named(one.config.displayName, one, frame);
  if (one.legend !== undefined && one.legend !== "") return one.legend;
  if (one.type !== "time" && (one.name === "Value" || one.name === "")) {
    const text = labelText(one.labels);
    return text || frame.name || one.name || "Value";
  }
  return one.name;
}

export function labelText(labels: Labels): string {
  const { __name__: name = "", ...others } = labels;
  const pairs = Object.entries(others).map(([key, value]) => `${key}="${value}"`);
  return pairs.length > 0 ? `${name}{${pairs.join(", ")}}` : name;
}

/** `${__field.labels.x}` and its kin in a display name. */
function named(pattern: string, one: Field, frame: Frame): string {
  return pattern.replace(/\$\{(__[a-z]+[^}]*)\}/g, (whole, path: string) => {
    const label = /^__field\.labels\.(.+)$/.exec(path) ?? /^__field\.labels\["?(.+?)"?\]$/.exec(path);
    if (label) return one.labels[label[1] ?? ""] ?? "";
    if (path === "__field.labels") return labelText(one.labels);
    if (path === "__field.name" || path === "__field.displayName" || path === "__series.name") {
      return one.legend || (one.name === "Value" ? labelText(one.labels) || frame.name || one.name : one.name);
    }
    if (path === "__name") return one.name;
    return whole;
  });
}
