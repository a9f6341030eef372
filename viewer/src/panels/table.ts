/** Rows and columns: sorted by a click on a heading, coloured and linked cell by cell. */

import { isRec, list, option, type Rec } from "../model/dashboard.ts";
import { shown } from "../model/display.ts";
import { displayName, rows, type Field, type Frame } from "../model/frame.ts";
import { reduce } from "../model/reducers.ts";
import { order } from "../transform/compute.ts";
import { alpha, onTop } from "../ui/colours.ts";
import { el } from "../ui/dom.ts";
import { link } from "./value-link.ts";
import type { PanelContext, Renderer } from "./panel.ts";

const MOST_ROWS = 500;

export const table: Renderer = (host, context) => {
  const frame = chosen(context);
  if (!frame) return { summary: "no rows" };
  const columns = frame.fields.filter((f) => !option(f.config.custom, "hidden", false) && !option(f.config.custom, "hideFrom.viz", false));
  const sort = context.state.sort ?? savedSort(context.panel.options);
  const key = frame.fields.find((f) => displayName(f, frame) === sort?.column);
  const places = key ? order(key.values, sort?.descending ?? false) : [...Array(rows(frame)).keys()];
  const seen = places.slice(0, MOST_ROWS);
  const extents = new Map(columns.map((f) => [f, extent(f)]));
  const head = option(context.panel.options, "showHeader", true)
    ? el("thead", {}, el("tr", {}, ...columns.map((f) => heading(f, frame, sort, context)))) : undefined;
  const body = el("tbody", {}, ...seen.map((index) => el("tr", {},
    ...columns.map((f) => cell(f, frame, index, extents.get(f) ?? { min: 0, max: 1 }, context)))));
  const title = context.panel.title ?? "Table";
  host.append(el("div", { class: "table-box", attrs: { tabindex: 0, role: "group", "aria-label": title } },
    el("table", { class: `data cells-${option(context.panel.options, "cellHeight", "sm")}` }, el("caption", { class: "sr", text: title }),
      head, body, footer(columns, context.panel.options))));
  if (places.length > seen.length) host.append(el("p", { class: "note", text: `The first ${seen.length} of ${places.length} rows.` }));
  return { summary: `${places.length} rows of ${columns.map((f) => displayName(f, frame)).join(", ")}` };
};

/** The frame that is shown; series without a table's format become one row each. */
function chosen({ data, panel }: PanelContext): Frame | undefined {
  const frames = data.frames.filter((frame) => rows(frame) > 0);
  const index = option(panel.options, "frameIndex", 0);
  const series = frames.length > 1 && frames.every((frame) => frame.fields.length === 2);
  if (!series) return frames[index] ?? frames[0];
  const [first] = frames;
  if (!first) return undefined;
  const name = { name: "Series", type: "string" as const, labels: {}, config: {}, values: frames.map((f) => displayName(f.fields[1]!, f)) };
  const { legend: _, ...value } = first.fields[1]!;
  return { refId: first.refId, fields: [name, { ...value, labels: {}, name: "Value", values: frames.map((f) => reduce(f.fields[1]?.values ?? [], "lastNotNull")) }] };
}

type Sort = { column: string; descending: boolean } | undefined;

function savedSort(options: Rec | undefined): Sort {
  const first = list<Rec>(options?.["sortBy"])[0];
  return first ? { column: String(first["displayName"] ?? ""), descending: first["desc"] === true } : undefined;
}

function heading(f: Field, frame: Frame, sort: Sort, context: PanelContext): HTMLElement {
  const name = displayName(f, frame);
  const on = sort?.column === name ? sort : undefined;
  const click = (): void => {
    context.state.sort = { column: name, descending: on ? !on.descending : f.type === "number" };
    context.again();
  };
  const width = option(f.config.custom, "width", 0);
  return el("th", { class: align(f), attrs: { scope: "col", "aria-sort": on ? (on.descending ? "descending" : "ascending") : "none" },
    style: width > 0 ? { width: `${width}px` } : {} },
    el("button", { class: "plain", attrs: { type: "button" }, on: { click } }, name, on ? el("span", { class: "sort", text: on.descending ? " ▾" : " ▴" }) : null));
}

function cell(f: Field, frame: Frame, index: number, extent: { min: number; max: number }, context: PanelContext): HTMLElement {
  const value = f.values[index] ?? null;
  const look = shown(f, value, index, extent);
  const kind = cellType(f);
  const text = el("span", { text: look.text });
  const made = el("td", { class: align(f), title: look.text.length > 40 ? look.text : "" }, link(f, value, context, text, { frame, index }));
  if (kind === "color-text") made.style.setProperty("color", look.colour);
  else if (kind.startsWith("color-background") && look.colour !== "transparent" && (value !== null || f.config.noValue)) {
    const solid = option(f.config.custom, "cellOptions.mode", "gradient") === "basic";
    made.style.setProperty("background", solid ? look.colour : alpha(look.colour, 0.22));
    made.style.setProperty("color", solid ? onTop(look.colour) : "var(--text)");
  } else if (["gauge", "lcd-gauge", "gradient-gauge", "basic"].includes(kind) && typeof value === "number") {
    const [min, max] = [f.config.min ?? Math.min(0, extent.min), f.config.max ?? extent.max];
    const ratio = Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
    made.classList.add("cell-gauge");
    made.prepend(el("div", { class: "cell-track" }, el("div", { class: "bar-fill", style: { width: `${(ratio * 100).toFixed(1)}%`, background: look.colour } })));
  } else if (kind === "json-view") text.classList.add("code");
  return made;
}

function cellType(f: Field): string {
  const options = f.config.custom?.["cellOptions"];
  return isRec(options) ? String(options["type"] ?? "auto") : option(f.config.custom, "displayMode", "auto");
}

function align(f: Field): string {
  const wanted = option(f.config.custom, "align", "auto");
  return wanted === "auto" || wanted === "" ? (f.type === "number" ? "right" : "left") : wanted;
}

function extent(f: Field): { min: number; max: number } {
  const [min, max] = [reduce(f.values, "min"), reduce(f.values, "max")];
  return { min: typeof min === "number" ? min : 0, max: typeof max === "number" ? max : 1 };
}

function footer(columns: readonly Field[], options: Rec | undefined): HTMLElement | undefined {
  if (!option(options, "footer.show", false)) return undefined;
  const id = list<string>((options?.["footer"] as Rec | undefined)?.["reducer"])[0] ?? "sum";
  return el("tfoot", {}, el("tr", {}, ...columns.map((f) =>
    el("td", { class: align(f), text: f.type === "number" ? shown(f, reduce(f.values, id)).text : "" }))));
}
