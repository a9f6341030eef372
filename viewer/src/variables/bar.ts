/** The choices above a dashboard. */

import { el, uniqueId } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { closesItself } from "../ui/popover.ts";
import { ALL, label, type Variable } from "./model.ts";

type Change = (name: string, chosen: string[]) => void;

const HIDE_LABEL = 1;
const HIDE_ALL = 2;
const LONG = 12;

export function variableBar(variables: readonly Variable[], change: Change): HTMLElement {
  const shown = variables.filter(({ model }) => model.hide !== HIDE_ALL && model.type !== "constant");
  return el("div", { class: "variables", attrs: { role: "group", "aria-label": "Variables" } }, ...shown.map((v) => control(v, change)));
}

function control(variable: Variable, change: Change): HTMLElement {
  const { model, error } = variable;
  const id = uniqueId("variable");
  const named = el("label", { class: model.hide === HIDE_LABEL ? "sr" : "", text: label(variable), attrs: { for: id } });
  const input = model.type === "textbox" ? textbox(variable, change, id) : model.multi ? several(variable, change, id) : one(variable, change, id);
  return el("div", { class: "variable", data: { variable: model.name }, title: model.description ?? "" }, named, input,
    error ? el("span", { class: "warn", title: error, attrs: { role: "img", "aria-label": error } }, icon("alert")) : null);
}

function textbox({ model, chosen }: Variable, change: Change, id: string): HTMLElement {
  return el("input", { attrs: { id, type: "text", value: chosen[0] ?? "", spellcheck: "false", autocomplete: "off" },
    on: { change: (event: Event) => change(model.name, [(event.target as HTMLInputElement).value]) } });
}

function one({ model, choices, chosen }: Variable, change: Change, id: string): HTMLElement {
  const known = choices.some((c) => c.value === chosen[0]);
  const offered = known || chosen[0] === undefined ? choices : [...choices, { text: chosen[0], value: chosen[0] }];
  const select = el("select", { attrs: { id }, on: { change: () => change(model.name, [select.value]) } },
    ...offered.map((c) => el("option", { text: c.text, attrs: { value: c.value } })));
  if (offered.length === 0) select.append(el("option", { text: "None", attrs: { value: "" } }));
  select.value = chosen[0] ?? "";
  return select;
}

/** Boxes to tick; what was ticked counts when the list closes, so that five ticks are one change. */
function several({ model, choices, chosen }: Variable, change: Change, id: string): HTMLElement {
  const ticked = new Set(chosen);
  const textOf = (value: string): string => choices.find((c) => c.value === value)?.text ?? value;
  const text = el("span", { class: "chosen" });
  const summary = el("summary", { attrs: { id } }, text, icon("down"));
  const tell = (): void => {
    text.textContent = [...ticked].map(textOf).join(" + ") || "None";
    summary.setAttribute("aria-label", `${model.label || model.name}: ${text.textContent}`);
  };
  const boxes = choices.map((choice) => {
    const input = el("input", { attrs: { type: "checkbox", value: choice.value }, on: { change: () => tick(choice.value, input.checked) } });
    input.checked = ticked.has(choice.value);
    return { choice, input, line: el("label", {}, input, el("span", { text: choice.text })) };
  });
  const tick = (value: string, on: boolean): void => {
    if (on) ticked.add(value);
    else ticked.delete(value);
    if (on && value === ALL) for (const other of [...ticked]) if (other !== ALL) ticked.delete(other);
    if (on && value !== ALL) ticked.delete(ALL);
    if (ticked.size === 0 && model.includeAll) ticked.add(ALL);
    for (const { choice, input } of boxes) input.checked = ticked.has(choice.value);
    tell();
  };
  tell();
  const filter = el("input", { attrs: { type: "search", placeholder: "Filter", "aria-label": "Filter values" }, on: { input: () => {
    for (const { choice, line } of boxes) line.hidden = !choice.text.toLowerCase().includes(filter.value.toLowerCase());
  } } });
  const box = closesItself(el("details", { class: "several" }, summary,
    el("div", { class: "popover" }, choices.length > LONG && filter,
      el("fieldset", {}, el("legend", { class: "sr", text: model.label || model.name }), ...boxes.map(({ line }) => line)))));
  const before = [...ticked].join("\n");
  box.addEventListener("toggle", () => {
    if (!box.open && [...ticked].join("\n") !== before) change(model.name, [...ticked]);
  });
  return box;
}
