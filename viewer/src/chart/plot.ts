/** What every chart over time has in common: the axis of time, the crosshair, zooming, keys, marks. */

import uPlot from "uplot";

import { moment, tick, zoneName } from "../format/date.ts";
import type { PanelContext } from "../panels/panel.ts";
import { announce } from "../ui/dom.ts";
import { lineColours } from "./axis.ts";
import { drawMarks, marksAt } from "./marks.ts";
import { hideTooltip, showTooltip, type TooltipRow } from "./tooltip.ts";
import { FONT } from "../ui/font.ts";

export interface TimePlot {
  /** uPlot's data: times in milliseconds, then one array for each series. */
  data: uPlot.AlignedData;
  series: uPlot.Series[];
  scales: uPlot.Scales;
  axes: uPlot.Axis[];
  bands?: uPlot.Band[];
  /** What the tooltip says at an index of the data (and a place in the plot). */
  rows(u: uPlot, index: number): TooltipRow[];
  /** Rows in words, for those who walk the chart by keys. */
  drawBelow?(u: uPlot): void;
  drawAbove?(u: uPlot): void;
  tooltip: boolean;
  /** Whether the crosshair marks the points of the series; not where series are rows. */
  dots: boolean;
  label: string;
}

/** What of its surroundings a chart has to know. */
export type PlotContext = Pick<PanelContext, "marks" | "sharing" | "zoom"> & { data: { range: { from: number; to: number } } };

const LEAST_ZOOM_PIXELS = 6;

/** Where the pointer is, so that a chart that is drawn anew below it goes on telling what is there. */
let pointer: { x: number; y: number } | undefined;
addEventListener("pointermove", ({ clientX, clientY }) => (pointer = { x: clientX, y: clientY }), { passive: true });

export function timePlot(host: HTMLElement, context: PlotContext, plot: TimePlot): uPlot {
  const { from, to } = context.data.range;
  const { text, grid } = lineColours();
  let hovered = false;
  const options: uPlot.Options = {
    width: Math.max(40, host.clientWidth),
    height: Math.max(30, host.clientHeight),
    ms: 1,
    padding: [8, plot.axes.some((axis) => axis.side === 1 && axis.show !== false) ? 0 : 16, 0, plot.axes.length > 0 ? 0 : 10],
    legend: { show: false },
    ...(zoneName() === "UTC" ? { tzDate: (at: number) => uPlot.tzDate(new Date(at), "Etc/UTC") } : {}),
    scales: { x: { time: true, range: () => [from, to] }, ...plot.scales },
    axes: [
      { stroke: text, font: FONT, gap: 4, size: 24, space: 58, ticks: { show: false }, border: { show: false },
        grid: { stroke: grid, width: 1 }, values: (_, splits, __, ___, step) => splits.map((at) => tick(at, step)) },
      ...plot.axes,
    ],
    series: [{}, ...plot.series],
    ...(plot.bands ? { bands: plot.bands } : {}),
    cursor: {
      drag: { x: true, y: false, setScale: false, dist: LEAST_ZOOM_PIXELS },
      focus: { prox: 24 },
      points: plot.dots ? { size: 7, width: 2 } : { show: false },
      ...(context.sharing > 0
        ? { sync: { key: "time", scales: ["x", null], filters: { pub: (type: string) => type === "mousemove" || type === "mouseleave" } } }
        : {}),
    },
    hooks: {
      drawClear: [(u) => plot.drawBelow?.(u)],
      draw: [(u) => { plot.drawAbove?.(u); drawMarks(u, context.marks); }],
      destroy: [(u) => hideTooltip(u.root)],
      setSelect: [(u) => zoomed(u, context)],
      setCursor: [(u) => {
        if (!plot.tooltip) return;
        const { idx, left = -1, top = -1 } = u.cursor;
        if ((hovered || context.sharing === 2) && idx != null && left >= 0) tell(u, plot, context, idx, left, top, hovered);
        else if (hovered) hideTooltip();
        else if (context.sharing === 2) hideTooltip(u.root);
      }],
    },
  };
  const u = new uPlot(options, plot.data, host);
  u.over.tabIndex = 0;
  u.over.setAttribute("role", "img");
  u.over.setAttribute("aria-roledescription", "chart");
  u.over.setAttribute("aria-label", plot.label);
  u.over.addEventListener("pointerenter", () => (hovered = true));
  u.over.addEventListener("pointerleave", () => { hovered = false; hideTooltip(); });
  requestAnimationFrame(() => {
    if (!u.over.isConnected || !u.over.matches(":hover") || pointer === undefined) return;
    const box = u.over.getBoundingClientRect();
    hovered = true;
    u.setCursor({ left: pointer.x - box.left, top: pointer.y - box.top });
  });
  walkByKeys(u, plot, () => (hovered = true), () => { hovered = false; hideTooltip(); });
  return u;
}

function tell(u: uPlot, plot: TimePlot, context: PlotContext, idx: number, left: number, top: number, own: boolean): void {
  const at = u.data[0][idx];
  if (at === undefined) return;
  const box = u.over.getBoundingClientRect();
  const marks = own ? marksAt(u, context.marks, left) : [];
  showTooltip(u.root, { x: box.left + left, y: box.top + top }, moment(at), plot.rows(u, idx), marks);
}

function zoomed(u: uPlot, context: PlotContext): void {
  const { left, width } = u.select;
  if (width < LEAST_ZOOM_PIXELS) return;
  const [from, to] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
  u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  context.zoom(from, to);
}

/** Arrow keys move the crosshair from point to point; what stands there is said. */
function walkByKeys(u: uPlot, plot: TimePlot, enter: () => void, leave: () => void): void {
  let at = -1;
  u.over.addEventListener("keydown", (event) => {
    const last = (u.data[0]?.length ?? 0) - 1;
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape") return u.over.blur();
    if (step === undefined || last < 0) return;
    event.preventDefault();
    at = at < 0 ? (step > 0 && step !== Infinity ? 0 : last) : Math.min(last, Math.max(0, at + step));
    enter();
    u.setCursor({ left: u.valToPos(u.data[0][at] ?? 0, "x"), top: u.over.clientHeight / 3 });
    const said = plot.rows(u, at).map(({ name, value }) => `${name} ${value}`);
    announce(`${moment(u.data[0][at] ?? 0)}: ${said.slice(0, 12).join(", ") || "no value"}`);
  });
  u.over.addEventListener("blur", () => { at = -1; leave(); u.setCursor({ left: -10, top: -10 }); });
}
