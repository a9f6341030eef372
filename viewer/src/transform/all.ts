/** Grafana's transformations of frames, those that dashboards over Prometheus use. */

import { list, type Panel, type Rec } from "../model/dashboard.ts";
import type { Frame } from "../model/frame.ts";
import { calculateField, filterByValue, groupBy, limit, reduceFields, sortBy } from "./compute.ts";
import { joinByField, labelsToFields, merge, seriesToRows } from "./combine.ts";
import { convertFieldType, filterByName, filterByRefId, organize, renameByRegex } from "./shape.ts";

type Transform = (frames: Frame[], options: Rec) => Frame[];

const TRANSFORMS: Record<string, Transform> = {
  calculateField,
  convertFieldType,
  filterByRefId,
  filterByValue,
  filterFieldsByName: filterByName,
  groupBy,
  joinByField,
  seriesToColumns: joinByField,
  labelsToFields,
  limit,
  merge,
  organize,
  reduce: reduceFields,
  renameByRegex,
  seriesToRows,
  sortBy,
};

/** The frames after every transformation, and the names of those that are not known. */
export function transformed(panel: Panel, frames: Frame[]): { frames: Frame[]; unknown: string[] } {
  const unknown: string[] = [];
  let current = frames;
  for (const { id, options, disabled } of list<{ id: string; options?: Rec; disabled?: boolean }>(panel.transformations)) {
    if (disabled) continue;
    const transform = TRANSFORMS[id];
    if (transform) current = transform(current, options ?? {});
    else unknown.push(id);
  }
  return { frames: current, unknown };
}
