/** Where a reader starts: what needs attention, and the dashboards. */

import { isAbort, wordsOf } from "../query/client.ts";
import type { Page } from "../router.ts";
import { el } from "../ui/dom.ts";
import { catalogue, type Catalogue, type Listed } from "./catalogue.ts";
import { review, type Review } from "./review.ts";

export function homePage(): Page {
  const stop = new AbortController();
  const attention = el("div", { class: "attention", attrs: { role: "status" } }, el("span", { class: "note", text: "Looking at what needs attention…" }));
  const shelf = el("div", { class: "shelf" });
  const search = el("input", { attrs: { type: "search", placeholder: "Search dashboards", "aria-label": "Search dashboards" } });
  const element = el("div", { class: "page home" }, el("h1", { text: "Dashboards" }), attention, search, shelf,
    el("p", { class: "note" }, "What will it be? ", el("a", { text: "Forecast a series", attrs: { href: "/forecast" } })));
  catalogue(stop.signal).then((all) => {
    const show = (): void => shelf.replaceChildren(...cards(all, search.value.toLowerCase()));
    search.addEventListener("input", show);
    show();
  }, (error: unknown) => { if (!isAbort(error)) shelf.replaceChildren(failed(error)); });
  review(stop.signal).then((report) => attention.replaceChildren(...counts(report)),
    (error: unknown) => { if (!isAbort(error)) attention.replaceChildren(failed(error)); });
  return { title: "Dashboards", element, destroy: () => stop.abort() };
}

function cards({ dashboards, problems }: Catalogue, wanted: string): HTMLElement[] {
  const fits = (one: Listed): boolean => `${one.title} ${one.tags.join(" ")} ${one.description}`.toLowerCase().includes(wanted);
  const found = dashboards.filter(fits);
  const folders = [...new Set(found.map(({ folder }) => folder))];
  const lists = folders.map((folder) => el("section", { attrs: { "aria-label": folder } },
    folders.length > 1 && el("h2", { text: folder }),
    el("ul", { class: "cards" }, ...found.filter((one) => one.folder === folder).map(card))));
  const wrong = problems.map(({ file, reason }) => el("p", { class: "notice notice-error", text: `${file}: ${reason}` }));
  return [...(found.length > 0 ? lists : [el("p", { class: "notice", text: wanted ? "No dashboard matches." : "No dashboards here yet." })]), ...wrong];
}

function card(one: Listed): HTMLElement {
  return el("li", {}, el("a", { class: "card", attrs: { href: `/d/${encodeURIComponent(one.uid)}` } },
    el("b", { text: one.title }), el("span", { class: "card-text", text: one.description })),
    el("span", { class: "tags" }, ...one.tags.map((tag) => el("span", { class: "tag", text: tag }))));
}

function counts(report: Review): HTMLElement[] {
  const of = (severity: string): number => report.findings.filter((f) => f.severity === severity).length;
  const words: [string, string, number][] = [["P1", "act now", of("P1")], ["P2", "act this week", of("P2")], ["info", "for information", of("info")]];
  const unjudged = report.sources.filter(({ judged }) => !judged).length;
  return [
    ...words.map(([severity, meaning, n]) => el("a", { class: `count severity-${severity}${n > 0 ? "" : " none"}`, attrs: { href: "/findings" } },
      el("b", { text: String(n) }), el("span", { text: `${severity}, ${meaning}` }))),
    ...(unjudged > 0 ? [el("a", { class: "count severity-P2", attrs: { href: "/findings" } }, el("b", { text: String(unjudged) }), el("span", { text: "not judged" }))] : []),
  ];
}

function failed(error: unknown): HTMLElement {
  return el("p", { class: "notice notice-error", text: wordsOf(error) });
}
