/** Links of dashboards: Grafana's addresses to ours, with time and variables. */

import { interpolate, literal, type Values } from "./variables/interpolate.ts";
import { writeState, type UrlState } from "./url-state.ts";

export interface LinkScope {
  values: Values;
  state: UrlState;
  from: number;
  to: number;
}

/** An address that a browser may go to, or nothing: only pages of ours and the web, never a script. */
export function href(url: string, scope: LinkScope, extra: Record<string, string> = {}): string {
  const given = Object.entries(extra).reduce(
    (text, [name, value]) => text.replaceAll(`\${${name}}`, encodeURIComponent(value)).replaceAll(`\${${name}:raw}`, value)
      .replaceAll(`\${${name}:percentencode}`, encodeURIComponent(value)), url);
  const time = `from=${encodeURIComponent(scope.state.time?.from ?? String(scope.from))}&to=${encodeURIComponent(scope.state.time?.to ?? String(scope.to))}`;
  const chosen = writeState({ variables: scope.state.variables }).slice(1);
  const filled = interpolate(
    given.replaceAll("${__url_time_range}", time).replaceAll("$__url_time_range", time)
      .replaceAll("${__all_variables}", chosen).replaceAll("$__all_variables", chosen),
    { ...scope.values, __from: literal(String(scope.from)), __to: literal(String(scope.to)) });
  return safe(filled);
}

/** Dashboards are at home under /d/; whatever else a path of Grafana means, we have no such page. */
export function safe(url: string): string {
  const text = url.trim();
  if (/^https?:\/\//i.test(text)) return text;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) || text.startsWith("//") || text.startsWith("\\")) return "";
  return text.startsWith("d/") ? `/${text}` : text;
}

export function dashboardPath(uid: string, state: UrlState): string {
  return `/d/${encodeURIComponent(uid)}${writeState(state)}`;
}
