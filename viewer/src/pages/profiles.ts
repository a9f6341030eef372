/** Profiles on record: one as a flame graph, or two and how they differ. */

import { flameGraph } from "../flame/graph.ts";
import type { FlameData } from "../flame/tree.ts";
import { getJson, isAbort, wordsOf } from "../query/client.ts";
import { rewrite, type Page } from "../router.ts";
import { announce, el } from "../ui/dom.ts";

interface Listed {
  id: string;
  service: string;
  host: string;
  revision: string;
  started_at: number | null;
  samples: number;
}

interface Picture {
  graph: FlameData;
  summary: string[];
}

export function profilesPage(): Page {
  const words = new URLSearchParams(location.search);
  const shown = el("select", { attrs: { name: "profile" } });
  const before = el("select", { attrs: { name: "before" } });
  const content = el("div", { class: "content", attrs: { "aria-busy": "true" } });
  const form = el("form", { class: "forecast-form", on: { change: () => void ask(true), submit: (event: Event) => event.preventDefault() } },
    el("label", {}, el("span", { text: "Profile" }), shown), el("label", {}, el("span", { text: "Compared with" }), before));
  const element = el("div", { class: "page prose-page profiles" }, el("div", { class: "page-head" }, el("h1", { text: "Profiles" })),
    el("p", { class: "lead", text: "What services spend their time on, as it was sampled." }), form, content);
  let stop = new AbortController();

  const fail = (error: unknown): void => {
    if (isAbort(error)) return;
    content.replaceChildren(el("p", { class: "notice notice-error", text: wordsOf(error), attrs: { role: "alert" } }));
    content.setAttribute("aria-busy", "false");
  };
  const ask = async (typed: boolean): Promise<void> => {
    const asked = new URLSearchParams({ profile: shown.value, ...(before.value ? { before: before.value } : {}) });
    if (typed) rewrite(`?${asked}`);
    stop.abort();
    stop = new AbortController();
    content.setAttribute("aria-busy", "true");
    try {
      const { data } = await getJson<{ data: Picture }>(`/api/profile?${asked}`, stop.signal);
      content.replaceChildren(flameGraph(data.graph), el("ul", { class: "note" }, ...data.summary.map((text) => el("li", { text }))));
      content.setAttribute("aria-busy", "false");
      announce(`${data.graph.samples} samples shown`);
    } catch (error) { fail(error); }
  };
  const begin = async (): Promise<void> => {
    try {
      const { data } = await getJson<{ data: { profiles: Listed[] } }>("/api/profiles", stop.signal);
      const all = [...data.profiles].reverse();
      if (all.length === 0) {
        content.replaceChildren(el("p", { class: "notice", text: "No profiles are on record. `codesentinel profile record` takes one." }));
        content.setAttribute("aria-busy", "false");
        return;
      }
      const options = (chosen: string): HTMLOptionElement[] => all.map((one) => el("option", { text: named(one), attrs: { value: one.id, selected: one.id === chosen } }));
      shown.replaceChildren(...options(words.get("profile") ?? ""));
      before.replaceChildren(el("option", { text: "nothing", attrs: { value: "" } }), ...options(words.get("before") ?? ""));
      await ask(false);
    } catch (error) { fail(error); }
  };
  void begin();
  return { title: "Profiles", element, destroy: () => stop.abort() };
}

function named(one: Listed): string {
  const at = one.started_at === null ? "" : new Date(1000 * one.started_at).toISOString().slice(0, 19).replace("T", " ");
  return `${one.service || "?"} ${at} UTC, ${one.samples} samples${one.revision ? `, ${one.revision.slice(0, 12)}` : ""} (${one.id})`;
}
