/** What each variable offers: asked in the order in which they depend on one another. */

import { isRec, list, type Choice, type VariableModel } from "../model/dashboard.ts";
import { labelText } from "../model/frame.ts";
import { wordsOf } from "../query/client.ts";
import { labelNames, labelValues, queryInstant, series } from "../query/prometheus.ts";
import { sourceOf, sources } from "../query/sources.ts";
import { durationText, seconds, type Range } from "../time/range.ts";
import { stepFor } from "../time/step.ts";
import { interpolate, literal, names, promql, type Values } from "./interpolate.ts";
import { filtered, keep, sorted, valueOf, withAll, type Variable } from "./model.ts";

/** All variables with what is chosen; `wanted` is by name what the URL or the reader asks for. */
export async function resolveVariables(
  models: readonly VariableModel[], wanted: Record<string, string[]>, range: Range, signal: AbortSignal,
): Promise<Variable[]> {
  const done = new Map<string, Variable>();
  const values: Values = { __from: literal(String(range.from)), __to: literal(String(range.to)) };
  for (const model of inOrder(models)) {
    const variable: Variable = { model, choices: [], chosen: [] };
    try {
      variable.choices = withAll(model, await choices(model, values, range, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      variable.error = wordsOf(error);
      variable.choices = withAll(model, []);
    }
    variable.chosen = keep(variable, wanted[model.name]);
    values[model.name] = valueOf(variable);
    done.set(model.name, variable);
  }
  return models.flatMap((model) => done.get(model.name) ?? []);
}

/** Those first that others refer to; in a circle the order of the file holds. */
export function inOrder(models: readonly VariableModel[]): VariableModel[] {
  const byName = new Map(models.map((model) => [model.name, model]));
  const result: VariableModel[] = [];
  const visit = (model: VariableModel, above: readonly string[]): void => {
    if (result.includes(model) || above.includes(model.name)) return;
    for (const name of new Set(names(JSON.stringify([model.query, model.regex, model.datasource, model.allValue])))) {
      const other = byName.get(name);
      if (other && other !== model) visit(other, [...above, model.name]);
    }
    result.push(model);
  };
  for (const model of models) visit(model, []);
  return result;
}

export type Question =
  | { kind: "label_values"; label: string; match: string }
  | { kind: "label_names" | "metrics" | "series" | "query_result"; text: string };

/** What the query of a variable asks: as text, or as the object that newer dashboards hold. */
export function question(query: unknown): Question {
  const text = (isRec(query) ? String(query["query"] ?? "") : String(query ?? "")).trim();
  const call = /^(label_values|label_names|metrics|query_result)\s*\((.*)\)$/s.exec(text);
  const inside = (call?.[2] ?? "").trim();
  switch (call?.[1]) {
    case "label_values": {
      const parts = /^(?:(.*),)?\s*([a-zA-Z_$][\w$]*)$/s.exec(inside);
      return { kind: "label_values", label: parts?.[2] ?? inside, match: (parts?.[1] ?? "").trim() };
    }
    case "label_names":
      return { kind: "label_names", text: inside };
    case "metrics":
      return { kind: "metrics", text: inside };
    case "query_result":
      return { kind: "query_result", text: inside };
    default:
      return { kind: "series", text };
  }
}

async function choices(model: VariableModel, values: Values, range: Range, signal: AbortSignal): Promise<Choice[]> {
  switch (model.type) {
    case "datasource":
      return datasources(model);
    case "query":
      return sorted(filtered(await answers(model, values, range, signal), interpolate(model.regex ?? "", values)), model.sort);
    case "custom":
      return custom(String(model.query ?? ""));
    case "interval":
      return intervals(model, range);
    case "textbox":
    case "constant":
      return [{ text: String(model.query ?? ""), value: String(model.query ?? "") }];
    case "adhoc":
    case "groupby":
    case "switch":
      throw new Error(`variables of the type "${model.type}" are not supported`);
    default:
      throw new Error(`variables of the type "${model.type}" are not known`);
  }
}

async function datasources(model: VariableModel): Promise<Choice[]> {
  if (!String(model.query ?? "prometheus").includes("prometheus")) return [];
  const all = (await sources()).map(({ name, uid }) => ({ text: name, value: uid }));
  const kept = new Set(filtered(all.map((c) => c.text), model.regex).map((c) => c.value));
  return all.filter((c) => kept.has(c.text));
}

async function answers(model: VariableModel, values: Values, range: Range, signal: AbortSignal): Promise<string[]> {
  const source = await sourceOf(model.datasource, values);
  const asked = question(model.query);
  const step = stepFor((range.to - range.from) / 1000, 1000, source.scrapeSeconds);
  const all: Values = {
    ...values,
    __range: literal(`${Math.round((range.to - range.from) / 1000)}s`),
    __range_s: literal(String(Math.round((range.to - range.from) / 1000))),
    __interval: literal(durationText(step.interval)),
    __rate_interval: literal(durationText(step.rateInterval)),
  };
  const fill = (text: string): string => interpolate(text, all, promql);
  const { from, to } = range;
  switch (asked.kind) {
    case "label_values":
      return labelValues(source, fill(asked.label), fill(asked.match), from, to, signal);
    case "label_names":
      return labelNames(source, fill(asked.text), from, to, signal);
    case "metrics": {
      const metrics = await labelValues(source, "__name__", "", from, to, signal);
      const pattern = new RegExp(fill(asked.text));
      return metrics.filter((name) => pattern.test(name));
    }
    case "query_result": {
      const rows = await queryInstant(source, fill(asked.text), to, signal);
      return rows.map(({ metric, values: [point] }) => `${labelText(metric)} ${point?.[1]} ${(point?.[0] ?? 0) * 1000}`);
    }
    case "series":
      return (await series(source, fill(asked.text), from, to, signal)).map(labelText);
  }
}

/** `a, b, Text : value`; a comma that belongs to a value is written `\,`. */
export function custom(query: string): Choice[] {
  return list<string>(query.match(/(?:\\,|[^,])+/g)).map((part) => {
    const [, text, value] = /^(.+?)\s+:\s+(.+)$/.exec(part.trim()) ?? [];
    const clean = (s: string): string => s.replaceAll("\\,", ",").trim();
    return text !== undefined && value !== undefined
      ? { text: clean(text), value: clean(value) }
      : { text: clean(part), value: clean(part) };
  });
}

function intervals(model: VariableModel, range: Range): Choice[] {
  const given = custom(String(model.query ?? "")).filter((c) => seconds(c.value) !== null);
  if (!model.auto) return given;
  const auto = durationText(stepFor((range.to - range.from) / 1000, 30, 10).interval);
  return [{ text: "auto", value: auto }, ...given];
}
