/** Links in the head of a dashboard: to others of the same tags, or to anywhere. */

import type { Dashboard, Link } from "../model/dashboard.ts";
import { dashboardPath, href, type LinkScope } from "../links.ts";
import { el } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { closesItself } from "../ui/popover.ts";
import { listDashboards, type Listed } from "./catalogue.ts";

export function dashboardLinks(dashboard: Dashboard, scope: () => LinkScope): HTMLElement {
  const nav = el("nav", { class: "board-links", attrs: { "aria-label": "Related dashboards" } });
  for (const link of dashboard.links ?? []) {
    if (link.type !== "dashboards") nav.append(plain(link, scope()));
    else {
      const place = el("span");
      nav.append(place);
      void listDashboards().then((all) => place.replaceWith(...others(link, all, dashboard, scope())), () => place.remove());
    }
  }
  return nav;
}

function plain(link: Link, scope: LinkScope): HTMLElement | string {
  const own = { ...scope, state: kept(link, scope) };
  const base = href(link.url ?? "", own);
  if (base === "") return "";
  const extra = Object.keys(own.state.variables).length > 0 || own.state.time ? dashboardPath("", own.state).replace("/d/", "") : "";
  const address = base + (extra === "" ? "" : base.includes("?") ? extra.replace("?", "&") : extra);
  return el("a", { class: "board-link", text: link.title ?? address, title: link.tooltip ?? "",
    attrs: { href: address, ...(link.targetBlank ? { target: "_blank", rel: "noopener noreferrer" } : {}) } });
}

function others(link: Link, all: readonly Listed[], dashboard: Dashboard, scope: LinkScope): (HTMLElement | string)[] {
  const state = kept(link, scope);
  const wanted = all.filter((other) => other.uid !== dashboard.uid && (link.tags ?? []).every((tag) => other.tags.includes(tag)));
  const anchors = wanted.map((other) => el("a", { class: "board-link", text: other.title, attrs: { href: dashboardPath(other.uid, state) } }));
  if (anchors.length === 0) return [""];
  if (!link.asDropdown) return anchors;
  return [closesItself(el("details", { class: "board-more" }, el("summary", {}, el("span", { text: link.title || "Dashboards" }), icon("down")),
    el("div", { class: "popover menu-list" }, ...anchors)))];
}

function kept(link: Link, { state }: LinkScope): LinkScope["state"] {
  return { variables: link.includeVars ? state.variables : {}, ...(link.keepTime && state.time ? { time: state.time } : {}) };
}
