/** Prometheus' HTTP API, through the viewer's server. */

import { getJson, QueryError } from "./client.ts";
import type { Source } from "./sources.ts";

export type Point = [time: number, value: string];

export interface Series {
  metric: Record<string, string>;
  values: Point[];
}

interface Envelope<T> {
  status: string;
  data: T;
  error?: string;
}

interface Result {
  resultType: "matrix" | "vector" | "scalar" | "string";
  result: unknown;
}

export function queryRange(
  source: Source, query: string, from: number, to: number, step: number, signal?: AbortSignal,
): Promise<Series[]> {
  const { start, end } = grid(from / 1000, to / 1000, step);
  return ask<Result>(source, "query_range", { query, start, end, step }, signal).then(seriesOf);
}

/**
 * Where the points lie. Short steps lie on multiples of themselves, so that none wanders from one refresh to the next.
 * Long ones are counted back from nearly now, or the newest value would be hidden for as long as a step.
 */
export function grid(from: number, to: number, step: number): { start: number; end: number } {
  const quantum = step <= 60 ? step : Math.max(60, step / 20);
  const end = Math.floor(to / quantum) * quantum;
  return { start: end - Math.floor(Math.max(0, end - from) / step) * step, end };
}

export function queryInstant(source: Source, query: string, at: number, signal?: AbortSignal): Promise<Series[]> {
  return ask<Result>(source, "query", { query, time: at / 1000 }, signal).then(seriesOf);
}

export function labelValues(
  source: Source, label: string, match: string, from: number, to: number, signal?: AbortSignal,
): Promise<string[]> {
  const parameters = { ...(match ? { "match[]": match } : {}), start: from / 1000, end: to / 1000 };
  return ask<string[]>(source, `label/${encodeURIComponent(label)}/values`, parameters, signal);
}

export function labelNames(source: Source, match: string, from: number, to: number, signal?: AbortSignal): Promise<string[]> {
  const parameters = { ...(match ? { "match[]": match } : {}), start: from / 1000, end: to / 1000 };
  return ask<string[]>(source, "labels", parameters, signal);
}

export function series(
  source: Source, match: string, from: number, to: number, signal?: AbortSignal,
): Promise<Record<string, string>[]> {
  return ask(source, "series", { "match[]": match, start: from / 1000, end: to / 1000 }, signal);
}

/** Prometheus writes what JSON cannot: NaN and the infinities, as text. */
export function number(text: string): number {
  if (text === "+Inf" || text === "Inf") return Infinity;
  return text === "-Inf" ? -Infinity : Number(text);
}

async function ask<T>(
  source: Source, path: string, parameters: Record<string, string | number>, signal?: AbortSignal,
): Promise<T> {
  const words = new URLSearchParams(Object.entries(parameters).map(([k, v]) => [k, String(v)]));
  const answer = await getJson<Envelope<T>>(`/api/ds/${encodeURIComponent(source.uid)}/api/v1/${path}?${words}`, signal);
  if (answer.status !== "success") throw new QueryError(answer.error ?? "the query failed");
  return answer.data;
}

function seriesOf({ resultType, result }: Result): Series[] {
  switch (resultType) {
    case "matrix":
      return result as Series[];
    case "vector":
      return (result as { metric: Record<string, string>; value: Point }[]).map(({ metric, value }) => ({
        metric,
        values: [value],
      }));
    case "scalar":
      return [{ metric: {}, values: [result as Point] }];
    default:
      throw new QueryError(`the query gives a ${resultType}, which no panel shows`);
  }
}
