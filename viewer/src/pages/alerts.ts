/** Alerts that fire or are about to, and every rule with its state. */

import { dateIn, fromNow } from "../format/date.ts";
import { fixed } from "../format/number.ts";
import { safe } from "../links.ts";
import { getJson } from "../query/client.ts";
import { sources } from "../query/sources.ts";
import type { Page } from "../router.ts";
import { el } from "../ui/dom.ts";
import { livePage } from "./live.ts";

interface Alert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: string;
  activeAt: string;
  value: string;
}

interface Rule {
  name: string;
  type: string;
  state?: string;
  health: string;
  lastError?: string;
  duration?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  lastEvaluation?: string;
  alerts?: Alert[];
}

interface Notified {
  labels: Record<string, string>;
  status: { state: string; silencedBy: string[]; inhibitedBy: string[] };
  receivers: { name: string }[];
}

interface Answer {
  rules: Rule[];
  /** Null where no Alertmanager answers. */
  notified: Notified[] | null;
}

export function alertsPage(): Page {
  return livePage("Alerts", "What fires, what is about to, who was told, and the state of every rule.", ask, show);
}

async function ask(signal: AbortSignal): Promise<Answer> {
  const source = (await sources()).find(({ isDefault }) => isDefault);
  const [rules, notified] = await Promise.all([
    getJson<{ data: { groups: { rules: Rule[] }[] } }>(`/api/ds/${encodeURIComponent(source?.uid ?? "prometheus")}/api/v1/rules`, signal),
    getJson<Notified[]>("/api/alertmanager/alerts", signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return null;
    }),
  ]);
  return { rules: rules.data.groups.flatMap((group) => group.rules), notified };
}

function show({ rules, notified }: Answer): HTMLElement[] {
  const alerting = rules.filter(({ type }) => type === "alerting");
  const active = alerting.flatMap((rule) => (rule.alerts ?? []).map((alert) => ({ rule, alert })))
    .toSorted((a, b) => rank(a.alert) - rank(b.alert) || a.rule.name.localeCompare(b.rule.name));
  const broken = rules.filter(({ health }) => health === "err");
  return [
    ...(notified === null ? [el("p", { class: "notice notice-error", text: "Alertmanager does not answer: who was told is not known." })] : []),
    ...(active.length === 0 ? [el("p", { class: "notice", text: "No alert fires." })] : [el("ol", { class: "findings" }, ...active.map(({ alert }) => item(alert, notified)))]),
    ...(broken.length > 0 ? [el("h2", { text: "Rules that fail" }), el("ul", { class: "plain-list" }, ...broken.map((rule) => el("li", {}, el("b", { text: rule.name }), ` ${rule.lastError ?? ""}`)))] : []),
    el("details", { class: "all-rules" }, el("summary", { text: `${alerting.length} alert rules` }), ruleTable(alerting)),
  ];
}

function rank({ state, labels }: Alert): number {
  return (state === "firing" ? 0 : 10) + (labels["severity"] === "P1" ? 0 : labels["severity"] === "P2" ? 1 : 2);
}

function item(alert: Alert, notified: Notified[] | null): HTMLElement {
  const severity = ["P1", "P2"].includes(alert.labels["severity"] ?? "") ? alert.labels["severity"] : "info";
  const { alertname = "", ...labels } = alert.labels;
  const known = notified?.find((one) => Object.entries(alert.labels).every(([k, v]) => one.labels[k] === v));
  const runbook = safe(alert.annotations["runbook_url"] ?? "");
  const since = Date.parse(alert.activeAt);
  const told = known === undefined ? "" : known.status.silencedBy.length > 0 ? "silenced" : known.status.inhibitedBy.length > 0 ? "suppressed by another alert"
    : `told to ${known.receivers.map(({ name }) => name).join(", ")}`;
  return el("li", { class: `finding severity-${alert.state === "firing" ? severity : "info"}`, data: { alert: alertname } },
    el("span", { class: "badge", text: alert.state === "firing" ? (severity ?? "info") : alert.state }),
    el("div", { class: "finding-body" }, el("h2", { text: alert.annotations["summary"] ?? alertname }),
      alert.annotations["description"] !== undefined && el("p", { text: alert.annotations["description"] }),
      el("p", { class: "note" }, [alertname, `${alert.state} since ${dateIn("YYYY-MM-DD HH:mm:ss", since, true)} (${fromNow(since)})`, `value ${fixed(Number(alert.value))}`, told]
        .filter((word) => word !== "").join(" · "),
        runbook.startsWith("http") ? el("a", { text: " Runbook", attrs: { href: runbook, rel: "noopener noreferrer" } }) : runbook !== "" ? ` · runbook ${runbook}` : ""),
      el("div", { class: "tags" }, ...Object.entries(labels).map(([k, v]) => el("span", { class: "tag", text: `${k}=${v}` })))));
}

function ruleTable(rules: readonly Rule[]): HTMLElement {
  const head = ["Alert", "State", "Severity", "For", "Summary", "Last evaluation"];
  return el("div", { class: "table-box", attrs: { tabindex: 0, role: "group", "aria-label": "Alert rules" } }, el("table", { class: "data" },
    el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { text, attrs: { scope: "col" } })))),
    el("tbody", {}, ...rules.toSorted((a, b) => a.name.localeCompare(b.name)).map((rule) => el("tr", {},
      el("td", { text: rule.name }), el("td", { class: `rule-${rule.state}`, text: rule.state ?? "" }), el("td", { text: rule.labels?.["severity"] ?? "" }),
      el("td", { text: rule.duration ? `${rule.duration}s` : "" }), el("td", { text: rule.annotations?.["summary"] ?? "" }),
      el("td", { text: rule.lastEvaluation ? fromNow(Date.parse(rule.lastEvaluation)) : "" }))))));
}
