/** The dashboards that the server has. */

import { getJson } from "../query/client.ts";

export interface Listed {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  /** Whose it is: shipped with codesentinel, of this workspace, or of a folder that was named. */
  folder: string;
}

export interface Catalogue {
  dashboards: Listed[];
  problems: { file: string; reason: string }[];
}

export function catalogue(signal?: AbortSignal): Promise<Catalogue> {
  return getJson<{ data: Catalogue }>("/api/dashboards", signal).then(({ data }) => data);
}

export function listDashboards(): Promise<Listed[]> {
  return catalogue().then(({ dashboards }) => dashboards);
}
