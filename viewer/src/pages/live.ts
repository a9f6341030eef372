/** A page that shows one answer of the server, and asks again every half minute. */

import { isAbort, wordsOf } from "../query/client.ts";
import type { Page } from "../router.ts";
import { el } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";

const EVERY_MILLISECONDS = 30_000;

export function livePage<T>(title: string, about: string, ask: (signal: AbortSignal) => Promise<T>, show: (answer: T) => HTMLElement[]): Page {
  const stop = new AbortController();
  const content = el("div", { class: "content", attrs: { "aria-busy": "true" } }, el("p", { class: "note", text: "Asking…" }));
  const button = el("button", { attrs: { type: "button", "aria-label": "Refresh now" }, title: "Refresh now", on: { click: () => void load() } }, icon("refresh"));
  const element = el("div", { class: "page prose-page" }, el("div", { class: "page-head" }, el("h1", { text: title }), button), el("p", { class: "lead", text: about }), content);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = "";
  const load = async (): Promise<void> => {
    clearTimeout(timer);
    content.setAttribute("aria-busy", "true");
    try {
      const answer = await ask(stop.signal);
      const text = JSON.stringify(answer);
      if (text !== last) content.replaceChildren(...show(answer));
      last = text;
    } catch (error) {
      if (isAbort(error)) return;
      last = "";
      content.replaceChildren(el("p", { class: "notice notice-error", text: wordsOf(error), attrs: { role: "alert" } }));
    }
    content.setAttribute("aria-busy", "false");
    timer = setTimeout(() => void load(), EVERY_MILLISECONDS);
  };
  void load();
  return { title, element, destroy: () => { stop.abort(); clearTimeout(timer); } };
}
