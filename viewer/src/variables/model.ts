/** A variable of a dashboard: what can be chosen, what is chosen. */

import type { Choice, VariableModel } from "../model/dashboard.ts";
import { asList, type Value } from "./interpolate.ts";

export const ALL = "$__all";

export interface Variable {
  model: VariableModel;
  choices: Choice[];
  chosen: string[];
  error?: string;
}

export function label({ model }: Variable): string {
  return model.label || model.name;
}

/** What the variable stands for in queries and texts. */
export function valueOf({ model, choices, chosen }: Variable): Value {
  const textOf = (value: string): string => choices.find((c) => c.value === value)?.text ?? value;
  const multi = Boolean(model.multi || model.includeAll);
  if (chosen.includes(ALL)) {
    if (model.allValue) return { text: "All", value: model.allValue, multi, all: true };
    return { text: ["All"], value: choices.filter((c) => c.value !== ALL).map((c) => c.value), multi };
  }
  if (model.multi) return { text: chosen.map(textOf), value: chosen, multi };
  return { text: textOf(chosen[0] ?? ""), value: chosen[0] ?? "", multi };
}

/**
 * What stays chosen among new choices: what is still there, else the saved value, else the first. Where the server
 * did not say what there is, what is wanted stays.
 */
export function keep(variable: Variable, wanted: readonly string[] | undefined): string[] {
  const { model, choices } = variable;
  const there = (value: string): boolean => choices.some((c) => c.value === value);
  const free = model.type === "textbox" || model.type === "constant";
  if (free) return [wanted?.[0] ?? String(model.query ?? "")];
  const kept = (wanted ?? []).map((value) => (value === "All" && model.includeAll ? ALL : value))
    .map((value) => (there(value) ? value : (choices.find((c) => c.text === value)?.value ?? value)))
    .filter((value) => there(value) || variable.error !== undefined);
  if (kept.length > 0) return model.multi ? kept : kept.slice(0, 1);
  const saved = asList((model.current?.value ?? "") as string | string[]).map(String).filter((v) => v !== "" && there(v));
  if (saved.length > 0) return model.multi ? saved : saved.slice(0, 1);
  return choices[0] ? [choices[0].value] : [];
}

export function withAll(model: VariableModel, choices: Choice[]): Choice[] {
  return model.includeAll ? [{ text: "All", value: ALL }, ...choices] : choices;
}

/** Grafana's sort orders: 1 and 2 by letter, 3 and 4 by number, 5 and 6 by letter whatever its case, 7 and 8 natural. */
export function sorted(choices: Choice[], sort = 0): Choice[] {
  if (sort === 0) return choices;
  const digits = (text: string): number => Number(/(\d+(?:\.\d+)?)/.exec(text)?.[1] ?? -1);
  const kind = Math.ceil(sort / 2);
  const compare = (a: Choice, b: Choice): number => {
    if (kind === 2) return digits(a.text) - digits(b.text);
    if (kind === 3) return a.text.toLowerCase().localeCompare(b.text.toLowerCase());
    if (kind === 4) return a.text.localeCompare(b.text, undefined, { numeric: true });
    return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
  };
  const up = choices.toSorted(compare);
  return sort % 2 === 0 ? up.reverse() : up;
}

/** The values that a pattern lets through; its groups `text` and `value`, or its first, are what is kept. */
export function filtered(values: readonly string[], pattern: string | undefined): Choice[] {
  const seen = new Map<string, Choice>();
  const regex = pattern ? patternOf(pattern) : undefined;
  for (const value of values) {
    const found = regex?.exec(value);
    if (regex && !found) continue;
    const chosen = found?.groups?.["value"] ?? found?.groups?.["text"] ?? found?.[1] ?? value;
    const text = found?.groups?.["text"] ?? chosen;
    if (!seen.has(chosen)) seen.set(chosen, { text, value: chosen });
  }
  return [...seen.values()];
}

function patternOf(text: string): RegExp | undefined {
  const parts = /^\/(.*)\/([a-z]*)$/s.exec(text);
  try {
    return new RegExp(parts?.[1] ?? text, (parts?.[2] ?? "").replace(/[gy]/g, ""));
  } catch {
    return undefined;
  }
}
