/** What a kind of panel is given, and what it gives back. */

import type { Panel } from "../model/dashboard.ts";
import type { Mark } from "../query/annotations.ts";
import type { PanelData, Scope } from "../query/run.ts";

/** What a reader did to a panel; it outlives a refresh. */
export interface PanelState {
  hidden: Set<string>;
  sort?: { column: string; descending: boolean };
}

export interface PanelContext {
  panel: Panel;
  data: PanelData;
  scope: Scope;
  marks: readonly Mark[];
  state: PanelState;
  /** 0: every graph for itself, 1: one crosshair, 2: one tooltip. */
  sharing: number;
  zoom(from: number, to: number): void;
  /** Where a link of the dashboard leads, with time and variables filled in. */
  link(url: string, extra?: Record<string, string>): string;
  again(): void;
}

export interface View {
  /** The data in one or two sentences, for those who do not see the picture. */
  summary: string;
  destroy?(): void;
}

export type Renderer = (host: HTMLElement, context: PanelContext) => View;
