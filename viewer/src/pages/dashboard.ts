/** A dashboard: its choices, its panels, its clock. */

import { list, type Dashboard, type VariableModel } from "../model/dashboard.ts";
import { marksOf, type Mark } from "../query/annotations.ts";
import { getJson, isAbort, wordsOf } from "../query/client.ts";
import { href } from "../links.ts";
import type { Page } from "../router.ts";
import { rewrite } from "../router.ts";
import { parseRange, seconds, absolute, isRelative, type Range, type Raw } from "../time/range.ts";
import { announce, el } from "../ui/dom.ts";
import { onTheme } from "../ui/theme.ts";
import { useZone } from "../format/date.ts";
import { chosenOf, readState, writeState, type UrlState } from "../url-state.ts";
import { literal, type Values } from "../variables/interpolate.ts";
import { valueOf, type Variable } from "../variables/model.ts";
import { resolveVariables } from "../variables/resolve.ts";
import { BoardHead } from "./board-head.ts";
import { sections, type Place } from "./layout.ts";
import { sectionElement, type RowState } from "./rows.ts";
import { Tile, type Board } from "./tile.ts";

const LEAST_REFRESH = 1;
const NEAR = "400px";

export function dashboardPage(uid: string): Page {
  const element = el("div", { class: "page dashboard", attrs: { "aria-busy": "true" } });
  const stop = new AbortController();
  const page: Page = { title: "Dashboard", element, destroy: () => stop.abort() };
  getJson<Dashboard>(`/api/dashboards/${encodeURIComponent(uid)}`, stop.signal).then(
    (dashboard) => {
      document.title = `${dashboard.title} – codesentinel`;
      const shown = new Shown(dashboard, element);
      stop.signal.addEventListener("abort", () => shown.destroy());
    },
    (error: unknown) => {
      if (!isAbort(error)) element.replaceChildren(el("p", { class: "notice notice-error", text: wordsOf(error), attrs: { role: "alert" } }));
    },
  );
  return page;
}

class Shown implements Board {
  readonly sharing: number;
  private readonly stop = new AbortController();
  private readonly head: BoardHead;
  private readonly grid = el("div", { class: "board" });
  private readonly rowState: RowState = new Map();
  private readonly off = new Set<string>();
  private readonly models: VariableModel[];
  private state: UrlState;
  private span: Range;
  private variables: Variable[] = [];
  private annotations: Mark[] = [];
  private tiles: Tile[] = [];
  private round: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly seen = new IntersectionObserver((entries) => {
    for (const entry of entries) this.tiles.find((tile) => tile.element === entry.target)?.show(entry.isIntersecting);
  }, { rootMargin: NEAR });

  constructor(private readonly dashboard: Dashboard, private readonly element: HTMLElement) {
    this.sharing = dashboard.graphTooltip ?? 0;
    this.models = list<VariableModel>(dashboard.templating?.list);
    useZone(dashboard.timezone);
    for (const { name, enable } of dashboard.annotations?.list ?? []) if (enable === false) this.off.add(name);
    this.state = readState(location.search);
    this.state.refresh ??= typeof dashboard.refresh === "string" ? dashboard.refresh : "";
    this.span = parseRange(this.time());
    this.head = new BoardHead(dashboard, this.off, {
      time: (raw) => this.changeTime(raw),
      every: (every) => { this.state.refresh = every; this.write(true); this.schedule(); },
      now: () => void this.reload(false),
      variable: (name, chosen) => this.changeVariable(name, chosen),
      annotations: () => void this.loadMarks(),
    });
    element.replaceChildren(this.head.element, this.grid);
    onThemeUntil(this.stop.signal, () => { for (const tile of this.tiles) tile.redraw(); void this.loadMarks(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.schedule(); }, { signal: this.stop.signal });
    void this.reload(true);
  }

  destroy(): void {
    this.stop.abort();
    this.round?.abort();
    clearTimeout(this.timer);
    this.seen.disconnect();
    for (const tile of this.tiles) tile.destroy();
  }

  range(): Range { return this.span; }
  marks(): readonly Mark[] { return this.annotations; }
  get alone(): boolean { return this.state.viewPanel !== undefined; }

  zoom(from: number, to: number): void {
    this.changeTime(absolute(from, to));
  }

  link(url: string, place: Place, extra?: Record<string, string>): string {
    const values = { ...this.values(), ...place.values };
    return href(url, { values, state: this.linkState(), from: this.span.from, to: this.span.to }, extra);
  }

  viewAlone(key: string | undefined): void {
    if (key === undefined) delete this.state.viewPanel;
    else this.state.viewPanel = key;
    this.write();
    this.build();
  }

  private time(): Raw {
    return this.state.time ?? { from: this.dashboard.time?.from ?? "now-6h", to: this.dashboard.time?.to ?? "now" };
  }

  private changeTime(time: Raw): void {
    this.state.time = time;
    this.span = parseRange(time);
    this.write();
    this.header();
    announce("Time range changed");
    void this.reload(false);
  }

  /** Everything anew: the clock, the variables that follow it, then the panels. */
  private async reload(first: boolean): Promise<void> {
    this.round?.abort();
    const round = (this.round = new AbortController());
    this.span = parseRange(this.time());
    this.element.setAttribute("aria-busy", "true");
    if (first) this.header();
    try {
      const before = JSON.stringify(chosenOf(this.variables));
      this.variables = await resolveVariables(this.models, this.wanted(first), this.span, round.signal);
      if (round.signal.aborted) return;
      this.header();
      if (first || before !== JSON.stringify(chosenOf(this.variables))) this.build();
      else this.refresh();
      await this.loadMarks();
    } catch (error) {
      if (!isAbort(error)) announce(wordsOf(error));
    } finally {
      if (this.round === round) this.element.setAttribute("aria-busy", "false");
      this.schedule();
    }
  }

  private wanted(first: boolean): Record<string, string[]> {
    return first ? this.state.variables : { ...chosenOf(this.variables), ...this.state.variables };
  }

  private changeVariable(name: string, chosen: string[]): void {
    this.state.variables = { ...chosenOf(this.variables), [name]: chosen };
    this.write();
    void this.reload(false);
  }

  /** The clock goes on: panels are asked again, what can be chosen is not. */
  private tick(): void {
    if (isRelative(this.time())) this.span = parseRange(this.time());
    this.header();
    for (const tile of this.tiles) tile.refresh(true);
    void this.loadMarks();
    this.schedule();
  }

  private refresh(): void {
    for (const tile of this.tiles) tile.refresh();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const every = seconds(this.state.refresh);
    if (!every || document.hidden || this.stop.signal.aborted) return;
    this.timer = setTimeout(() => this.tick(), Math.max(LEAST_REFRESH, every) * 1000);
  }

  private values(): Values {
    const own = Object.fromEntries(this.variables.map((v) => [v.model.name, valueOf(v)]));
    return { ...own, __dashboard: literal(this.dashboard.title), __from: literal(String(this.span.from)), __to: literal(String(this.span.to)) };
  }

  private linkState(): UrlState {
    return { time: this.time(), variables: chosenOf(this.variables) };
  }

  private write(replace = false): void {
    rewrite(writeState(this.state), replace);
  }

  private header(): void {
    const scope = { values: this.values(), state: this.linkState(), from: this.span.from, to: this.span.to };
    this.head.show(this.span, this.state.refresh ?? "", this.variables, scope);
  }

  private build(): void {
    this.seen.disconnect();
    for (const tile of this.tiles) tile.destroy();
    const all = sections(this.dashboard.panels ?? [], this.values());
    const alone = this.state.viewPanel;
    const chosen = alone === undefined ? undefined : all.flatMap((section) => section.places).find((place) => place.key === alone || place.key === alone.replace(/^panel-/, ""));
    const shown = chosen ? [{ key: "alone", collapsed: false, values: chosen.values, places: [{ ...chosen, pos: { x: 0, y: 0, w: 24, h: 20 } }] }] : all;
    this.tiles = [];
    this.grid.replaceChildren(...shown.map((section) => sectionElement(section, this.rowState, section.places.map((place) => {
      const tile = new Tile(place, this);
      this.tiles.push(tile);
      return tile.element;
    }))));
    if (this.tiles.length === 0) this.grid.append(el("p", { class: "notice", text: "This dashboard has no panels." }));
    for (const tile of this.tiles) this.seen.observe(tile.element);
  }

  private async loadMarks(): Promise<void> {
    const { signal } = this.stop;
    const wanted = (this.dashboard.annotations?.list ?? []).filter(({ name }) => !this.off.has(name));
    const scope = { range: this.span, values: this.values() };
    const all = await Promise.allSettled(wanted.map((model) => marksOf(model, scope, signal)));
    if (signal.aborted) return;
    const found = all.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    if (JSON.stringify(found) === JSON.stringify(this.annotations)) return;
    this.annotations = found;
    for (const tile of this.tiles) tile.redraw();
  }
}

function onThemeUntil(signal: AbortSignal, tell: () => void): void {
  const stop = onTheme(tell);
  signal.addEventListener("abort", stop);
}
