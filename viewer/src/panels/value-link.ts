/** Data links: from a value to where more is known about it. */

import type { Cell, Field, Frame } from "../model/frame.ts";
import { textOf } from "../model/display.ts";
import { el } from "../ui/dom.ts";
import type { PanelContext } from "./panel.ts";

/** The element inside a link, where the field has one; else the element itself. */
export function link(field: Field, value: Cell, context: PanelContext, inside: HTMLElement, row?: { frame: Frame; index: number }): HTMLElement {
  const first = field.config.links?.[0];
  if (!first?.url) return inside;
  const words: Record<string, string> = {
    "__value.raw": String(value ?? ""),
    "__value.text": textOf(field, value),
    "__value.numeric": String(value ?? ""),
    "__field.name": field.name,
    "__series.name": field.legend ?? field.name,
  };
  for (const [name, text] of Object.entries(field.labels)) words[`__field.labels.${name}`] = text;
  row?.frame.fields.forEach((other, i) => {
    const cell = other.values[row.index] ?? null;
    for (const name of [other.name, other.legend ?? other.name]) {
      words[`__data.fields.${name}`] = words[`__data.fields["${name}"]`] = String(cell ?? "");
      words[`__data.fields["${name}"].text`] = words[`__data.fields.${name}.text`] = textOf(other, cell);
    }
    words[`__data.fields[${i}]`] = String(cell ?? "");
  });
  const href = context.link(first.url, words);
  return href === "" ? inside
    : el("a", { class: "data-link", title: first.title || href, attrs: { href, ...(first.targetBlank ? { target: "_blank", rel: "noopener noreferrer" } : {}) } }, inside);
}
