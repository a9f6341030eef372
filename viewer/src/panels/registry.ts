/** Kinds of panels by the name that dashboards know them by; each is loaded when a dashboard has one. */

import type { Renderer } from "./panel.ts";

type Load = () => Promise<Renderer>;

export const PANELS: Record<string, Load> = {
  bargauge: () => import("./bargauge.ts").then((m) => m.bargauge),
  gauge: () => import("./gauge.ts").then((m) => m.gauge),
  heatmap: () => import("./heatmap.ts").then((m) => m.heatmap),
  stat: () => import("./stat.ts").then((m) => m.stat),
  "state-timeline": () => import("./state-timeline.ts").then((m) => m.stateTimeline),
  "status-history": () => import("./state-timeline.ts").then((m) => m.statusHistory),
  table: () => import("./table.ts").then((m) => m.table),
  text: () => import("./text.ts").then((m) => m.text),
  timeseries: () => import("./timeseries.ts").then((m) => m.timeseries),
};

/** Kinds that show no data of queries. */
export const WITHOUT_DATA = new Set(["text"]);
