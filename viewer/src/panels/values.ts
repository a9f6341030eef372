/** The values that a stat, a gauge or a bar gauge shows: one for each series, or one for each row. */

import { isRec, list, option, type Panel } from "../model/dashboard.ts";
import { shown, type Shown } from "../model/display.ts";
import { displayName, numbers, type Cell, type Field, type Frame } from "../model/frame.ts";
import { regexp } from "../model/matchers.ts";
import { reduce } from "../model/reducers.ts";
import { timesOf } from "../query/frames.ts";

export interface PanelValue {
  name: string;
  value: Cell;
  number: number | null;
  shown: Shown;
  field: Field;
  min: number;
  max: number;
  /** The series it was reduced from, for a small graph. */
  times: number[];
  series: (number | null)[];
}

const MOST = 100;

export function panelValues(panel: Panel): (frames: readonly Frame[]) => PanelValue[] {
  const options = isRec(panel.options?.["reduceOptions"]) ? panel.options["reduceOptions"] : {};
  const calc = list<string>(options["calcs"])[0] ?? "lastNotNull";
  const wanted = option(options, "fields", "");
  const every = option(options, "values", false);
  const most = Math.min(MOST, option(options, "limit", MOST));
  return (frames) => {
    const columns = frames.flatMap((frame) =>
      frame.fields.filter((f) => matches(f, frame, wanted)).map((f) => ({ f, frame })));
    const extent = extentOf(columns.map(({ f }) => f));
    const values = columns.flatMap(({ f, frame }, i) => {
      const series = numbers(f.values);
      const times = timesOf(frame);
      const make = (value: Cell, name: string, index: number): PanelValue => {
        const [min, max] = [f.config.min ?? extent.min, f.config.max ?? extent.max];
        const number = typeof value === "number" && Number.isFinite(value) ? value : null;
        return { name, value, number, shown: shown(f, value, index, { min, max }), field: f, min, max, times, series };
      };
      if (!every) return [make(reduce(f.values, calc), displayName(f, frame), i)];
      return f.values.map((value, row) => make(value, rowName(frame, f, row), row));
    });
    return values.slice(0, most);
  };
}

/** Numbers, unless the panel names fields by an expression or by name. */
function matches(f: Field, frame: Frame, wanted: string): boolean {
  if (wanted === "") return f.type === "number" || f.type === "boolean";
  const name = displayName(f, frame);
  return wanted.startsWith("/") ? regexp(wanted).test(name) : name === wanted || f.name === wanted;
}

function rowName(frame: Frame, f: Field, row: number): string {
  const words = frame.fields.filter((other) => other.type === "string").map((other) => String(other.values[row] ?? ""));
  return words.filter((word) => word !== "").join(" ") || displayName(f, frame);
}

function extentOf(fields: readonly Field[]): { min: number; max: number } {
  const all = fields.flatMap((f) => numbers(f.values)).filter((v): v is number => v !== null);
  const min = all.reduce((a, b) => Math.min(a, b), Infinity);
  const max = all.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!Number.isFinite(min)) return { min: 0, max: 100 };
  return { min: Math.min(0, min), max: max > Math.min(0, min) ? max : Math.min(0, min) + 1 };
}

export function summary(values: readonly PanelValue[]): string {
  const words = values.slice(0, 10).map(({ name, shown: { text } }) => (values.length === 1 ? text : `${name} ${text}`));
  return values.length > 10 ? `${words.join(", ")}, and ${values.length - 10} more` : words.join(", ");
}
