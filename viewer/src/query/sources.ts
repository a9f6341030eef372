/** The Prometheus-compatible servers that the viewer may ask, by the names that dashboards know. */

import type { DataSourceRef } from "../model/dashboard.ts";
import { interpolate, type Values } from "../variables/interpolate.ts";
import { getJson, QueryError } from "./client.ts";

export interface Source {
  uid: string;
  name: string;
  isDefault: boolean;
  /** How often it scrapes: what windows of a rate are made from. */
  scrapeSeconds: number;
}

let known: Promise<Source[]> | undefined;

export function sources(): Promise<Source[]> {
  known ??= getJson<{ data: Source[] }>("/api/datasources").then(
    ({ data }) => data,
    (error: unknown) => {
      known = undefined;
      throw error;
    },
  );
  return known;
}

/** The server that a panel names. A uid of another Grafana means the default one: uids are not portable. */
export async function sourceOf(ref: DataSourceRef | string | null | undefined, values: Values): Promise<Source> {
  const all = await sources();
  const named = typeof ref === "string" ? ref : (ref?.uid ?? "");
  const type = typeof ref === "object" && ref?.type ? ref.type : "prometheus";
  if (!["prometheus", "datasource", "mixed"].includes(type) && !type.includes("prometheus")) {
    throw new QueryError(`data of the kind "${type}" is not read here, only Prometheus`);
  }
  const uid = interpolate(named, values);
  const found = all.find((s) => s.uid === uid || s.name === uid) ?? all.find((s) => s.isDefault) ?? all[0];
  if (!found) throw new QueryError("no Prometheus server is configured");
  return found;
}
