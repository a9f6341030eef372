/** The one tooltip of the page, beside the pointer. */

import { dateIn } from "../format/date.ts";
import type { Mark } from "../query/annotations.ts";
import { el } from "../ui/dom.ts";

export interface TooltipRow {
  name: string;
  value: string;
  colour: string;
  /** The series that the pointer is at. */
  near?: boolean;
}

const MOST_ROWS = 20;
const boxes = new Map<Element, HTMLElement>();

/** One box for each chart that shows one; more than one only where charts share their tooltips. */
export function showTooltip(
  owner: Element, at: { x: number; y: number }, title: string, rows: readonly TooltipRow[], marks: readonly Mark[] = [],
): void {
  let box = boxes.get(owner);
  if (!box) {
    box = document.body.appendChild(el("div", { class: "tooltip", attrs: { "aria-hidden": "true" } }));
    boxes.set(owner, box);
  }
  const shown = rows.slice(0, MOST_ROWS);
  box.replaceChildren(
    el("div", { class: "tooltip-time", text: title }),
    ...shown.map((row) =>
      el("div", { class: row.near ? "tooltip-row near" : "tooltip-row" },
        el("i", { class: "swatch", style: { background: row.colour } }),
        el("span", { class: "tooltip-name", text: row.name }), el("b", { text: row.value }))),
    rows.length > shown.length && el("div", { class: "tooltip-more", text: `and ${rows.length - shown.length} more` }) || "",
    ...marks.map(markBox),
  );
  place(box, at);
}

/** Hides one chart's box, or all. */
export function hideTooltip(owner?: Element): void {
  for (const [one, box] of boxes) {
    if (owner && one !== owner) continue;
    box.remove();
    boxes.delete(one);
  }
}

function markBox(mark: Mark): HTMLElement {
  const time = dateIn("YYYY-MM-DD HH:mm:ss", mark.from, true);
  const until = mark.to === undefined ? "" : ` – ${dateIn("YYYY-MM-DD HH:mm:ss", mark.to, true)}`;
  return el("div", { class: "tooltip-mark", style: { "border-color": mark.colour } },
    el("b", { text: mark.title }), el("div", { text: `${time}${until}` }),
    mark.text !== "" && mark.text !== mark.title && el("div", { text: mark.text }),
    mark.tags.length > 0 && el("div", { class: "tags" }, ...mark.tags.map((tag) => el("span", { class: "tag", text: tag }))));
}

/** To the right below the pointer, or wherever there is room. */
function place(box: HTMLElement, { x, y }: { x: number; y: number }): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = x + 16 + width > innerWidth ? Math.max(4, x - width - 16) : x + 16;
  const top = Math.max(4, Math.min(y + 12, innerHeight - height - 4));
  box.style.setProperty("transform", `translate(${Math.round(left)}px, ${Math.round(top)}px)`);
}
