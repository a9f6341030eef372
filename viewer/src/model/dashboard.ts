/** The part of Grafana's classic dashboard JSON (v1) that is read here. Everything else is left alone. */

export type Json = unknown;
export type Rec = Record<string, unknown>;

export interface GridPos {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface DataSourceRef {
  type?: string;
  uid?: string;
}

export interface Target {
  refId?: string;
  expr?: string;
  legendFormat?: string;
  format?: "time_series" | "table" | "heatmap";
  instant?: boolean;
  range?: boolean;
  interval?: string;
  intervalFactor?: number;
  hide?: boolean;
  datasource?: DataSourceRef | string | null;
}

export interface Threshold {
  value: number | null;
  color: string;
}

export interface ValueMapping {
  type: "value" | "range" | "regex" | "special";
  options: Rec;
}

export interface FieldConfig {
  unit?: string;
  decimals?: number | null;
  min?: number | null;
  max?: number | null;
  displayName?: string;
  noValue?: string;
  color?: { mode?: string; fixedColor?: string; seriesBy?: string };
  thresholds?: { mode?: "absolute" | "percentage"; steps?: Threshold[] };
  mappings?: ValueMapping[];
  links?: Link[];
  custom?: Rec;
}

export interface Override {
  matcher: { id: string; options?: Json };
  properties: { id: string; value?: Json }[];
}

export interface Transformation {
  id: string;
  disabled?: boolean;
  options?: Rec;
}

export interface Link {
  title?: string;
  url?: string;
  type?: string;
  tags?: string[];
  keepTime?: boolean;
  includeVars?: boolean;
  targetBlank?: boolean;
  asDropdown?: boolean;
  tooltip?: string;
}

export interface Panel {
  id?: number;
  type: string;
  title?: string;
  description?: string;
  transparent?: boolean;
  gridPos?: GridPos;
  datasource?: DataSourceRef | string | null;
  targets?: Target[];
  options?: Rec;
  fieldConfig?: { defaults?: FieldConfig; overrides?: Override[] };
  transformations?: Transformation[];
  interval?: string;
  maxDataPoints?: number | null;
  timeFrom?: string;
  timeShift?: string;
  repeat?: string;
  repeatDirection?: "h" | "v";
  maxPerRow?: number;
  collapsed?: boolean;
  panels?: Panel[];
  links?: Link[];
}

export interface Choice {
  text: string;
  value: string;
}

export interface VariableModel {
  name: string;
  type: string;
  label?: string | null;
  description?: string | null;
  query?: Json;
  regex?: string;
  sort?: number;
  refresh?: number;
  hide?: number;
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string | null;
  allowCustomValue?: boolean;
  datasource?: DataSourceRef | string | null;
  current?: { text?: Json; value?: Json };
  options?: Choice[];
  auto?: boolean;
}

export interface AnnotationModel {
  name: string;
  enable?: boolean;
  hide?: boolean;
  iconColor?: string;
  datasource?: DataSourceRef | string | null;
  expr?: string;
  target?: { expr?: string };
  step?: string;
  titleFormat?: string;
  textFormat?: string;
  tagKeys?: string;
  useValueForTime?: boolean | string;
  builtIn?: number;
}

export interface Dashboard {
  uid: string;
  title: string;
  description?: string;
  tags?: string[];
  timezone?: string;
  schemaVersion?: number;
  graphTooltip?: number;
  refresh?: string | boolean;
  time?: { from: string; to: string };
  timepicker?: { refresh_intervals?: string[]; hidden?: boolean };
  panels?: Panel[];
  templating?: { list?: VariableModel[] };
  annotations?: { list?: AnnotationModel[] };
  links?: Link[];
}

export function isRec(value: unknown): value is Rec {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An option of a panel by its dotted path, where it is of the kind that is expected. */
export function option(from: Rec | undefined, path: string, otherwise: string): string;
export function option(from: Rec | undefined, path: string, otherwise: number): number;
export function option(from: Rec | undefined, path: string, otherwise: boolean): boolean;
export function option(from: Rec | undefined, path: string, otherwise: unknown): unknown {
  const found = path.split(".").reduce<unknown>((at, key) => (isRec(at) ? at[key] : undefined), from);
  return typeof found === typeof otherwise ? found : otherwise;
}

export function list<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
