/** What a link to a dashboard carries: the time, the refresh, the variables, the panel that is seen alone. */

import type { Raw } from "./time/range.ts";
import type { Variable } from "./variables/model.ts";

export interface UrlState {
  time?: Raw;
  refresh?: string;
  variables: Record<string, string[]>;
  viewPanel?: string;
}

export function readState(search: string): UrlState {
  const words = new URLSearchParams(search);
  const variables: Record<string, string[]> = {};
  for (const [key, value] of words) {
    if (key.startsWith("var-")) (variables[key.slice(4)] ??= []).push(value);
  }
  const [from, to] = [words.get("from"), words.get("to")];
  const [refresh, viewPanel] = [words.get("refresh"), words.get("viewPanel")];
  return {
    variables,
    ...(from || to ? { time: { from: from ?? "now-6h", to: to ?? "now" } } : {}),
    ...(refresh === null ? {} : { refresh }),
    ...(viewPanel === null ? {} : { viewPanel }),
  };
}

export function writeState(state: UrlState): string {
  const words = new URLSearchParams();
  if (state.time) {
    words.set("from", state.time.from);
    words.set("to", state.time.to);
  }
  if (state.refresh) words.set("refresh", state.refresh);
  if (state.viewPanel) words.set("viewPanel", state.viewPanel);
  for (const [name, values] of Object.entries(state.variables)) {
    for (const value of values) words.append(`var-${name}`, value);
  }
  const text = words.toString();
  return text ? `?${text}` : "";
}

/** What is chosen, by name, as links carry it. */
export function chosenOf(variables: readonly Variable[]): Record<string, string[]> {
  return Object.fromEntries(
    variables.filter((v) => v.model.type !== "constant").map((v) => [v.model.name, v.chosen]),
  );
}
