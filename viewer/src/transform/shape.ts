/** Columns chosen, named, ordered, and read as another type. */

import { isRec, list, type Rec } from "../model/dashboard.ts";
import { displayName, type Cell, type Field, type Frame } from "../model/frame.ts";
import { regexp } from "../model/matchers.ts";

export function organize(frames: Frame[], options: Rec): Frame[] {
  const exclude = isRec(options["excludeByName"]) ? options["excludeByName"] : {};
  const include = isRec(options["includeByName"]) ? options["includeByName"] : {};
  const order = isRec(options["indexByName"]) ? options["indexByName"] : {};
  const names = isRec(options["renameByName"]) ? options["renameByName"] : {};
  const only = Object.keys(include).length > 0;
  return frames.map((frame) => {
    const kept = frame.fields.filter((f) => {
      const name = displayName(f, frame);
      return exclude[name] !== true && exclude[f.name] !== true && (!only || include[name] === true || include[f.name] === true);
    });
    const place = (f: Field): number => Number(order[displayName(f, frame)] ?? order[f.name] ?? 1e6);
    const sorted = kept.map((f, i) => ({ f, i })).toSorted((a, b) => place(a.f) - place(b.f) || a.i - b.i);
    return { ...frame, fields: sorted.map(({ f }) => {
      const name = names[displayName(f, frame)] ?? names[f.name];
      return typeof name === "string" && name !== "" ? renamed(f, name) : f;
    }) };
  });
}

export function filterByName(frames: Frame[], options: Rec): Frame[] {
  const include = chosen(options["include"]);
  const exclude = chosen(options["exclude"]);
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.filter((f) => {
      const name = displayName(f, frame);
      return (!include || include(name) || include(f.name)) && !(exclude && (exclude(name) || exclude(f.name)));
    }),
  })).filter((frame) => frame.fields.length > 0);
}

export function filterByRefId(frames: Frame[], options: Rec): Frame[] {
  const pattern = regexp(String(options["include"] ?? ".*"));
  return frames.filter((frame) => pattern.test(frame.refId));
}

export function renameByRegex(frames: Frame[], options: Rec): Frame[] {
  const pattern = regexp(String(options["regex"] ?? "(.*)"));
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((f) =>
      f.type === "time" ? f : renamed(f, displayName(f, frame).replace(pattern, String(options["renamePattern"] ?? "$1")))),
  }));
}

export function convertFieldType(frames: Frame[], options: Rec): Frame[] {
  const wanted = new Map(list<Rec>(options["conversions"]).map((c) => [c["targetField"], String(c["destinationType"])]));
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((f) => {
      const type = wanted.get(displayName(f, frame)) ?? wanted.get(f.name);
      return type ? { ...f, type: type as Field["type"], values: f.values.map((v) => converted(v, type)) } : f;
    }),
  }));
}

export function renamed(one: Field, name: string): Field {
  return one.legend === undefined ? { ...one, name } : { ...one, name, legend: name };
}

function converted(value: Cell, type: string): Cell {
  if (value === null) return null;
  if (type === "number") return Number(value);
  if (type === "boolean") return value === "false" ? false : Boolean(value);
  if (type === "time") return typeof value === "number" ? value : Date.parse(String(value));
  return String(value);
}

function chosen(rule: unknown): ((name: string) => boolean) | undefined {
  if (!isRec(rule)) return undefined;
  const names = new Set(list<string>(rule["names"]));
  const pattern = typeof rule["pattern"] === "string" && rule["pattern"] ? rule["pattern"] : undefined;
  const matches = pattern ? regexp(pattern) : undefined;
  return names.size > 0 || matches ? (name) => names.has(name) || (matches?.test(name) ?? false) : undefined;
}
