/** The span of time that is looked at, and how often it is looked at again. */

import { dateIn, zoneName } from "../format/date.ts";
import { el, uniqueId } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { closesItself } from "../ui/popover.ts";
import { isRelative, parseMoment, seconds, shiftRange, zoomOut, type Range, type Raw } from "./range.ts";

const QUICK: readonly (readonly [string, string])[] = [
  ["now-5m", "5 minutes"], ["now-15m", "15 minutes"], ["now-30m", "30 minutes"], ["now-1h", "hour"], ["now-3h", "3 hours"],
  ["now-6h", "6 hours"], ["now-12h", "12 hours"], ["now-24h", "24 hours"], ["now-2d", "2 days"], ["now-7d", "7 days"],
  ["now-30d", "30 days"], ["now-90d", "90 days"], ["now-1y", "year"],
];

const REFRESH = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h"];

export function rangeText({ raw, from, to }: Range): string {
  const quick = raw.to === "now" ? QUICK.find(([word]) => word === raw.from || sameSpan(word, raw.from)) : undefined;
  if (quick) return `Last ${quick[1]}`;
  if (raw.to === "now" && seconds(raw.from.replace("now-", "")) !== null) return `Last ${raw.from.replace("now-", "")}`;
  if (isRelative(raw)) return `${raw.from} to ${raw.to}`;
  return `${dateIn("YYYY-MM-DD HH:mm", from)} to ${dateIn("YYYY-MM-DD HH:mm", to)}`;
}

function sameSpan(one: string, other: string): boolean {
  return seconds(one.replace("now-", "")) === seconds(other.replace("now-", "")) && !other.includes("/");
}

/** `now` is the span as it is when a button is pressed: the clock goes on while the picker stands. */
export function timePicker(now: () => Range, change: (raw: Raw) => void): HTMLElement {
  const range = now();
  const step = (name: string, label: string, raw: () => Raw): HTMLElement =>
    el("button", { attrs: { type: "button", "aria-label": label }, title: label, on: { click: () => change(raw()) } }, icon(name));
  const box = closesItself(el("details", { class: "time" },
    el("summary", { attrs: { "aria-label": `Time: ${rangeText(range)}` } }, icon("clock"), el("span", { text: rangeText(range) }), icon("down")),
    el("div", { class: "popover time-box" }, absoluteForm(range, (raw) => { box.open = false; change(raw); }),
      el("ul", { class: "quick", attrs: { "aria-label": "Quick ranges" } }, ...QUICK.map(([from, name]) =>
        el("li", {}, el("button", { class: range.raw.from === from && range.raw.to === "now" ? "plain on" : "plain", text: `Last ${name}`, attrs: { type: "button" },
          on: { click: () => { box.open = false; change({ from, to: "now" }); } } })))))));
  return el("div", { class: "timebar", attrs: { role: "group", "aria-label": "Time range" } },
    step("left", "Earlier", () => shiftRange(now(), -1)), box, step("right", "Later", () => shiftRange(now(), 1)),
    step("zoomout", "Zoom out", () => zoomOut(now())));
}

function absoluteForm(range: Range, apply: (raw: Raw) => void): HTMLElement {
  const written = (text: string, at: number): string => (text.includes("now") ? text : dateIn("YYYY-MM-DD HH:mm:ss", at));
  const [from, to] = [uniqueId("from"), uniqueId("to")];
  const inputs = { from: input(from, written(range.raw.from, range.from)), to: input(to, written(range.raw.to, range.to)) };
  const wrong = el("p", { class: "warn", attrs: { role: "alert" } });
  const form = el("form", { on: { submit: (event: Event) => {
    event.preventDefault();
    const texts = [inputs.from.value, inputs.to.value] as const;
    const [a, b] = texts.map((text, i) => parseMoment(text, Date.now(), i === 1));
    if (a == null || b == null) wrong.textContent = "Write now-6h, or a date such as 2026-03-18 14:00.";
    else if (a >= b) wrong.textContent = "From has to lie before To.";
    else apply({ from: texts[0].includes("now") ? texts[0] : String(a), to: texts[1].includes("now") ? texts[1] : String(b) });
  } } }, el("label", { text: "From", attrs: { for: from } }), inputs.from, el("label", { text: "To", attrs: { for: to } }), inputs.to,
  wrong, el("button", { class: "main", text: "Apply", attrs: { type: "submit" } }), el("p", { class: "note", text: zoneName() }));
  return form;
}

function input(id: string, value: string): HTMLInputElement {
  return el("input", { attrs: { id, type: "text", value, spellcheck: "false", autocomplete: "off" } });
}

export function refreshPicker(every: string, intervals: readonly string[] | undefined, change: (every: string) => void, now: () => void): HTMLElement {
  const offered = [...new Set([...(intervals ?? REFRESH), ...(every ? [every] : [])])].toSorted((a, b) => (seconds(a) ?? 0) - (seconds(b) ?? 0));
  const select = el("select", { attrs: { "aria-label": "Refresh" }, title: "How often to refresh", on: { change: () => change(select.value) } },
    el("option", { text: "Off", attrs: { value: "" } }), ...offered.map((text) => el("option", { text, attrs: { value: text } })));
  select.value = every;
  return el("div", { class: "refresh" },
    el("button", { attrs: { type: "button", "aria-label": "Refresh now" }, title: "Refresh now", on: { click: now } }, icon("refresh")), select);
}
