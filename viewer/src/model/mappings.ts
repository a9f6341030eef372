/** Values that stand for words: 0 is "down", above 10 is "many", null is "never". */

import { isRec, list, type FieldConfig, type Rec } from "./dashboard.ts";
import type { Cell } from "./frame.ts";
import { regexp } from "./matchers.ts";

export interface Mapped {
  text?: string;
  color?: string;
}

export function mapped(config: FieldConfig, value: Cell): Mapped | undefined {
  for (const mapping of list<{ type: string; options: Rec }>(config.mappings)) {
    const found = one(mapping.type, mapping.options, value);
    if (found) return found;
  }
  return undefined;
}

function one(type: string, options: Rec, value: Cell): Mapped | undefined {
  switch (type) {
    case "value":
      return result(options[String(value)]);
    case "range": {
      if (typeof value !== "number") return undefined;
      const from = typeof options["from"] === "number" ? options["from"] : -Infinity;
      const to = typeof options["to"] === "number" ? options["to"] : Infinity;
      return value >= from && value <= to ? result(options["result"]) : undefined;
    }
    case "regex": {
      const pattern = regexp(String(options["pattern"] ?? ""));
      const text = String(value);
      if (!pattern.test(text)) return undefined;
      const found = result(options["result"]);
      return found?.text === undefined ? found : { ...found, text: text.replace(pattern, found.text) };
    }
    case "special":
      return special(String(options["match"]), value) ? result(options["result"]) : undefined;
    default:
      return undefined;
  }
}

function special(match: string, value: Cell): boolean {
  const nan = typeof value === "number" && Number.isNaN(value);
  return (
    (match === "null" && value === null) ||
    (match === "nan" && nan) ||
    (match === "null+nan" && (value === null || nan)) ||
    (match === "true" && value === true) ||
    (match === "false" && value === false) ||
    (match === "empty" && value === "")
  );
}

function result(value: unknown): Mapped | undefined {
  if (!isRec(value)) return undefined;
  const { text, color } = value;
  return {
    ...(typeof text === "string" && text !== "" ? { text } : {}),
    ...(typeof color === "string" ? { color } : {}),
  };
}
