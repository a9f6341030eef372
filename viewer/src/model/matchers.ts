/** Which fields an override is for. */

import { isRec, list } from "./dashboard.ts";
import { displayName, type Field, type Frame } from "./frame.ts";
import { reduce } from "./reducers.ts";

export type Matches = (field: Field, frame: Frame) => boolean;

/** A matcher by its id; one that is not known matches nothing. */
export function matcher(id: string, options: unknown): Matches {
  switch (id) {
    case "byName":
      return (f, frame) => f.name === options || displayName(f, frame) === options;
    case "byNames": {
      const names = new Set(isRec(options) ? list<string>(options["names"]) : []);
      const except = isRec(options) && options["mode"] === "exclude";
      return (f, frame) => (names.has(displayName(f, frame)) || names.has(f.name)) !== except;
    }
    case "byRegexp":
    case "byRegexpOrNames": {
      const pattern = regexp(isRec(options) ? String(options["pattern"] ?? "") : String(options));
      return (f, frame) => pattern.test(displayName(f, frame));
    }
    case "byType":
      return (f) => f.type === options;
    case "byFrameRefID":
      return (_, frame) => frame.refId === options;
    case "numeric":
      return (f) => f.type === "number";
    case "time":
      return (f) => f.type === "time";
    case "byValue":
      return byValue(options);
    default:
      return () => false;
  }
}

/** Grafana's form: `/pattern/flags`; anything else has to be the whole name. */
export function regexp(text: string): RegExp {
  const parts = /^\/(.*)\/([a-z]*)$/s.exec(text);
  try {
    return parts ? new RegExp(parts[1] ?? "", parts[2]?.replace(/[gy]/g, "")) : new RegExp(`^${text}$`);
  } catch {
    return /(?!)/;
  }
}

const COMPARE: Record<string, (a: number, b: number) => boolean> = {
  gte: (a, b) => a >= b,
  gt: (a, b) => a > b,
  lte: (a, b) => a <= b,
  lt: (a, b) => a < b,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
};

function byValue(options: unknown): Matches {
  if (!isRec(options)) return () => false;
  const compare = COMPARE[String(options["op"] ?? "gte")];
  return (f) => {
    const value = reduce(f.values, String(options["reducer"] ?? "last"));
    return typeof value === "number" && (compare?.(value, Number(options["value"] ?? 0)) ?? false);
  };
}
