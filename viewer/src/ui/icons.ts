/** Line icons of 16 by 16. */

import { svg } from "./dom.ts";

const PATHS: Record<string, string> = {
  menu: "M3 8h.01M8 8h.01M13 8h.01",
  info: "M8 7.2V11M8 4.9h.01M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0",
  alert: "M8 6v3.2M8 11.4h.01M8 2.2 14.2 13H1.8z",
  down: "M4 6.2 8 10.2l4-4",
  left: "M10 3.5 5.5 8l4.5 4.5",
  right: "M6 3.5 10.5 8 6 12.5",
  zoomout: "M10.4 10.4 14 14M5 7h4M12 7A5 5 0 1 1 2 7a5 5 0 0 1 10 0",
  refresh: "M13.4 8a5.4 5.4 0 1 1-1.6-3.8M13.5 2v3h-3",
  clock: "M8 4.6V8l2.4 1.6M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0",
  sun: "M8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4M3.2 3.2l1 1M11.8 11.8l1 1M3.2 12.8l1-1M11.8 4.2l1-1M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0",
  moon: "M13.6 9.6A6 6 0 1 1 6.4 2.4a4.8 4.8 0 0 0 7.2 7.2",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  external: "M9 2.5h4.5V7M13.2 2.8 7.5 8.5M11.5 9.5v4h-9v-9h4",
  expand: "M9.5 2.5h4v4M6.5 13.5h-4v-4M13.2 2.8 9.5 6.5M2.8 13.2l3.7-3.7",
};

export function icon(name: string): SVGElement {
  return svg("svg", { viewBox: "0 0 16 16", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] ?? "" }));
}
