/** The last judgements of canaries: what was said, on what evidence, and how that grew. */

import { dateIn, fromNow } from "../format/date.ts";
import { fixed } from "../format/number.ts";
import { getJson } from "../query/client.ts";
import type { Page } from "../router.ts";
import { el, svg, type Child } from "../ui/dom.ts";
import { livePage } from "./live.ts";

interface Metric {
  name: string;
  outcome: string;
  reason: string;
  effect: { estimate: number | null; lower: number | null; upper: number | null } | null;
  e_value: number | null;
  safe_e_value: number | null;
  exposure: { baseline: number; canary: number };
  evidence: (number | null)[];
  safe_evidence: (number | null)[];
}

interface Judgement {
  at: string | null;
  verdict: "PASS" | "FAIL" | "INCONCLUSIVE";
  reason: string | null;
  baseline: string | null;
  canary: string | null;
  service: string | null;
  target: string | null;
  judge: string | null;
  alpha: number | null;
  block_times: number[] | null;
  metrics: Metric[] | null;
}

interface Canaries {
  total: number;
  judgements: Judgement[];
}

const SEVERITY = { PASS: "ok", FAIL: "P1", INCONCLUSIVE: "P2" } as const;
const WIDTH = 640, HEIGHT = 150, LEFT = 56, RIGHT = 8, TOP = 10, BOTTOM = 20;
const LEAST = -3, MOST = 6;

export function canaryPage(): Page {
  return livePage("Canaries", "New versions beside old ones: what was said of them last, and on what evidence.",
    (signal) => getJson<{ data: Canaries }>("/api/canaries", signal).then(({ data }) => data), show);
}

function show({ total, judgements }: Canaries): HTMLElement[] {
  if (judgements.length === 0) {
    return [el("p", { class: "notice" }, "No canary was judged yet. ", el("code", { text: "codesentinel canary judge --help" }), " says how.")];
  }
  return [el("p", { class: "note", text: `The newest ${judgements.length} of ${total} on record.` }),
    el("ol", { class: "findings" }, ...judgements.map(item))];
}

function item(one: Judgement): HTMLElement {
  const at = one.at ? Date.parse(one.at) : NaN;
  const arms = one.baseline && one.canary ? `${one.canary} beside ${one.baseline}` : [one.service, one.target].filter(Boolean).join(" · ");
  const meta = [arms, Number.isNaN(at) ? "" : `${dateIn("YYYY-MM-DD HH:mm:ss", at, true)} (${fromNow(at)})`,
    one.judge && one.judge !== "codesentinel" ? `by ${one.judge}` : ""];
  const metrics = Array.isArray(one.metrics) ? one.metrics : [];
  return el("li", { class: `finding canary severity-${SEVERITY[one.verdict]}`, data: { verdict: one.verdict } },
    el("span", { class: "badge", text: one.verdict === "INCONCLUSIVE" ? "not known" : one.verdict }),
    el("div", { class: "finding-body" }, el("h2", { text: one.reason ?? one.verdict }),
      el("p", { class: "note", text: meta.filter((word) => word !== "").join(" · ") }),
      ...metrics.map((metric) => part(metric, one))));
}

function part(metric: Metric, one: Judgement): HTMLElement {
  const { effect, exposure } = metric;
  const facts: Child[][] = [
    ["Canary / baseline", effect ? ratio(effect) : "not known"],
    ["Evidence of harm", amount(metric.e_value)],
    ["Evidence of no harm", amount(metric.safe_e_value)],
    ["Counted", `${exposure?.baseline ?? 0} of the baseline, ${exposure?.canary ?? 0} of the canary`],
    ["Because", metric.reason],
  ];
  return el("section", { class: "canary-metric", data: { metric: metric.name } },
    el("h3", {}, metric.name, el("span", { class: "note", text: ` ${metric.outcome}` })),
    el("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    Array.isArray(metric.evidence) && metric.evidence.length > 1 && chart(metric, one));
}

function ratio(effect: NonNullable<Metric["effect"]>): string {
  const bounds = effect.upper === null ? `at least ${fixed(effect.lower ?? 0)}` : `${fixed(effect.lower ?? 0)} to ${fixed(effect.upper)}`;
  return effect.estimate === null ? `not known (${bounds})` : `${fixed(effect.estimate)} (${bounds})`;
}

function amount(evidence: number | null): string {
  if (evidence === null) return "none";
  return evidence > 1e6 ? "over a million" : evidence < 0.001 ? "0" : fixed(evidence);
}

/** Both kinds of evidence on a logarithmic scale, and the line at which they decide. */
function chart(metric: Metric, one: Judgement): SVGElement {
  const needed = 1 / (one.alpha ?? 0.05);
  const times = one.block_times ?? [];
  const lines = [["harm", metric.evidence], ["safe", metric.safe_evidence ?? []]] as const;
  const label = `Evidence on ${metric.name} over ${metric.evidence.length} looks: of harm ${amount(metric.e_value)}, of no harm ${amount(metric.safe_e_value)}; ${fixed(needed)} decides`;
  const grid = [-3, 0, 3, 6].flatMap((decade) => [
    svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(10 ** decade), y2: y(10 ** decade) }),
    svg("text", { x: LEFT - 6, y: y(10 ** decade) + 4, "text-anchor": "end" }, decade === 6 ? "1000000" : String(10 ** decade))]);
  const ends = times.length > 1 ? [svg("text", { x: LEFT, y: HEIGHT - 4 }, clock(times[0])),
    svg("text", { x: WIDTH - RIGHT, y: HEIGHT - 4, "text-anchor": "end" }, clock(times[times.length - 1]))] : [];
  return svg("svg", { class: "canary-chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, ...grid,
    svg("line", { class: "needed", x1: LEFT, x2: WIDTH - RIGHT, y1: y(needed), y2: y(needed) }),
    ...lines.map(([kind, values]) => svg("polyline", { class: kind, points: values.map((value, i) => `${x(i, values.length)},${y(value ?? 10 ** MOST)}`).join(" ") })),
    ...ends);
}

function clock(seconds: number | undefined): string {
  return seconds === undefined ? "" : dateIn("HH:mm:ss", seconds * 1000, true);
}

function x(i: number, count: number): number {
  return Math.round(10 * (LEFT + (i / Math.max(count - 1, 1)) * (WIDTH - LEFT - RIGHT))) / 10;
}

function y(evidence: number): number {
  const decades = evidence > 0 ? Math.log10(evidence) : LEAST;
  const share = (Math.min(Math.max(decades, LEAST), MOST) - LEAST) / (MOST - LEAST);
  return Math.round(10 * (HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM))) / 10;
}
