/** The head of a dashboard: title, links, time, choices. Each part is made anew only when it has changed. */

import type { Dashboard } from "../model/dashboard.ts";
import type { LinkScope } from "../links.ts";
import { refreshPicker, timePicker } from "../time/picker.ts";
import type { Range, Raw } from "../time/range.ts";
import { el } from "../ui/dom.ts";
import { variableBar } from "../variables/bar.ts";
import { interpolate } from "../variables/interpolate.ts";
import type { Variable } from "../variables/model.ts";
import { annotationToggles } from "./annotation-toggles.ts";
import { dashboardLinks } from "./dashboard-links.ts";

export interface HeadActions {
  time(raw: Raw): void;
  every(every: string): void;
  now(): void;
  variable(name: string, chosen: string[]): void;
  annotations(): void;
}

/** A list that somebody has opened must not close because a clock has ticked: what has not changed stays. */
export class BoardHead {
  readonly element = el("div", { class: "board-head" });
  private readonly title = el("h1");
  private readonly links = el("div", { class: "board-links" });
  private readonly controls = el("div", { class: "controls" });
  private readonly variables = el("div", { class: "variables-slot" });
  private range: Range | undefined;
  private readonly shown = new Map<HTMLElement, string>();

  constructor(private readonly dashboard: Dashboard, off: Set<string>, private readonly actions: HeadActions) {
    this.title.title = dashboard.description ?? "";
    this.element.append(
      el("div", { class: "board-title" }, this.title, this.links),
      this.controls,
      el("div", { class: "choices" }, this.variables,
        annotationToggles(dashboard.annotations?.list ?? [], off, () => actions.annotations())));
  }

  show(range: Range, refresh: string, variables: readonly Variable[], scope: LinkScope): void {
    const { dashboard, actions } = this;
    this.range = range;
    this.title.textContent = interpolate(dashboard.title, scope.values);
    this.part(this.controls, [range.raw, refresh], () => [
      timePicker(() => this.range ?? range, (raw) => actions.time(raw)),
      refreshPicker(refresh, dashboard.timepicker?.refresh_intervals, (every) => actions.every(every), () => actions.now()),
    ]);
    this.part(this.links, [scope.state], () => [dashboardLinks(dashboard, () => scope)]);
    const known = variables.map(({ model, choices, chosen, error }) => [model.name, choices, chosen, error]);
    this.part(this.variables, known, () => [variableBar(variables, (name, chosen) => actions.variable(name, chosen))]);
  }

  private part(slot: HTMLElement, state: unknown, make: () => HTMLElement[]): void {
    const text = JSON.stringify(state);
    if (this.shown.get(slot) === text) return;
    this.shown.set(slot, text);
    const focus = slot.contains(document.activeElement)
      ? document.activeElement?.closest<HTMLElement>("[data-variable]")?.dataset["variable"] : undefined;
    slot.replaceChildren(...make());
    if (focus) slot.querySelector<HTMLElement>(`[data-variable="${CSS.escape(focus)}"] :is(select, input, summary)`)?.focus();
  }
}
