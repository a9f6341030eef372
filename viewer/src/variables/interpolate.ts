/** Variables and macros in queries, titles and links: `$name`, `${name}`, `${name:format}`, `[[name]]`. */

import { dateIn } from "../format/date.ts";

export interface Value {
  text: string | string[];
  value: string | string[];
  /** May hold several values, so that queries have to expect a regular expression. */
  multi?: boolean;
  /** Stands for All, with a value of its own that is put in as it is. */
  all?: boolean;
}

export type Values = Record<string, Value>;
export type Format = (value: Value) => string;

const FORMATS: Record<string, (value: string[], one: boolean) => string> = {
  raw: (v) => v.join(","),
  csv: (v) => v.join(","),
  pipe: (v) => v.join("|"),
  regex: (v, one) => (one ? escapeRegex(v[0] ?? "") : `(${v.map(escapeRegex).join("|")})`),
  glob: (v, one) => (one ? (v[0] ?? "") : `{${v.join(",")}}`),
  json: (v, one) => JSON.stringify(one ? v[0] : v),
  doublequote: (v) => v.map((x) => `"${x.replaceAll('"', '\\"')}"`).join(","),
  singlequote: (v) => v.map((x) => `'${x.replaceAll("'", "\\'")}'`).join(","),
  sqlstring: (v) => v.map((x) => `'${x.replaceAll("'", "''")}'`).join(","),
  percentencode: (v, one) => encodeURIComponent(one ? (v[0] ?? "") : `{${v.join(",")}}`),
  text: (v) => v.join(" + "),
};

const PATTERN = /\$(\w+)|\$\{(\w+)(?:\.[^}:]+)?(?::([^}]+))?\}|\[\[(\w+?)(?::(\w+))?\]\]/g;

/** What is not known stays as it is written: a mistake is better seen than hidden. */
export function interpolate(text: string, values: Values, otherwise: Format = readable): string {
  if (!/[$[]/.test(text)) return text;
  return text.replace(PATTERN, (whole, plain, braced, format: string | undefined, old, oldFormat: string | undefined) => {
    const name: string = plain ?? braced ?? old;
    const value = values[name];
    if (!value) return whole;
    const chosen = format ?? oldFormat;
    return chosen ? formatted(name, value, chosen) : otherwise(value);
  });
}

/** Inside PromQL: several values become an alternative, and what is special there is escaped. */
export const promql: Format = (value) => {
  const values = asList(value.value);
  if (value.all) return values[0] ?? "";
  if (!value.multi && !Array.isArray(value.value)) return values[0]!.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  const escaped = values.map((v) => escapeRegex(v).replaceAll("\\", "\\\\").replaceAll('"', '\\"'));
  return escaped.length === 1 ? (escaped[0] ?? "") : `(${escaped.join("|")})`;
};

/** In titles and texts. */
export const readable: Format = (value) => asList(value.text).join(" + ");

/** Every name that a text refers to. */
export function names(text: string): string[] {
  return [...text.matchAll(PATTERN)].map(([, plain, braced, , old]) => plain ?? braced ?? old ?? "");
}

export function literal(text: string): Value {
  return { text, value: text };
}

export function asList(value: string | string[]): string[] {
  return Array.isArray(value) ? value : [value];
}

export function escapeRegex(text: string): string {
  return text.replace(/[\\^$*+?.()|[\]{}/]/g, "\\$&");
}

function formatted(name: string, value: Value, format: string): string {
  const [kind = "", ...rest] = format.split(":");
  const values = asList(kind === "text" ? value.text : value.value);
  if (kind === "date") return date(Number(values[0]), rest.join(":"));
  if (kind === "queryparam") return values.map((v) => `var-${name}=${encodeURIComponent(v)}`).join("&");
  const one = values.length === 1;
  return (FORMATS[kind] ?? FORMATS["glob"]!)(values, one);
}

function date(at: number, pattern: string): string {
  if (pattern === "" || pattern === "iso") return new Date(at).toISOString();
  return pattern === "seconds" ? String(Math.floor(at / 1000)) : dateIn(pattern, at);
}
