/** A number in a unit as text, for every unit that Grafana names. */

import { clock, inWords, longClock, timeUnit } from "./duration.ts";
import { dateIn, fromNow } from "./date.ts";
import { count, fixed, iec, si, type Scaled } from "./number.ts";
import { COUNTS, FIXED, IEC, MONEY, SI } from "./unit-table.ts";

const SHORT = ["", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept"];
const LETTERS = ["", "K", "M", "B", "T"];

type Format = (value: number, decimals?: number | null) => Scaled;

const plain = (text: string): Scaled => ({ text });
const yesNo = (yes: string, no: string): Format => (value) => plain(value ? yes : no);

const SPECIAL: Record<string, Format> = {
  none: (v, d) => plain(fixed(v, d)),
  string: (v) => plain(String(v)),
  short: (v, d) => named(count(v, SHORT, d)),
  percent: (v, d) => ({ text: fixed(v, d), suffix: "%" }),
  percentunit: (v, d) => ({ text: fixed(v * 100, d), suffix: "%" }),
  hex: (v, d) => plain(hexadecimal(v, d)),
  hex0x: (v, d) => plain(hexadecimal(v, d).replace(/^(-?)/, "$10x")),
  sci: (v, d) => plain(v.toExponential(d ?? undefined)),
  locale: (v, d) => plain(v.toLocaleString("en-US", { maximumFractionDigits: d ?? 3 })),
  pressurepsi: (v, d) => named(count(v, ["psi", "ksi", "Mpsi"], d)),
  dtdurationms: (v, d) => plain(inWords(v, d ?? 0)),
  dtdurations: (v, d) => plain(inWords(v * 1000, d ?? 0, "second")),
  dthms: (v) => plain(clock(v, false)),
  dtdhms: (v) => plain(clock(v, true)),
  timeticks: (v, d) => timeUnit("s", v / 100, d),
  clockms: (v, d) => plain(longClock(v, d)),
  clocks: (v, d) => plain(longClock(v * 1000, d)),
  bool: yesNo("True", "False"),
  bool_yes_no: yesNo("Yes", "No"),
  bool_on_off: yesNo("On", "Off"),
  dateTimeAsIso: (v) => plain(dateIn("YYYY-MM-DD HH:mm:ss", v)),
  dateTimeAsIsoNoDateIfToday: (v) => plain(dateIn("YYYY-MM-DD HH:mm:ss", v, true)),
  dateTimeAsUS: (v) => plain(dateIn("MM/DD/YYYY h:mm:ss a", v)),
  dateTimeAsUSNoDateIfToday: (v) => plain(dateIn("MM/DD/YYYY h:mm:ss a", v, true)),
  dateTimeAsLocal: (v) => plain(dateIn("YYYY-MM-DD HH:mm:ss", v)),
  dateTimeAsLocalNoDateIfToday: (v) => plain(dateIn("YYYY-MM-DD HH:mm:ss", v, true)),
  dateTimeAsSystem: (v) => plain(dateIn("YYYY-MM-DD HH:mm:ss", v)),
  dateTimeFromNow: (v) => plain(fromNow(v)),
};

/** Units that carry their text with them: `suffix:ms/op`, `time:YYYY`, `si:mF`, `count:jobs`, `currency:X`. */
const CUSTOM: Record<string, (rest: string) => Format> = {
  suffix: (rest) => (v, d) => ({ text: fixed(v, d), suffix: ` ${rest.trimStart()}` }),
  prefix: (rest) => (v, d) => ({ text: fixed(v, d), prefix: rest }),
  time: (rest) => (v) => plain(dateIn(rest, v)),
  count: (rest) => (v, d) => counted(v, rest, d),
  currency: (rest) => {
    if (rest.startsWith("financial:")) {
      const sign = rest.slice("financial:".length);
      return (v, d) => ({ text: v.toLocaleString("en-US", { maximumFractionDigits: d ?? 3 }), prefix: sign });
    }
    return (v, d) => money(v, rest, "", d);
  },
  si: (rest) => {
    const scaled = /^([yzafpnµmkMGTPEZY])(.+)$/.exec(rest);
    const power = scaled ? "yzafpnµm kMGTPEZY".indexOf(scaled[1] ?? " ") - 8 : 0;
    return (v, d) => si(v, scaled?.[2] ?? rest, power, d);
  },
};

export function formatScaled(unit: string | undefined, value: number, decimals?: number | null): Scaled {
  return formatOf(unit ?? "none")(value, decimals);
}

export function format(unit: string | undefined, value: number, decimals?: number | null): string {
  const { text, prefix = "", suffix = "" } = formatScaled(unit, value, decimals);
  return `${prefix}${text}${suffix}`;
}

/** Whether it is scaled by 1024. */
export function isBinary(unit: string | undefined): boolean {
  return unit !== undefined && unit in IEC;
}

function formatOf(unit: string): Format {
  const special = SPECIAL[unit];
  if (special) return special;
  if (unit in SI) return (v, d) => si(v, ...(SI[unit] as readonly [string, number]), d);
  if (unit in IEC) return (v, d) => iec(v, ...(IEC[unit] as readonly [string, number]), d);
  if (unit in COUNTS) return (v, d) => counted(v, COUNTS[unit] ?? "", d);
  if (unit in MONEY) return (v, d) => money(v, ...(MONEY[unit] as readonly [string, string]), d);
  if (unit in FIXED) return (v, d) => ({ text: fixed(v, d), suffix: ` ${FIXED[unit]}` });
  if (["ns", "µs", "ms", "s", "m", "h", "d"].includes(unit)) return (v, d) => timeUnit(unit, v, d);
  const [kind = "", rest] = split(unit);
  const custom = rest === undefined ? undefined : CUSTOM[kind];
  if (custom) return custom(rest ?? "");
  return unit ? (v, d) => ({ text: fixed(v, d), suffix: ` ${unit}` }) : (v, d) => plain(fixed(v, d));
}

function split(unit: string): [string, string | undefined] {
  const at = unit.indexOf(":");
  return at < 0 ? [unit, undefined] : [unit.slice(0, at), unit.slice(at + 1)];
}

function named([text, suffix]: [string, string]): Scaled {
  return { text, suffix };
}

function counted(value: number, unit: string, decimals?: number | null): Scaled {
  const [text, letter] = count(value, LETTERS, decimals);
  return { text, suffix: `${letter} ${unit.trimStart()}` };
}

function money(value: number, before: string, behind: string, decimals?: number | null): Scaled {
  const [text, letter] = count(Math.abs(value), LETTERS, decimals);
  return { text, prefix: `${value < 0 ? "-" : ""}${before}`, suffix: `${letter}${behind}` };
}

function hexadecimal(value: number, decimals?: number | null): string {
  return Number(fixed(value, decimals)).toString(16).toUpperCase();
}
