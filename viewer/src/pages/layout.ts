/** Panels in their places: rows are sections, repeated ones are there once for each value. */

import type { GridPos, Panel } from "../model/dashboard.ts";
import { asList, type Value, type Values } from "../variables/interpolate.ts";

export interface Place {
  /** Tells a panel from its repetitions. */
  key: string;
  panel: Panel;
  pos: GridPos;
  /** The variables as this repetition sees them. */
  values: Values;
}

export interface Section {
  key: string;
  row?: Panel;
  collapsed: boolean;
  values: Values;
  places: Place[];
}

const COLUMNS = 24;

export function sections(panels: readonly Panel[], values: Values): Section[] {
  const found: { row?: Panel; panels: Panel[] }[] = [{ panels: [] }];
  for (const panel of panels.toSorted(byPlace)) {
    if (panel.type === "row") found.push({ row: panel, panels: [...(panel.panels ?? [])] });
    else found.at(-1)?.panels.push(panel);
  }
  return found.flatMap(({ row, panels: inside }, n) => {
    if (!row && inside.length === 0) return [];
    return repeated(row?.repeat, values).map(({ suffix, values: own }) => ({
      key: `${row?.id ?? `top-${n}`}${suffix}`,
      ...(row ? { row } : {}),
      collapsed: row?.collapsed ?? false,
      values: own,
      places: places(inside, own, suffix),
    }));
  });
}

/** Places start at the top of their section; what a repetition takes up pushes down what is below it. */
export function places(panels: readonly Panel[], values: Values, suffix = ""): Place[] {
  const sorted = panels.toSorted(byPlace);
  const top = Math.min(...sorted.map((panel) => panel.gridPos?.y ?? 0));
  let pushed = 0;
  const made: Place[] = [];
  sorted.forEach((panel, n) => {
    const pos = panel.gridPos ?? { x: 0, y: n * 8, w: 12, h: 8 };
    const y = pos.y - (Number.isFinite(top) ? top : 0) + pushed;
    const all = repeated(panel.repeat, values);
    const key = `${panel.id ?? `n${n}`}${suffix}`;
    if (!panel.repeat) {
      made.push({ key, panel, pos: { ...pos, y }, values });
      return;
    }
    const upright = panel.repeatDirection === "v";
    const perRow = upright ? 1 : Math.min(panel.maxPerRow || 4, Math.max(1, all.length));
    const width = upright ? pos.w : Math.floor(COLUMNS / perRow);
    all.forEach((one, i) => {
      const x = upright ? pos.x : (i % perRow) * width;
      made.push({ key: `${key}${one.suffix}`, panel, values: one.values,
        pos: { x, w: width, h: pos.h, y: y + Math.floor(i / perRow) * pos.h } });
    });
    pushed += (Math.ceil(all.length / perRow) - 1) * pos.h;
  });
  return made;
}

function repeated(name: string | undefined, values: Values): { suffix: string; values: Values }[] {
  const value = name ? values[name] : undefined;
  if (!name || !value) return [{ suffix: "", values }];
  const texts = asList(value.text);
  return asList(value.value).map((one, i) => {
    const single: Value = { text: texts[i] ?? one, value: one, multi: value.multi ?? false };
    return { suffix: `-${name}-${one}`, values: { ...values, [name]: single } };
  });
}

function byPlace(a: Panel, b: Panel): number {
  return (a.gridPos?.y ?? 0) - (b.gridPos?.y ?? 0) || (a.gridPos?.x ?? 0) - (b.gridPos?.x ?? 0);
}
