/** What the series of a query will be: the forecast, its interval, and how well the same did on the past. */

import { fixed } from "../format/number.ts";
import { timeUnit } from "../format/duration.ts";
import { labelText } from "../model/frame.ts";
import { getJson, isAbort, wordsOf } from "../query/client.ts";
import { rewrite, type Page } from "../router.ts";
import { announce, el } from "../ui/dom.ts";
import { onTheme } from "../ui/theme.ts";
import { forecastChart, type Foretold } from "./forecast-chart.ts";

interface Answer {
  source: string;
  series: Foretold[];
  left_out: number;
}

const HORIZONS = [["6h", "6 hours"], ["24h", "a day"], ["3d", "3 days"], ["7d", "a week"], ["30d", "30 days"]] as const;
const PASTS = [["", "the usual past"], ["2d", "2 days"], ["7d", "a week"], ["21d", "3 weeks"], ["60d", "60 days"]] as const;
const LEVELS = [["0.8", "80%"], ["0.9", "90%"], ["0.95", "95%"], ["0.99", "99%"]] as const;
const EXAMPLES = ["sum by (service) (service:http_server_requests:rate)", "instance:node_cpu_busy:ratio_rate",
  "instance:node_memory_available:ratio", "node_load1"];
const NAMES = ["query", "horizon", "since", "level"] as const;

export function forecastPage(): Page {
  const words = new URLSearchParams(location.search);
  const query = el("input", { attrs: { type: "text", name: "query", value: words.get("query") ?? "", "aria-label": "Query in PromQL",
    placeholder: "A query in PromQL", spellcheck: "false", autocomplete: "off" } });
  const horizon = choice("How far ahead", "horizon", HORIZONS, words.get("horizon") ?? "24h");
  const since = choice("Learn from", "since", PASTS, words.get("since") ?? "");
  const level = choice("Interval", "level", LEVELS, words.get("level") ?? "0.95");
  const content = el("div", { class: "content", attrs: { "aria-busy": "false" } });
  const form = el("form", { class: "forecast-form", on: { submit: (event: Event) => { event.preventDefault(); void ask(true); } } },
    query, horizon.label, since.label, level.label, el("button", { class: "main", text: "Forecast", attrs: { type: "submit" } }));
  const element = el("div", { class: "page prose-page forecast" }, el("div", { class: "page-head" }, el("h1", { text: "Forecast" })),
    el("p", { class: "lead", text: "Series of the long history some time ahead, each by the methods that did best on its own past." }), form, content);

  let stop = new AbortController();
  let drawn: { destroy(): void }[] = [];
  let last: Answer | undefined;
  const draw = (): void => {
    for (const one of drawn.splice(0)) one.destroy();
    if (last) ({ drawn } = shown(content, last));
  };
  const ask = async (typed: boolean): Promise<void> => {
    const asked = new URLSearchParams(NAMES.map((name) => [name, (form.elements.namedItem(name) as HTMLInputElement).value.trim()]));
    for (const name of NAMES) if (asked.get(name) === "") asked.delete(name);
    if (typed) rewrite(`?${asked}`);
    if (!asked.has("query")) return content.replaceChildren(examples((text) => { query.value = text; void ask(true); }));
    stop.abort();
    stop = new AbortController();
    content.setAttribute("aria-busy", "true");
    content.replaceChildren(el("p", { class: "note", text: "Trying the methods on its past…", attrs: { role: "status" } }));
    try {
      last = (await getJson<{ data: Answer }>(`/api/forecast?${asked}`, stop.signal)).data;
      draw();
      announce(`${last.series.length} series forecast`);
    } catch (error) {
      if (isAbort(error)) return;
      last = undefined;
      content.replaceChildren(el("p", { class: "notice notice-error", text: wordsOf(error), attrs: { role: "alert" } }));
    }
    content.setAttribute("aria-busy", "false");
  };
  void ask(false);
  const forget = onTheme(draw);
  return { title: "Forecast", element, destroy: () => { stop.abort(); forget(); for (const one of drawn) one.destroy(); } };
}

function shown(content: HTMLElement, answer: Answer): { drawn: { destroy(): void }[] } {
  const sections = answer.series.map((one) => ({ one, chart: el("div", { class: "forecast-chart" }) }));
  content.replaceChildren(
    ...sections.map(({ one, chart }) => el("section", { class: "forecast-series" },
      el("h2", { text: labelText(one.labels) || "the series" }),
      ...(one.could_not_judge_because !== "" ? [el("p", { class: "notice", text: `Could not judge, because ${one.could_not_judge_because}.` })]
        : [chart, facts(one)]),
      ...one.notes.map((note) => el("p", { class: "note", text: note })))),
    ...(answer.left_out > 0 ? [el("p", { class: "notice", text: `${answer.left_out} more series are not shown: narrow the query, or add them up.` })] : []),
    el("p", { class: "note", text: answer.source }));
  return { drawn: sections.filter(({ one }) => one.could_not_judge_because === "").map(({ one, chart }) => forecastChart(chart, one)) };
}

function facts(one: Foretold): HTMLElement {
  const held = one.backtest_coverage === null ? "too little past to say"
    : `${fixed(100 * one.backtest_coverage, 0)}% of the newest values held back (${fixed(100 * one.level)}% is aimed at)`;
  const error = one.backtest_error === null ? "" : `${fixed(one.backtest_error)}${one.naive_error ? `; ${fixed(one.naive_error)} by the last value or season repeated` : ""}`;
  const rows: [string, string][] = [["Made by", one.model], ["Interval held", held], ["Mean error on its past", error],
    ["Seasons", one.season_seconds.map(lasting).join(", ") || "none"], ["A value every", lasting(one.step_seconds)]];
  return el("dl", { class: "facts" }, ...rows.filter(([, said]) => said !== "").flatMap(([name, said]) => [el("dt", { text: name }), el("dd", { text: said })]));
}

function lasting(seconds: number): string {
  const { text, suffix = "" } = timeUnit("s", seconds);
  return text + suffix;
}

function examples(take: (query: string) => void): HTMLElement {
  return el("p", { class: "note" }, "Such as: ", ...EXAMPLES.flatMap((text) => [
    el("button", { class: "plain example", attrs: { type: "button" }, on: { click: () => take(text) } }, el("code", { text })), " "]));
}

function choice(label: string, name: string, options: readonly (readonly [string, string])[], chosen: string): { label: HTMLElement } {
  const all = options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen] as const];
  return { label: el("label", {}, el("span", { text: label }), el("select", { attrs: { name } },
    ...all.map(([value, text]) => el("option", { text, attrs: { value, selected: value === chosen } })))) };
}
