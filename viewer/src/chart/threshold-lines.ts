/** Thresholds as lines or areas behind the graph. */

import type uPlot from "uplot";

import { option } from "../model/dashboard.ts";
import { steps } from "../model/thresholds.ts";
import { alpha, resolve } from "../ui/colours.ts";
import type { ValueScale } from "./axis.ts";

export function drawThresholds(u: uPlot, scale: ValueScale): void {
  const style = option(scale.field.config.custom, "thresholdsStyle.mode", "off");
  if (style === "off" || style === "series") return;
  const { min = 0, max = 1 } = u.scales[scale.key] ?? {};
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio || 1;
  const all = steps(scale.field.config, scale.field.config.min ?? min, scale.field.config.max ?? max);
  const y = (value: number): number => Math.round(u.valToPos(Math.min(max, Math.max(min, value)), scale.key, true));
  ctx.save();
  all.forEach((step, i) => {
    const [low, high] = [step.value ?? min, all[i + 1]?.value ?? max];
    if (style.includes("area") && high > min && low < max) {
      ctx.fillStyle = alpha(resolve(step.color), step.color === "transparent" ? 0 : 0.09);
      ctx.fillRect(bbox.left, y(high), bbox.width, y(low) - y(high));
    }
    if ((style.includes("line") || style.startsWith("dashed")) && step.value !== null && low >= min && low <= max) {
      ctx.strokeStyle = alpha(resolve(step.color), 0.75);
      ctx.lineWidth = ratio;
      ctx.setLineDash(style.startsWith("dashed") ? [6 * ratio, 5 * ratio] : []);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y(low));
      ctx.lineTo(bbox.left + bbox.width, y(low));
      ctx.stroke();
    }
  });
  ctx.restore();
}
