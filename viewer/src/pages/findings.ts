/** What needs attention, most urgent first, with the evidence. */

import { dateIn, fromNow } from "../format/date.ts";
import { fixed } from "../format/number.ts";
import { isRec } from "../model/dashboard.ts";
import type { Page } from "../router.ts";
import { el } from "../ui/dom.ts";
import { livePage } from "./live.ts";
import { review, type Finding, type Review } from "./review.ts";

export function findingsPage(): Page {
  return livePage("Findings", "What codesentinel's review says needs attention now, and on what evidence.", review, show);
}

function show(report: Review): HTMLElement[] {
  const unjudged = report.sources.filter(({ judged }) => !judged);
  return [
    el("p", { class: "note", text: `Reviewed ${dateIn("YYYY-MM-DD HH:mm:ss", Date.parse(report.until), true)}; ${report.sources.length - unjudged.length} of ${report.sources.length} sources judged.` }),
    ...(report.findings.length === 0 ? [el("p", { class: "notice", text: "Nothing needs attention." })]
      : [el("ol", { class: "findings" }, ...report.findings.map(item))]),
    ...(unjudged.length > 0 ? [el("section", { attrs: { "aria-labelledby": "unjudged" } }, el("h2", { text: "Not judged", attrs: { id: "unjudged" } }),
      el("ul", { class: "plain-list" }, ...unjudged.map(({ name, reason }) => el("li", {}, el("b", { text: name }), ` ${reason}`))))] : []),
  ];
}

function item(finding: Finding): HTMLElement {
  const facts = Object.entries(finding.evidence);
  const meta = [finding.source, finding.confidence === null ? "" : `confidence ${fixed(finding.confidence, 2)}`,
    finding.from ? `since ${dateIn("YYYY-MM-DD HH:mm:ss", Date.parse(finding.from), true)} (${fromNow(Date.parse(finding.from))})` : ""];
  return el("li", { class: `finding severity-${finding.severity}`, data: { finding: finding.id } },
    el("span", { class: "badge", text: finding.severity }),
    el("div", { class: "finding-body" }, el("h2", { text: finding.summary }),
      finding.action !== "" && el("p", { class: "action" }, el("span", { text: "Do: " }), ...worded(finding.action)),
      el("p", { class: "note", text: meta.filter((word) => word !== "").join(" · ") }),
      facts.length > 0 && el("details", {}, el("summary", { text: "Evidence" }),
        el("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: said(value) })])))));
}

/** Commands stand between backticks. */
function worded(action: string): (Node | string)[] {
  return action.split("`").map((part, i) => (i % 2 ? el("code", { text: part }) : part));
}

function said(value: unknown): string {
  if (typeof value === "number") return fixed(value);
  return isRec(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
}
