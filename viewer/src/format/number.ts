/** Numbers as text: three significant digits unless told otherwise, as Grafana writes them. */

export function autoDecimals(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || !Number.isFinite(size) || Number.isInteger(size)) return 0;
  return Math.max(0, 2 - Math.floor(Math.log10(size)));
}

export function fixed(value: number, decimals?: number | null): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
  const places = Math.min(100, Math.max(0, decimals ?? autoDecimals(value)));
  const factor = 10 ** places;
  const rounded = String(Math.round(value * factor) / factor);
  if (rounded.includes("e")) return rounded;
  const [whole, part = ""] = rounded.split(".");
  return places > 0 ? `${whole}.${part.padEnd(places, "0")}` : rounded;
}

export interface Scaled {
  text: string;
  /** What stands before and behind the number, blanks included. */
  prefix?: string;
  suffix?: string;
}

const SI_PREFIXES = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const IEC_PREFIXES = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

export function si(value: number, unit: string, power: number, decimals?: number | null): Scaled {
  const start = SI_PREFIXES.indexOf("") + power;
  const steps = value === 0 ? 0 : Math.floor(logOf(Math.abs(value), 1000));
  const index = Math.min(SI_PREFIXES.length - 1, Math.max(0, start + steps));
  return {
    text: fixed(value / 1000 ** (index - start), decimals),
    suffix: ` ${SI_PREFIXES[index]}${unit}`,
  };
}

export function iec(value: number, unit: string, power: number, decimals?: number | null): Scaled {
  const steps = value === 0 ? 0 : Math.floor(logOf(Math.abs(value), 1024));
  const index = Math.min(IEC_PREFIXES.length - 1, Math.max(0, power + steps));
  return {
    text: fixed(value / 1024 ** (index - power), decimals),
    suffix: ` ${IEC_PREFIXES[index]}${unit}`,
  };
}

/** Scaled by thousands, upwards only; `names` are what a step up is called. */
export function count(value: number, names: readonly string[], decimals?: number | null): [string, string] {
  let scaled = value;
  let step = 0;
  while (Math.abs(scaled) >= 1000 && step < names.length - 1) {
    scaled /= 1000;
    step += 1;
  }
  return [fixed(scaled, decimals), names[step] ?? ""];
}

function logOf(value: number, base: number): number {
  const log = Math.log(value) / Math.log(base);
  const near = Math.round(log);
  return Math.abs(log - near) < 1e-12 ? near : log; // 1000 is one step, whatever the last bit says
}
