/** Many frames to one. */

import { list, type Rec } from "../model/dashboard.ts";
import { displayName, field, rows, type Cell, type Field, type Frame } from "../model/frame.ts";

/** One table of all frames: rows that agree in every common column become one. */
export function merge(frames: Frame[]): Frame[] {
  const tables = frames.filter((frame) => rows(frame) > 0).map(columnsOf);
  if (tables.length === 0) return frames.slice(0, 1);
  const names = unique(tables.flatMap((frame) => frame.fields.map((f) => f.name)));
  const shared = names.filter((name) => tables.every((frame) => frame.fields.some((f) => f.name === name)));
  const lines: Map<string, Cell>[] = [];
  for (const frame of tables) {
    for (let i = 0; i < rows(frame); i += 1) {
      const line = new Map(frame.fields.map((f) => [f.name, f.values[i] ?? null]));
      const fits = (other: Map<string, Cell>): boolean =>
        shared.every((name) => other.get(name) === line.get(name)) &&
        [...line].every(([name, value]) => shared.includes(name) || !other.has(name) || other.get(name) === value);
      const other = tables.length > 1 ? lines.find(fits) : undefined;
      if (other) for (const [name, value] of line) other.set(name, value);
      else lines.push(line);
    }
  }
  return [fromLines(frames[0]?.refId ?? "A", tables, names, lines)];
}

/** One table with a row for each value of one column, and the other columns of all frames beside it. */
export function joinByField(frames: Frame[], options: Rec): Frame[] {
  const by = typeof options["byField"] === "string" ? options["byField"] : undefined;
  const inner = options["mode"] === "inner";
  const tables = frames.filter((frame) => keyOf(frame, by));
  if (tables.length < 2) return frames;
  const keys: Cell[] = [];
  const places = new Map<Cell, number>();
  for (const frame of tables) {
    for (const value of keyOf(frame, by)?.values ?? []) {
      if (!places.has(value)) places.set(value, keys.push(value) - 1);
    }
  }
  const wanted = inner
    ? keys.filter((key) => tables.every((frame) => keyOf(frame, by)?.values.includes(key)))
    : keys;
  const first = keyOf(tables[0]!, by)!;
  const sorted = first.type === "time" ? (wanted as number[]).toSorted((a, b) => a - b) : wanted;
  const columns = tables.flatMap((frame, n) => {
    const key = keyOf(frame, by)!;
    const at = new Map(key.values.map((value, i) => [value, i]));
    return frame.fields.filter((f) => f !== key).map((f) => ({
      ...f,
      name: uniqueName(tables, n, f),
      values: sorted.map((value) => f.values[at.get(value) ?? -1] ?? null),
    }));
  });
  return [{ refId: tables[0]?.refId ?? "A", fields: [{ ...first, values: sorted }, ...columns] }];
}

/** Labels become columns (`columns`) or rows of their own (`rows`). */
export function labelsToFields(frames: Frame[], options: Rec): Frame[] {
  const keep = list<string>(options["keepLabels"]);
  const wanted = (name: string): boolean => keep.length === 0 || keep.includes(name);
  if (options["mode"] === "rows") {
    return frames.flatMap((frame) => frame.fields.filter((f) => Object.keys(f.labels).length > 0).map((f) => {
      const pairs = Object.entries(f.labels).filter(([name]) => wanted(name));
      return { refId: frame.refId, name: displayName(f, frame), fields: [
        field("label", "string", pairs.map(([name]) => name)), field("value", "string", pairs.map(([, value]) => value)) ] };
    }));
  }
  const flat = frames.map((frame) => {
    const labels = Object.assign({}, ...frame.fields.map((f) => f.labels)) as Record<string, string>;
    const named = typeof options["valueLabel"] === "string" ? labels[options["valueLabel"]] : undefined;
    const columns = Object.entries(labels)
      .filter(([name]) => wanted(name) && name !== options["valueLabel"])
      .map(([name, value]) => field(name, "string", new Array<Cell>(rows(frame)).fill(value)));
    const [time, others] = [frame.fields.filter((f) => f.type === "time"), frame.fields.filter((f) => f.type !== "time")];
    return { ...frame, fields: [...time, ...columns, ...others.map((f) => bare(f, named))] };
  });
  return merge(flat);
}

/** Every point a row: time, the name of its series, its value. */
export function seriesToRows(frames: Frame[]): Frame[] {
  const lines = frames.flatMap((frame) => {
    const times = frame.fields.find((f) => f.type === "time")?.values ?? [];
    return frame.fields.filter((f) => f.type === "number").flatMap((f) => {
      const name = displayName(f, frame);
      return f.values.map((value, i) => ({ t: times[i] ?? null, name, value }));
    });
  });
  lines.sort((a, b) => Number(b.t) - Number(a.t));
  return [{ refId: frames[0]?.refId ?? "A", fields: [
    field("Time", "time", lines.map(({ t }) => t)), field("Metric", "string", lines.map(({ name }) => name)),
    field("Value", "number", lines.map(({ value }) => value)) ] }];
}

/** A frame of a series as a table: its labels are part of the name of its value. */
function columnsOf(frame: Frame): Frame {
  return { ...frame, fields: frame.fields.map((f) =>
    f.name === "Value" && Object.keys(f.labels).length > 0 ? { ...f, name: displayName(f, frame) } : f) };
}

function bare(one: Field, name: string | undefined): Field {
  const { legend: _, ...rest } = one;
  return { ...rest, labels: {}, name: name ?? one.name };
}

function fromLines(refId: string, tables: Frame[], names: string[], lines: Map<string, Cell>[]): Frame {
  const models = new Map(tables.flatMap((frame) => frame.fields.map((f) => [f.name, f] as const)));
  return { refId, fields: names.map((name) => ({
    ...(models.get(name) ?? field(name, "string", [])),
    values: lines.map((line) => line.get(name) ?? null),
  })) };
}

function keyOf(frame: Frame, by: string | undefined): Field | undefined {
  return by ? frame.fields.find((f) => f.name === by || displayName(f, frame) === by)
    : frame.fields.find((f) => f.type === "time");
}

/** Columns of different frames that bear one name are told apart by their number, from the second on. */
function uniqueName(tables: Frame[], n: number, one: Field): string {
  const twice = tables.some((frame, i) => i !== n && frame.fields.some((f) => f.name === one.name && !f.legend));
  return twice && !one.legend && !/#[A-Z]$/.test(one.name) ? `${one.name} ${n + 1}` : one.name;
}

function unique<T>(items: T[]): T[] {
  return [...new Set(items)];
}
