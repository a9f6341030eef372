/** A flame graph: callers above callees, as wide as their share; zoom, search, keyboard, and a tooltip. */

import { el } from "../ui/dom.ts";
import { hueOf, percent, samplesOf, shift, treeOf, type FlameData, type FlameNode } from "./tree.ts";

const ROW_PIXELS = 20;
const NARROWEST_PIXELS = 1.5;
const LABEL_PIXELS = 30;

export function flameGraph(data: FlameData): HTMLElement {
  const root = treeOf(data);
  let zoomed = root;
  let focused = root;
  let wanted = "";
  const boxes = new Map<FlameNode, HTMLElement>();
  const search = el("input", { attrs: { type: "search", "aria-label": "Search for functions and modules", placeholder: "Search", spellcheck: "false", autocomplete: "off" } });
  const matched = el("output", { class: "flame-matched", attrs: { "aria-live": "polite" } });
  const reset = el("button", { text: "Show all", attrs: { type: "button" }, on: { click: () => zoom(root) } });
  const tip = el("div", { class: "flame-tip", attrs: { role: "tooltip", hidden: true } });
  const chart = el("div", { class: "flame-chart", attrs: { role: "tree", "aria-label": `Flame graph of ${data.title}` } });
  const help = el("p", { class: "flame-help", text: data.before === null
    ? "Colours stand for modules. Arrow keys move, Enter zooms, Escape shows all, / searches."
    : "Red takes a larger share than before, blue a smaller one. Arrow keys move, Enter zooms, Escape shows all, / searches." });
  const element = el("div", { class: "flame" }, el("div", { class: "flame-bar" }, search, reset, matched), chart, tip, help);

  const fits = (node: FlameNode): boolean => node !== root && `${node.name}\n${node.module}`.toLowerCase().includes(wanted);
  const says = (node: FlameNode): string => {
    const own = node.samples - node.below.reduce((sum, one) => sum + one.samples, 0);
    const share = `${percent(node.samples, data.samples)} of the samples (${node.samples}), itself ${percent(own, data.samples)}`;
    const changed = data.before === null ? "" : `; before ${percent(node.before, data.before)} (${node.before})`;
    return `${node.name}${node.module ? ` (${node.module})` : ""}: ${share}${changed}`;
  };

  function draw(): void {
    boxes.clear();
    const width = chart.clientWidth || 1000;
    const drawn: HTMLElement[] = [];
    let deepest = 0;
    const put = (node: FlameNode, left: number, wide: number): void => {
      if (wide * width < NARROWEST_PIXELS) return;
      deepest = Math.max(deepest, node.depth);
      drawn.push(box(node, left, wide, wide * width));
      let at = left;
      for (const one of node.below) {
        const part = node.samples ? wide * one.samples / node.samples : 0;
        put(one, at, part);
        at += part;
      }
    };
    for (let one = zoomed.parent; one; one = one.parent) drawn.unshift(box(one, 0, 1, width, true));
    put(zoomed, 0, 1);
    chart.style.setProperty("height", `${(deepest + 1) * ROW_PIXELS}px`);
    chart.replaceChildren(...drawn);
    if (!boxes.has(focused)) focused = zoomed;
    boxes.get(focused)?.setAttribute("tabindex", "0");
    reset.disabled = zoomed === root;
    matched.textContent = wanted ? `${percent(samplesOf(root, fits), data.samples)} matched` : "";
  }

  function box(node: FlameNode, left: number, wide: number, pixels: number, isAbove = false): HTMLElement {
    const made = el("div", {
      class: `flame-box${isAbove ? " is-above" : ""}${wanted && fits(node) ? " is-match" : ""}`,
      text: pixels >= LABEL_PIXELS ? node.name : "",
      attrs: { role: "treeitem", tabindex: "-1", "aria-label": says(node), "aria-level": node.depth + 1 },
      style: { left: `${100 * left}%`, width: `${100 * wide}%`, top: `${node.depth * ROW_PIXELS}px`, background: colour(node) },
      on: {
        click: () => zoom(node),
        mousemove: (event: MouseEvent) => show(node, event.clientX, event.clientY),
        mouseleave: () => { tip.hidden = true; },
        focus: () => { focused = node; const at = made.getBoundingClientRect(); show(node, at.left, at.bottom); },
        blur: () => { tip.hidden = true; },
      },
    });
    boxes.set(node, made);
    return made;
  }

  function colour(node: FlameNode): string {
    if (node === root) return "hsl(0 0% 78%)";
    if (data.before === null) return `hsl(${hueOf(node.module)} 62% 74%)`;
    const moved = shift(node, data);
    return `hsl(${moved > 0 ? 8 : 215} ${Math.round(90 * Math.sqrt(Math.abs(moved)))}% ${Math.round(88 - 18 * Math.abs(moved))}%)`;
  }

  function show(node: FlameNode, x: number, y: number): void {
    tip.replaceChildren(el("strong", { text: node.name }), el("span", { text: node.file || node.module }), el("span", { text: says(node).slice(says(node).lastIndexOf("): ") + 3) }));
    tip.hidden = false;
    const size = tip.getBoundingClientRect();
    tip.style.setProperty("left", `${Math.max(4, Math.min(x + 12, innerWidth - size.width - 4))}px`);
    tip.style.setProperty("top", `${y + 14 + size.height > innerHeight ? Math.max(4, y - size.height - 8) : y + 14}px`);
  }

  function zoom(node: FlameNode): void {
    const inside = chart.contains(document.activeElement);
    zoomed = focused = node;
    tip.hidden = true;
    draw();
    if (inside) boxes.get(node)?.focus();
  }

  function go(node: FlameNode | undefined): void {
    const made = node && boxes.get(node);
    if (!node || !made) return;
    boxes.get(focused)?.setAttribute("tabindex", "-1");
    focused = node;
    made.setAttribute("tabindex", "0");
    made.focus();
  }

  function beside(step: number): FlameNode | undefined {
    const all = focused.parent?.below.filter((one) => boxes.has(one)) ?? [];
    return all[all.indexOf(focused) + step];
  }

  chart.addEventListener("keydown", (event) => {
    const widest = focused.below.filter((one) => boxes.has(one)).sort((a, b) => b.samples - a.samples)[0];
    const act = { ArrowUp: () => go(focused.parent), ArrowDown: () => go(widest), ArrowLeft: () => go(beside(-1)),
      ArrowRight: () => go(beside(1)), Home: () => go(zoomed), Enter: () => zoom(focused), " ": () => zoom(focused) }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = wanted = "";
      zoom(root);
    } else if (event.key === "/" && event.target !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  search.addEventListener("input", () => { wanted = search.value.trim().toLowerCase(); draw(); });
  new ResizeObserver(draw).observe(chart);
  draw();
  return element;
}
