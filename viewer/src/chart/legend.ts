/** The legend: names, colours, and figures of every series; a click shows one alone. */

import { list, option, type Rec } from "../model/dashboard.ts";
import { shown } from "../model/display.ts";
import type { Field } from "../model/frame.ts";
import { reduce, reducerName, UNITLESS } from "../model/reducers.ts";
import type { PanelContext } from "../panels/panel.ts";
import { el } from "../ui/dom.ts";

export interface LegendItem {
  name: string;
  colour: string;
  field: Field;
  values: readonly (number | null)[];
}

export interface LegendOptions {
  mode: "list" | "table" | "hidden";
  right: boolean;
  calcs: string[];
}

export function legendOptions(options: Rec | undefined): LegendOptions {
  const mode = option(options, "legend.displayMode", "list");
  const shows = option(options, "legend.showLegend", mode !== "hidden");
  const calcs = list<string>((options?.["legend"] as Rec | undefined)?.["calcs"]);
  return {
    mode: !shows || mode === "hidden" ? "hidden" : mode === "table" ? "table" : "list",
    right: option(options, "legend.placement", "bottom") === "right",
    calcs,
  };
}

export function legend(items: readonly LegendItem[], options: LegendOptions, context: PanelContext): HTMLElement | undefined {
  if (options.mode === "hidden" || items.length === 0) return undefined;
  const sorted = sortedItems(items, context);
  return options.mode === "table" ? table(sorted, items, options, context) : asList(sorted, items, options, context);
}

function asList(items: readonly LegendItem[], all: readonly LegendItem[], { calcs, right }: LegendOptions, context: PanelContext): HTMLElement {
  return el("ul", { class: right ? "legend legend-right" : "legend", attrs: { "aria-label": "Series" } },
    ...items.map((item) => el("li", {}, toggle(item, all, context),
      ...calcs.map((id) => el("span", { class: "legend-calc", text: `${reducerName(id)}: ${figure(item, id)}` })))));
}

function table(items: readonly LegendItem[], all: readonly LegendItem[], { calcs, right }: LegendOptions, context: PanelContext): HTMLElement {
  const sort = context.state.sort;
  const head = ["Name", ...calcs].map((id, i) => {
    const name = i === 0 ? "Name" : reducerName(id);
    const on = sort?.column === id;
    return el("th", { attrs: { scope: "col", "aria-sort": on ? (sort.descending ? "descending" : "ascending") : undefined } },
      el("button", { class: "plain", text: on ? `${name} ${sort.descending ? "▾" : "▴"}` : name, attrs: { type: "button" }, on: { click: () => {
        context.state.sort = { column: id, descending: on ? !sort.descending : i > 0 };
        context.again();
      } } }));
  });
  return el("div", { class: right ? "legend-table legend-right" : "legend-table", attrs: { tabindex: 0, role: "group", "aria-label": "Series" } },
    el("table", {}, el("thead", {}, el("tr", {}, ...head)),
      el("tbody", {}, ...items.map((item) => el("tr", {}, el("td", {}, toggle(item, all, context)),
        ...calcs.map((id) => el("td", { text: figure(item, id) })))))));
}

/** A click shows one series alone, or all again; with a key held it takes one away. */
function toggle(item: LegendItem, all: readonly LegendItem[], context: PanelContext): HTMLElement {
  const { hidden } = context.state;
  const click = (event: MouseEvent): void => {
    const others = all.filter((other) => other.name !== item.name);
    const alone = !hidden.has(item.name) && others.length > 0 && others.every((other) => hidden.has(other.name));
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      if (!hidden.delete(item.name)) hidden.add(item.name);
    } else {
      hidden.clear();
      if (!alone) for (const other of others) hidden.add(other.name);
    }
    context.again();
  };
  return el("button", { class: "plain legend-item", title: item.name,
    attrs: { type: "button", "aria-pressed": !hidden.has(item.name) ? "true" : "false" }, on: { click } },
    el("i", { class: "swatch", style: { background: item.colour } }), el("span", { text: item.name }));
}

function figure(item: LegendItem, id: string): string {
  const value = reduce(item.values, id);
  if (UNITLESS.has(id)) return String(value);
  return id === "diffperc" && typeof value === "number" ? `${(value * 100).toFixed(1)}%` : shown(item.field, value).text;
}

function sortedItems(items: readonly LegendItem[], context: PanelContext): LegendItem[] {
  const options = context.panel.options;
  const column = context.state.sort?.column ?? idOf(option(options, "legend.sortBy", ""), items);
  const descending = context.state.sort?.descending ?? option(options, "legend.sortDesc", true);
  if (!column) return [...items];
  const key = (item: LegendItem): number => Number(reduce(item.values, column) ?? -Infinity);
  return items.toSorted((a, b) => (column === "Name" ? a.name.localeCompare(b.name, undefined, { numeric: true }) : key(a) - key(b))
    * (descending ? -1 : 1));
}

/** Dashboards write the shown name of a reducer, such as `Last *`. */
function idOf(shownName: string, _: readonly LegendItem[]): string {
  const ids = ["lastNotNull", "last", "min", "max", "mean", "sum", "median", "count", "range", "first", "firstNotNull"];
  return shownName === "" ? "" : (ids.find((id) => reducerName(id) === shownName || id === shownName) ?? (shownName === "Name" ? "Name" : ""));
}
