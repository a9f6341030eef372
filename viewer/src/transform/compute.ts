/** Rows reduced, grouped, sorted, filtered, and columns computed from others. */

import { isRec, list, option, type Rec } from "../model/dashboard.ts";
import { displayName, field, rows, type Cell, type Field, type Frame } from "../model/frame.ts";
import { reduce, reducerName, UNITLESS } from "../model/reducers.ts";

/** One row for each series, or one for all columns of a frame. */
export function reduceFields(frames: Frame[], options: Rec): Frame[] {
  const calcs = list<string>(options["reducers"]);
  const ids = calcs.length > 0 ? calcs : ["max"];
  if (options["mode"] === "reduceFields") {
    return frames.map((frame) => ({ ...frame, fields: frame.fields.filter((f) => f.type === "number").map((f) => ({
      ...f, values: [reduce(f.values, ids[0] ?? "lastNotNull")] })) }));
  }
  const columns = frames.flatMap((frame) =>
    frame.fields.filter((f) => f.type === "number").map((f) => ({ f, name: displayName(f, frame) })));
  const labels = options["labelsToFields"] === true ? [...new Set(columns.flatMap(({ f }) => Object.keys(f.labels)))] : [];
  return [{ refId: frames[0]?.refId ?? "A", fields: [
    field("Field", "string", columns.map(({ name }) => name)),
    ...labels.map((label) => field(label, "string", columns.map(({ f }) => f.labels[label] ?? ""))),
    ...ids.map((id) => field(reducerName(id), "number", columns.map(({ f }) => reduce(f.values, id)))),
  ] }];
}

export function groupBy(frames: Frame[], options: Rec): Frame[] {
  const rules = isRec(options["fields"]) ? options["fields"] : {};
  const rule = (f: Field, frame: Frame): Rec => {
    const found = rules[displayName(f, frame)] ?? rules[f.name];
    return isRec(found) ? found : {};
  };
  return frames.map((frame) => {
    const keys = frame.fields.filter((f) => rule(f, frame)["operation"] === "groupby");
    const groups = new Map<string, number[]>();
    for (let i = 0; i < rows(frame); i += 1) {
      const key = JSON.stringify(keys.map((f) => f.values[i]));
      groups.set(key, [...(groups.get(key) ?? []), i]);
    }
    const all = [...groups.values()];
    const totals = frame.fields.flatMap((f) => {
      const { operation, aggregations } = rule(f, frame);
      if (operation !== "aggregate") return [];
      return list<string>(aggregations).map((id) => {
        const total: Field = { ...f, name: `${displayName(f, frame)} (${id})`,
          values: all.map((places) => reduce(places.map((i) => f.values[i] ?? null), id)) };
        delete total.legend;
        return UNITLESS.has(id) ? { ...total, type: "number" as const } : total;
      });
    });
    return { ...frame, fields: [...keys.map((f) => ({ ...f, values: all.map(([i = 0]) => f.values[i] ?? null) })), ...totals] };
  });
}

export function sortBy(frames: Frame[], options: Rec): Frame[] {
  const by = list<Rec>(options["sort"])[0];
  if (!by) return frames;
  return frames.map((frame) => {
    const key = frame.fields.find((f) => displayName(f, frame) === by["field"] || f.name === by["field"]);
    return key ? ordered(frame, order(key.values, by["desc"] === true)) : frame;
  });
}

export function limit(frames: Frame[], options: Rec): Frame[] {
  const most = Number(options["limitField"] ?? 10);
  return frames.map((frame) => ordered(frame, [...Array(Math.min(most, rows(frame))).keys()]));
}

export function filterByValue(frames: Frame[], options: Rec): Frame[] {
  const rules = list<Rec>(options["filters"]);
  const exclude = options["type"] === "exclude";
  const every = options["match"] === "all";
  return frames.map((frame) => {
    const holds = rules.map((rule) => {
      const key = frame.fields.find((f) => displayName(f, frame) === rule["fieldName"] || f.name === rule["fieldName"]);
      const config = isRec(rule["config"]) ? rule["config"] : {};
      return (i: number): boolean =>
        key !== undefined && condition(String(config["id"]), isRec(config["options"]) ? config["options"] : {}, key.values[i] ?? null);
    });
    const kept = [...Array(rows(frame)).keys()].filter((i) =>
      (every ? holds.every((test) => test(i)) : holds.some((test) => test(i))) !== exclude);
    return ordered(frame, kept);
  });
}

/** A column from two others, from one and a number, or from all of a row. */
export function calculateField(frames: Frame[], options: Rec): Frame[] {
  const alias = option(options, "alias", "");
  return frames.map((frame) => {
    const numeric = frame.fields.filter((f) => f.type === "number");
    const made = options["mode"] === "binary" ? binary(frame, options) : total(numeric, option(options, "reduce.reducer", "sum"));
    if (!made) return frame;
    const named = { ...made, name: alias || made.name };
    const kept = options["replaceFields"] === true ? frame.fields.filter((f) => f.type === "time") : frame.fields;
    return { ...frame, fields: [...kept, named] };
  });
}

function total(numeric: Field[], id: string): Field {
  const values = (numeric[0]?.values ?? []).map((_, i) => reduce(numeric.map((f) => f.values[i] ?? null), id));
  return field(reducerName(id), "number", values);
}

const OPERATORS: Record<string, (a: number, b: number) => number> = {
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b,
};

function binary(frame: Frame, options: Rec): Field | undefined {
  const operator = option(options, "binary.operator", "+");
  const side = (name: "left" | "right"): ((i: number) => number) | undefined => {
    const given = isRec(options["binary"]) ? options["binary"][name] : undefined;
    const wanted = isRec(given) ? String(isRec(given["matcher"]) ? given["matcher"]["options"] : given["fixed"]) : String(given);
    const column = frame.fields.find((f) => displayName(f, frame) === wanted || f.name === wanted);
    if (column) return (i) => (typeof column.values[i] === "number" ? column.values[i] : NaN);
    const fixed = Number(wanted);
    return Number.isNaN(fixed) ? undefined : () => fixed;
  };
  const [left, right, operate] = [side("left"), side("right"), OPERATORS[operator]];
  if (!left || !right || !operate) return undefined;
  const values = [...Array(rows(frame)).keys()].map((i) => operate(left(i), right(i)));
  return field(`${option(options, "binary.left", "")} ${operator} ${option(options, "binary.right", "")}`, "number", values);
}

export function order(values: readonly Cell[], descending: boolean): number[] {
  const compare = (a: Cell, b: Cell): number => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    if (typeof a === "number" && typeof b === "number") return descending ? b - a : a - b;
    return String(a).localeCompare(String(b), undefined, { numeric: true }) * (descending ? -1 : 1);
  };
  return values.map((_, i) => i).toSorted((i, j) => compare(values[i] ?? null, values[j] ?? null) || i - j);
}

function ordered(frame: Frame, places: readonly number[]): Frame {
  return { ...frame, fields: frame.fields.map((f) => ({ ...f, values: places.map((i) => f.values[i] ?? null) })) };
}

function condition(id: string, options: Rec, value: Cell): boolean {
  const other = options["value"];
  switch (id) {
    case "isNull": return value === null;
    case "isNotNull": return value !== null;
    case "equal": return String(value) === String(other);
    case "notEqual": return String(value) !== String(other);
    case "greater": return Number(value) > Number(other);
    case "greaterOrEqual": return Number(value) >= Number(other);
    case "lower": return Number(value) < Number(other);
    case "lowerOrEqual": return Number(value) <= Number(other);
    case "between": return Number(value) >= Number(options["from"]) && Number(value) <= Number(options["to"]);
    case "regex": return new RegExp(String(other)).test(String(value));
    default: return true;
  }
}
