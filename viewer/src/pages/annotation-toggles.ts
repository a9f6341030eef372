/** Which marks are drawn. */

import type { AnnotationModel } from "../model/dashboard.ts";
import { resolve } from "../ui/colours.ts";
import { el } from "../ui/dom.ts";

export function annotationToggles(models: readonly AnnotationModel[], off: Set<string>, changed: () => void): HTMLElement {
  const shown = models.filter((model) => !model.hide && !model.builtIn);
  return el("div", { class: "annotations", attrs: { role: "group", "aria-label": "Annotations" } }, ...shown.map((model) => {
    const input = el("input", { attrs: { type: "checkbox" }, on: { change: () => {
      if (input.checked) off.delete(model.name);
      else off.add(model.name);
      changed();
    } } });
    input.checked = !off.has(model.name);
    return el("label", { class: "annotation" }, input, el("i", { class: "swatch", style: { background: resolve(model.iconColor ?? "blue") } }), el("span", { text: model.name }));
  }));
}
