/** One panel on the page: its frame, its title, its data, and whatever went wrong with them. */

import { isEmpty } from "../model/frame.ts";
import { PANELS, WITHOUT_DATA } from "../panels/registry.ts";
import type { PanelState, Renderer, View } from "../panels/panel.ts";
import type { Mark } from "../query/annotations.ts";
import { isAbort, wordsOf } from "../query/client.ts";
import { runPanel, type PanelData, type Scope } from "../query/run.ts";
import type { Range } from "../time/range.ts";
import { el } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { closesItself } from "../ui/popover.ts";
import { interpolate } from "../variables/interpolate.ts";
import type { Place } from "./layout.ts";

/** What a tile needs of its page. */
export interface Board {
  range(): Range;
  marks(): readonly Mark[];
  sharing: number;
  zoom(from: number, to: number): void;
  link(url: string, place: Place, extra?: Record<string, string>): string;
  viewAlone(key: string | undefined): void;
  alone: boolean;
}

type State = "waiting" | "loading" | "ready" | "empty" | "error" | "unsupported";

export class Tile {
  readonly element: HTMLElement;
  private readonly body = el("div", { class: "panel-body" });
  private readonly status = el("span", { class: "panel-status" });
  private readonly state: PanelState = { hidden: new Set() };
  private readonly watch = new ResizeObserver(() => this.resized());
  private view: View | undefined;
  private data: PanelData | undefined;
  private renderer: Renderer | undefined;
  private stop: AbortController | undefined;
  private size = "";
  private stale = true;
  private loading = false;
  private held = false;
  private seen = false;

  constructor(readonly place: Place, private readonly board: Board) {
    const { panel, pos, values, key } = place;
    const title = interpolate(panel.title ?? "", values);
    const id = `panel-${key}`;
    const named = title !== "";
    this.element = el("article", { class: `panel${panel.transparent ? " bare" : ""}`, data: { panel: key, type: panel.type, state: "waiting" },
      attrs: named ? { "aria-labelledby": id } : { "aria-label": panel.type },
      style: { "--x": String(pos.x + 1), "--y": String(pos.y + 1), "--w": String(pos.w), "--h": String(pos.h) } },
      el("header", { class: "panel-head" },
        named && el("h3", { text: title, title, attrs: { id } }), this.about(), this.status, this.menu(title)),
      this.body);
    this.watch.observe(this.body);
    this.body.addEventListener("pointerdown", (event) => {
      if ((event.target as Element).closest(".u-over")) this.hold();
    });
  }

  /**
   * Ask again; a tile that is out of sight waits until it is seen. What is asked already is given up for what is
   * wanted now, but not for the clock: a server that is slower than it would never be heard.
   */
  refresh(byClock = false): void {
    if (byClock && this.loading) return;
    this.stale = true;
    if (this.seen) void this.load();
  }

  /** Whether the reader can see it. */
  show(seen: boolean): void {
    this.seen = seen;
    if (seen && this.stale) void this.load();
  }

  /** The same data drawn anew: other colours, other marks. */
  redraw(): void {
    if (this.data) this.draw(this.data);
  }

  destroy(): void {
    this.stop?.abort();
    this.watch.disconnect();
    this.view?.destroy?.();
  }

  private async load(): Promise<void> {
    this.stale = false;
    this.loading = true;
    this.stop?.abort();
    const stop = (this.stop = new AbortController());
    const { panel } = this.place;
    const scope = this.scope();
    const renderer = PANELS[panel.type];
    if (!renderer) return this.say("unsupported", `Panels of the type "${panel.type}" are not supported here. Grafana shows them.`);
    if (!this.data) this.mark("loading");
    else this.element.classList.add("busy");
    try {
      const points = panel.maxDataPoints || Math.max(100, Math.round(this.body.clientWidth || 600));
      const [data, draw] = await Promise.all([runPanel(panel, scope, points, stop.signal), renderer()]);
      if (stop.signal.aborted) return;
      this.renderer = draw;
      this.data = data;
      this.draw(data);
    } catch (error) {
      if (isAbort(error)) return;
      this.data = undefined;
      this.say("error", wordsOf(error));
    } finally {
      if (this.stop === stop) {
        this.element.classList.remove("busy");
        this.loading = false;
      }
    }
  }

  private scope(): Scope {
    return { range: this.board.range(), values: this.place.values };
  }

  private draw(data: PanelData): void {
    const { panel } = this.place;
    const { renderer } = this;
    if (!renderer || this.held) return;
    this.tell(data.problems);
    if (!WITHOUT_DATA.has(panel.type) && isEmpty(data.frames)) {
      const nothing = panel.fieldConfig?.defaults?.noValue || "No data";
      return data.problems.length > 0 ? this.say("error", data.problems.join("\n")) : this.say("empty", nothing);
    }
    this.clear();
    try {
      this.view = renderer(this.body, {
        panel, data, scope: this.scope(), marks: this.board.marks(), state: this.state, sharing: this.board.sharing,
        zoom: (from, to) => this.board.zoom(from, to),
        link: (url, extra) => this.board.link(url, this.place, extra),
        again: () => this.again(),
      });
      this.mark("ready");
    } catch (error) {
      this.say("error", `This panel could not be drawn: ${wordsOf(error)}`);
    }
  }

  /** After a click inside the panel: the focus stays where it was. */
  private again(): void {
    const focused = [...this.body.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
    const scrolled = this.body.querySelector(".table-box, .legend, .legend-table")?.scrollTop ?? 0;
    this.redraw();
    if (focused >= 0) this.body.querySelectorAll("button")[focused]?.focus({ preventScroll: true });
    this.body.querySelector(".table-box, .legend, .legend-table")?.scrollTo(0, scrolled);
  }

  /** While the pointer is down nothing is drawn anew: it may be drawing a span of time. */
  private hold(): void {
    this.held = true;
    addEventListener("pointerup", () => setTimeout(() => {
      this.held = false;
      this.redraw();
    }), { once: true });
  }

  private clear(): void {
    this.view?.destroy?.();
    this.view = undefined;
    this.body.replaceChildren();
    this.body.className = "panel-body";
  }

  private say(state: State, words: string): void {
    this.clear();
    this.body.append(el("div", { class: `notice notice-${state}` }, state === "error" ? icon("alert") : null, el("span", { text: words })));
    this.mark(state);
  }

  private mark(state: State): void {
    this.element.dataset["state"] = state;
  }

  private tell(problems: readonly string[]): void {
    const words = problems.join("\n");
    this.status.replaceChildren(...(words ? [el("span", { class: "warn", title: words, attrs: { role: "img", "aria-label": words } }, icon("alert"))] : []));
  }

  private resized(): void {
    const size = `${this.body.clientWidth}x${this.body.clientHeight}`;
    if (size === this.size) return;
    const first = this.size === "";
    this.size = size;
    if (!first) requestAnimationFrame(() => this.redraw());
  }

  private async inspect(title: string): Promise<void> {
    const { inspect } = await import("./inspect.ts");
    inspect(title, this.place.panel, this.data);
  }

  private about(): HTMLElement | null {
    const text = this.place.panel.description;
    if (!text) return null;
    const words = interpolate(text, this.place.values);
    return el("button", { class: "plain about", title: words, attrs: { type: "button", "aria-label": `About: ${words}` } }, icon("info"));
  }

  private menu(title: string): HTMLElement {
    const { panel, key } = this.place;
    const links = (panel.links ?? []).map((one) => {
      const href = this.board.link(one.url ?? "", this.place);
      return href === "" ? null : el("a", { text: one.title ?? href, attrs: { href } });
    });
    const menu = closesItself(el("details", { class: "menu" },
      el("summary", { attrs: { "aria-label": `Menu of ${title || panel.type}` } }, icon("menu")),
      el("div", { class: "menu-list" },
        el("button", { text: this.board.alone ? "Back to the dashboard" : "View alone", attrs: { type: "button" },
          on: { click: () => this.board.viewAlone(this.board.alone ? undefined : key) } }),
        el("button", { text: "Data and queries", attrs: { type: "button" },
          on: { click: () => { menu.open = false; void this.inspect(title || panel.type); } } }),
        ...links)));
    return menu;
  }
}
