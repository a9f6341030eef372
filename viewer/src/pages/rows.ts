/** A row of a dashboard: a heading that opens and closes what is below it. */

import { el } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { interpolate } from "../variables/interpolate.ts";
import type { Section } from "./layout.ts";

/** Which rows the reader opened or closed, by their key. */
export type RowState = Map<string, boolean>;

export function sectionElement(section: Section, state: RowState, panels: readonly HTMLElement[]): HTMLElement {
  const grid = el("div", { class: "grid" }, ...panels);
  if (!section.row) return el("section", { class: "section", attrs: { "aria-label": "Panels" } }, grid);
  const title = interpolate(section.row.title || "Row", section.values);
  const id = `row-${section.key}`;
  const inside = `${id}-panels`;
  grid.id = inside;
  let open = state.get(section.key) ?? !section.collapsed;
  const button = el("button", { class: "plain row-title", attrs: { type: "button", id, "aria-controls": inside }, on: { click: () => {
    open = !open;
    state.set(section.key, open);
    apply();
  } } }, icon("down"), el("span", { text: title }),
    el("span", { class: "row-count", text: panels.length === 1 ? "1 panel" : `${panels.length} panels` }));
  const apply = (): void => {
    grid.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  apply();
  return el("section", { class: "section", attrs: { "aria-labelledby": id } }, el("h2", { class: "row-head" }, button), grid);
}
