/** Procedures for agents: what to rewrite, retire or keep this quarter, and how each version does. */

import { inWords } from "../format/duration.ts";
import { fixed } from "../format/number.ts";
import { getJson } from "../query/client.ts";
import type { Page } from "../router.ts";
import { el } from "../ui/dom.ts";
import { livePage } from "./live.ts";

interface Interval { estimate: number; lower: number | null; upper: number | null }

interface Effect {
  verdict: string;
  before: { failures: number; runs: number };
  after: { failures: number; runs: number };
  e_value: number;
  more_runs: number | null;
  mix_changed: boolean;
}

interface Health {
  id: string;
  version: string;
  current: boolean;
  runs: number;
  open: number;
  failure_ratio: Interval | null;
  aborted_ratio: Interval | null;
  duration_seconds: { median: number | null; p95: number | null };
  feedback: { clarity: number | null; usefulness: number | null; n: number; comments: string[] };
  edit_effect: Effect | null;
  status_sources: Record<string, { runs: number }>;
}

interface Advice { procedure: string; advice: string; reasons: string[]; health: Health | null }

interface Answer {
  review: { quarter: string; counts: Record<string, number>; satellites: { satellite: string; procedures: Advice[] }[]; notes: string[] };
  procedures: Health[];
}

const DO: Record<string, string> = { rewrite: "to rewrite", retire: "to retire", keep: "to keep", wait: "too early to say" };
const SEVERITY: Record<string, string> = { rewrite: "P2", retire: "P2", keep: "info", wait: "info" };

export function satellitesPage(): Page {
  const quarter = new URLSearchParams(location.search).get("quarter");
  const path = `/api/satellites${quarter ? `?quarter=${encodeURIComponent(quarter)}` : ""}`;
  return livePage("Satellites", "Instruction files for agents: which of their procedures work, on what evidence, and what to do with them.",
    (signal) => getJson<{ data: Answer }>(path, signal).then(({ data }) => data), show);
}

function show({ review, procedures }: Answer): HTMLElement[] {
  return [
    el("p", { class: "note", text: `${review.quarter}: ${Object.entries(review.counts).map(([name, n]) => `${n} ${DO[name] ?? name}`).join(", ")}` }),
    ...review.satellites.map(satellite),
    table(procedures),
    ...review.notes.map((note) => el("p", { class: "note", text: note })),
  ];
}

function satellite({ satellite: name, procedures }: { satellite: string; procedures: Advice[] }): HTMLElement {
  return el("section", { class: "satellite", data: { satellite: name } }, el("h2", { text: name }),
    el("ol", { class: "findings" }, ...procedures.map(item)));
}

function item({ procedure, advice, reasons, health }: Advice): HTMLElement {
  return el("li", { class: `finding severity-${SEVERITY[advice] ?? "info"}`, data: { procedure, advice } },
    el("span", { class: "badge", text: advice }),
    el("div", { class: "finding-body" }, el("h3", { text: procedure }),
      el("p", { text: reasons.join("; ") }),
      health?.edit_effect && el("p", { class: "note", text: `Last edit: ${effect(health.edit_effect)}` }),
      health && health.feedback.comments.length > 0 && el("details", {}, el("summary", { text: "What was said" }),
        el("ul", { class: "plain-list" }, ...health.feedback.comments.map((text) => el("li", { text }))))));
}

function effect(one: Effect): string {
  const parts = [`${one.verdict}: ${one.before.failures} of ${one.before.runs} failed before, ${one.after.failures} of ${one.after.runs} after`];
  if (one.more_runs) parts.push(`about ${one.more_runs} more runs would tell`);
  if (one.mix_changed) parts.push("agents or models changed too");
  return parts.join("; ");
}

function table(procedures: Health[]): HTMLElement {
  const heads = ["Procedure", "Version", "Runs", "Failed", "Given up", "Median", "95 %", "Clear", "Useful", "Known by"];
  return el("section", { attrs: { "aria-labelledby": "versions" } }, el("h2", { text: "Every version", attrs: { id: "versions" } }),
    el("div", { class: "wide", attrs: { tabindex: 0, role: "group", "aria-labelledby": "versions" } }, el("table", { class: "plain-table" },
      el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { text, attrs: { scope: "col" } })))),
      el("tbody", {}, ...procedures.map((one) => el("tr", { data: { procedure: one.id, version: one.version } },
        ...cells(one).map((text) => el("td", { text }))))))));
}

function cells(one: Health): string[] {
  const total = Object.values(one.status_sources).reduce((sum, { runs }) => sum + runs, 0);
  const known = Object.entries(one.status_sources).map(([name, { runs }]) => `${name} ${fixed((100 * runs) / total, 0)}%`);
  const { clarity, usefulness } = one.feedback;
  return [one.id, `${one.version.slice(0, 8)}${one.current ? "" : " (old)"}`, `${one.runs}${one.open ? ` +${one.open} open` : ""}`,
    percent(one.failure_ratio, true), percent(one.aborted_ratio, false), lasting(one.duration_seconds.median), lasting(one.duration_seconds.p95),
    clarity === null ? "–" : fixed(clarity, 1), usefulness === null ? "–" : fixed(usefulness, 1), known.join(", ")];
}

function percent(ratio: Interval | null, bounds: boolean): string {
  if (!ratio) return "–";
  const of = (x: number | null): string => (x === null ? "?" : `${fixed(100 * x, 0)}%`);
  return bounds ? `${of(ratio.estimate)} (${of(ratio.lower)} to ${of(ratio.upper)})` : of(ratio.estimate);
}

function lasting(seconds: number | null): string {
  return seconds === null ? "–" : inWords(1000 * seconds, 0);
}
