/** The last review, as `codesentinel review --json` prints it. */

import { getJson } from "../query/client.ts";

export interface Finding {
  id: string;
  kind: string;
  subject: string;
  severity: "P1" | "P2" | "info";
  summary: string;
  action: string;
  evidence: Record<string, unknown>;
  confidence: number | null;
  from: string | null;
  to: string | null;
  source: string;
}

export interface Review {
  findings: Finding[];
  sources: { name: string; judged: boolean; reason: string; checked: number }[];
  since: string;
  until: string;
}

export function review(signal?: AbortSignal): Promise<Review> {
  return getJson<{ data: Review }>("/api/review", signal).then(({ data }) => data);
}
