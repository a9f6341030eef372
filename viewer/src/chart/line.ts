/** How one series is drawn. */

import uPlot from "uplot";

import { option } from "../model/dashboard.ts";
import type { Field, Frame } from "../model/frame.ts";
import { alpha } from "../ui/colours.ts";

export interface Line {
  name: string;
  field: Field;
  frame: Frame;
  /** Its own values, and where they are drawn once series stand on one another. */
  own: (number | null)[];
  values: (number | null)[];
  /** The line it stands on; -1 the ground, -2 it is not stacked. */
  below: number;
  colour: string;
  scale: string;
  hidden: boolean;
  percent: boolean;
}

const { linear, spline, stepped, bars } = uPlot.paths;

export function seriesOptions(line: Line): uPlot.Series {
  const custom = line.field.config.custom;
  const style = option(custom, "drawStyle", "line");
  const opacity = style === "bars" ? Math.max(40, option(custom, "fillOpacity", 0)) : option(custom, "fillOpacity", 0);
  const gradient = option(custom, "gradientMode", "none");
  const width = style === "points" ? 0 : option(custom, "lineWidth", 1) * 1.3;
  const dash = option(custom, "lineStyle.fill", "solid");
  const fill = opacity > 0 && style !== "points" ? fillOf(line, opacity / 100, gradient) : undefined;
  const paths = pathsOf(style, option(custom, "lineInterpolation", "linear"));
  return {
    label: line.name,
    scale: line.scale,
    show: !line.hidden,
    stroke: line.colour,
    width,
    ...(fill ? { fill } : {}),
    ...(paths ? { paths } : {}),
    ...(dash === "dash" ? { dash: [8, 6] } : dash === "dot" ? { dash: [1, 4], cap: "round" as const } : {}),
    ...(style === "bars" ? {} : { spanGaps: spansGaps(line) }),
    points: pointsOf(line, style, custom),
  };
}

function spansGaps(line: Line): boolean {
  return line.field.config.custom?.["spanNulls"] === true;
}

function pathsOf(style: string, interpolation: string): uPlot.Series.PathBuilder | undefined {
  if (style === "bars") return bars?.({ size: [0.8, 60], align: 0 });
  if (style === "points") return () => null;
  switch (interpolation) {
    case "smooth":
      return spline?.();
    case "stepBefore":
      return stepped?.({ align: -1 });
    case "stepAfter":
      return stepped?.({ align: 1 });
    default:
      return linear?.();
  }
}

/** Points where asked for, and where a value stands alone between two gaps: else it would not be seen. */
function pointsOf(line: Line, style: string, custom: Line["field"]["config"]["custom"]): uPlot.Series.Points {
  const mode = style === "points" ? "always" : option(custom, "showPoints", "auto");
  const size = option(custom, "pointSize", 5);
  const dots: uPlot.Series.Points = { size, stroke: line.colour, fill: line.colour, width: 1 };
  if (style === "bars") return { show: false };
  if (mode === "always") return { ...dots, show: true };
  const alone = line.values.flatMap((v, i) =>
    v !== null && (line.values[i - 1] ?? null) === null && (line.values[i + 1] ?? null) === null ? [i] : []);
  return { ...dots, size: Math.min(size, 4), show: alone.length > 0, filter: () => alone };
}

function fillOf(line: Line, opacity: number, gradient: string): uPlot.Series.Fill {
  const plain = alpha(line.colour, opacity);
  if (gradient !== "opacity" && gradient !== "hue" && gradient !== "scheme") return plain;
  return (u) => {
    const { top, height } = u.bbox;
    if (!Number.isFinite(top) || !(height > 0)) return plain;
    const shade = u.ctx.createLinearGradient(0, top, 0, top + height);
    shade.addColorStop(0, plain);
    shade.addColorStop(1, alpha(line.colour, opacity * 0.08));
    return shade;
  };
}
