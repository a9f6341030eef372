/** From when to when: Grafana's words (now-6h/d), epoch milliseconds or ISO dates. */

export interface Raw {
  from: string;
  to: string;
}

export interface Range {
  raw: Raw;
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
}

const UNITS: Record<string, number> = {
  s: 1e3, m: 60e3, h: 3600e3, d: 86400e3, w: 7 * 86400e3, M: 30 * 86400e3, y: 365 * 86400e3, Q: 91 * 86400e3,
};

/** A moment, or null where the text is none. Rounded down by `/d`, and up to its end where `end` is set. */
export function parseMoment(text: string, now: number, end = false): number | null {
  const trimmed = text.trim();
  if (/^\d{10,}$/.test(trimmed)) return trimmed.length > 11 ? Number(trimmed) : Number(trimmed) * 1e3;
  const relative = /^now((?:\s*[+-]\s*\d+\s*[smhdwMyQ])*)\s*(?:\/\s*([smhdwMyQ]))?$/.exec(trimmed);
  if (!relative) {
    const date = Date.parse(trimmed.includes("T") ? trimmed : trimmed.replace(" ", "T"));
    return Number.isNaN(date) ? null : date;
  }
  let at = now;
  for (const [, sign, amount, unit = "s"] of (relative[1] ?? "").matchAll(/([+-])\s*(\d+)\s*([smhdwMyQ])/g)) {
    at = shift(at, (sign === "-" ? -1 : 1) * Number(amount), unit);
  }
  const unit = relative[2];
  if (!unit) return at;
  const start = floor(at, unit);
  return end ? shift(start, 1, unit) - 1 : start;
}

export function parseRange(raw: Raw, now = Date.now()): Range {
  const from = parseMoment(raw.from, now) ?? now - 6 * 3600e3;
  const to = parseMoment(raw.to, now, true) ?? now;
  return from < to ? { raw, from, to } : { raw, from: to - 60e3, to };
}

/** Seconds of a duration such as 1m30s or 500ms. */
export function seconds(text: string | undefined): number | null {
  const parts = [...(text ?? "").matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwMyQ])/g)];
  if (parts.length === 0 || parts.map((p) => p[0]).join("") !== text?.replace(/\s/g, "")) return null;
  return parts.reduce((sum, [, n, unit = "s"]) => sum + Number(n) * (unit === "ms" ? 1e-3 : (UNITS[unit] ?? 0) / 1e3), 0);
}

/** Seconds as the largest unit that divides them. */
export function durationText(value: number): string {
  if (value < 1 || !Number.isInteger(value)) return `${Math.round(value * 1e3)}ms`;
  for (const unit of ["w", "d", "h", "m"]) {
    const size = (UNITS[unit] ?? 1) / 1e3;
    if (value % size === 0) return `${value / size}${unit}`;
  }
  return `${value}s`;
}

export function shiftRange(range: Range, direction: -1 | 1): Raw {
  const half = Math.round((range.to - range.from) / 2) * direction;
  return absolute(range.from + half, range.to + half);
}

export function zoomOut(range: Range, now = Date.now()): Raw {
  const half = (range.to - range.from) / 2;
  const to = Math.min(range.to + half, Math.max(now, range.to));
  return absolute(range.from - half, to);
}

export function absolute(from: number, to: number): Raw {
  return { from: String(Math.round(from)), to: String(Math.round(to)) };
}

export function isRelative(raw: Raw): boolean {
  return raw.from.includes("now") || raw.to.includes("now");
}

function shift(at: number, amount: number, unit: string): number {
  if (unit !== "M" && unit !== "y" && unit !== "Q") return at + amount * (UNITS[unit] ?? 0);
  const date = new Date(at);
  if (unit === "y") date.setFullYear(date.getFullYear() + amount);
  else date.setMonth(date.getMonth() + amount * (unit === "Q" ? 3 : 1));
  return date.getTime();
}

function floor(at: number, unit: string): number {
  const d = new Date(at);
  if (unit === "s") d.setMilliseconds(0);
  else if (unit === "m") d.setSeconds(0, 0);
  else if (unit === "h") d.setMinutes(0, 0, 0);
  else d.setHours(0, 0, 0, 0);
  if (unit === "w") d.setDate(d.getDate() - ((d.getDay() + 6) % 7));
  if (unit === "M" || unit === "Q") d.setDate(1);
  if (unit === "Q") d.setMonth(d.getMonth() - (d.getMonth() % 3));
  if (unit === "y") d.setMonth(0, 1);
  return d.getTime();
}
