/** Moments as text, in the time zone that the dashboard asks for. */

let utc = false;

/** `utc` shows UTC; anything else the browser's own zone. */
export function useZone(zone: string | undefined): void {
  utc = zone === "utc";
}

export function zoneName(): string {
  return utc ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
}

function parts(at: number): Parts {
  const d = new Date(at);
  return utc
    ? { year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate(), hour: d.getUTCHours(),
        minute: d.getUTCMinutes(), second: d.getUTCSeconds(), ms: d.getUTCMilliseconds() }
    : { year: d.getFullYear(), month: d.getMonth() + 1, day: d.getDate(), hour: d.getHours(),
        minute: d.getMinutes(), second: d.getSeconds(), ms: d.getMilliseconds() };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A moment (milliseconds) by a pattern of YYYY MMM MM DD HH h mm ss SSS a; without the date where it is today's. */
export function dateIn(pattern: string, at: number, onlyTimeToday = false): string {
  const p = parts(at);
  const two = (n: number): string => String(n).padStart(2, "0");
  const words: Record<string, string> = {
    YYYY: String(p.year), YY: two(p.year % 100), MMM: MONTHS[p.month - 1] ?? "", MM: two(p.month), M: String(p.month),
    DD: two(p.day), D: String(p.day), HH: two(p.hour), H: String(p.hour), hh: two(p.hour % 12 || 12),
    h: String(p.hour % 12 || 12), mm: two(p.minute), ss: two(p.second), SSS: String(p.ms).padStart(3, "0"),
    a: p.hour < 12 ? "am" : "pm", A: p.hour < 12 ? "AM" : "PM",
  };
  const short = onlyTimeToday && sameDay(at, Date.now()) ? pattern.replace(/^\S*[YMD]\S* /, "") : pattern;
  return short.replace(/YYYY|YY|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|a|A/g, (word) => words[word] ?? word);
}

export function sameDay(one: number, other: number): boolean {
  const [a, b] = [parts(one), parts(other)];
  return a.year === b.year && a.month === b.month && a.day === b.day;
}

/** As exact as the eye needs it for one moment: with seconds, with the date where it is not today's. */
export function moment(at: number): string {
  return dateIn("YYYY-MM-DD HH:mm:ss", at, true);
}

/** A label on a time axis whose marks are `step` milliseconds apart. */
export function tick(at: number, step: number): string {
  if (step >= 28 * 86_400_000) return dateIn("YYYY-MM", at);
  if (step >= 86_400_000) return dateIn("MMM D", at);
  const p = parts(at);
  if (p.hour === 0 && p.minute === 0 && p.second === 0) return dateIn("MMM D", at);
  return dateIn(step < 60_000 ? "HH:mm:ss" : "HH:mm", at);
}

const AGES: readonly (readonly [number, string])[] = [
  [31_536_000, "year"], [2_592_000, "month"], [86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"],
];

export function fromNow(at: number, now = Date.now()): string {
  const seconds = Math.abs(now - at) / 1000;
  const [size, name] = AGES.find(([s]) => seconds >= s) ?? [1, "second"];
  const n = Math.round(seconds / size);
  const text = `${n} ${name}${n === 1 ? "" : "s"}`;
  return at > now ? `in ${text}` : `${text} ago`;
}
