/** The data of a panel as a table, its queries as they were asked, its JSON. */

import type { Panel } from "../model/dashboard.ts";
import { textOf } from "../model/display.ts";
import { displayName, field, rows, type Frame } from "../model/frame.ts";
import { aligned } from "../query/frames.ts";
import type { PanelData } from "../query/run.ts";
import { durationText } from "../time/range.ts";
import { el } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";

const MOST_ROWS = 200;
const MOST_COLUMNS = 40;

export function inspect(title: string, panel: Panel, data: PanelData | undefined): void {
  const close = el("button", { class: "plain", attrs: { type: "button", "aria-label": "Close" }, on: { click: () => box.close() } }, icon("close"));
  const frames = data?.frames ?? [];
  const box = el("dialog", { class: "inspect", attrs: { "aria-label": `Data and queries of ${title}` } },
    el("header", {}, el("h2", { text: title }), close),
    el("div", { class: "inspect-body" },
      el("h3", { text: "Queries" }),
      ...(data?.asked ?? []).map((one) => el("div", { class: "query" },
        el("pre", { attrs: { tabindex: 0 } }, el("code", { text: one.query })),
        el("p", { class: "note", text: [one.refId, one.step ? `every ${durationText(one.step)}` : "now", `${one.series} series`,
          `${one.milliseconds} ms`, one.error].filter(Boolean).join(" · ") }))),
      el("h3", { text: "Data" }),
      ...(frames.length === 0 ? [el("p", { class: "note", text: "No data." })] : tables(frames).map(frameTable)),
      el("details", {}, el("summary", { text: "Panel as JSON" }), el("pre", { attrs: { tabindex: 0 } }, el("code", { text: JSON.stringify(panel, null, 2) })))));
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
}

/** Series over time side by side, in one table. */
function tables(frames: readonly Frame[]): Frame[] {
  if (!frames.every((frame) => frame.step !== undefined && !frame.heatmap)) return [...frames];
  const { times, columns } = aligned(frames);
  const values = columns.slice(0, MOST_COLUMNS).map((column) => ({ ...column.field, values: column.values }));
  return [{ refId: "", fields: [field("Time", "time", times), ...values] }];
}

/** The latest rows first: they are what is asked for. */
function frameTable(frame: Frame): HTMLElement {
  const count = rows(frame);
  const times = frame.fields.some((f) => f.type === "time");
  const places = [...Array(count).keys()].slice(times ? -MOST_ROWS : 0, times ? undefined : MOST_ROWS);
  if (times) places.reverse();
  return el("div", { class: "table-box", attrs: { tabindex: 0, role: "group", "aria-label": "Values" } }, el("table", { class: "data" },
    el("thead", {}, el("tr", {}, ...frame.fields.map((f) => el("th", { class: f.type === "number" ? "right" : "", text: displayName(f, frame), attrs: { scope: "col" } })))),
    el("tbody", {}, ...places.map((i) => el("tr", {}, ...frame.fields.map((f) => el("td", { class: f.type === "number" ? "right" : "", text: textOf(f, f.values[i] ?? null) })))))));
}
