/** Annotations drawn on a chart: a dashed line with a foot for a moment, a band for a span. */

import type uPlot from "uplot";

import type { Mark } from "../query/annotations.ts";
import { alpha } from "../ui/colours.ts";

const REACH = 5;

export function drawMarks(u: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio || 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height + 6 * ratio);
  ctx.clip();
  for (const mark of marks) {
    const x = Math.round(u.valToPos(mark.from, "x", true));
    if (mark.to !== undefined) {
      const width = Math.max(ratio, Math.round(u.valToPos(mark.to, "x", true)) - x);
      ctx.fillStyle = alpha(mark.colour, 0.08);
      ctx.fillRect(x, bbox.top, width, bbox.height);
      ctx.fillStyle = mark.colour;
      ctx.fillRect(x, bbox.top + bbox.height - 2 * ratio, width, 2 * ratio);
    }
    ctx.strokeStyle = alpha(mark.colour, 0.85);
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x + ratio / 2, bbox.top);
    ctx.lineTo(x + ratio / 2, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillStyle = mark.colour;
    ctx.beginPath();
    ctx.moveTo(x - 4 * ratio, bbox.top + bbox.height);
    ctx.lineTo(x + 5 * ratio, bbox.top + bbox.height);
    ctx.lineTo(x + ratio / 2, bbox.top + bbox.height - 6 * ratio);
    ctx.fill();
  }
  ctx.restore();
}

/** The marks within reach of a place in the plot. */
export function marksAt(u: uPlot, marks: readonly Mark[], left: number): Mark[] {
  return marks.filter((mark) => {
    const from = u.valToPos(mark.from, "x");
    const to = mark.to === undefined ? from : u.valToPos(mark.to, "x");
    return left >= from - REACH && left <= to + REACH;
  }).slice(0, 5);
}
