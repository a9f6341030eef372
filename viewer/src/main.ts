/** The frame around every page, and which address opens which. */

import { homePage } from "./pages/home.ts";
import { later, route, start } from "./router.ts";
import { el, svg } from "./ui/dom.ts";
import { applyTheme, themeButton } from "./ui/theme.ts";

const NAVIGATION = [
  ["/", "Dashboards"],
  ["/findings", "Findings"],
  ["/alerts", "Alerts"],
  ["/forecast", "Forecast"],
  ["/satellites", "Satellites"],
  ["/canary", "Canaries"],
  ["/profiles", "Profiles"],
] as const;

applyTheme();
const anchors = NAVIGATION.map(([href, text]) => el("a", { text, attrs: { href } }));
const main = el("main", { attrs: { id: "main", tabindex: -1 } });
const mark = svg("svg", { viewBox: "0 0 16 16", class: "brand-mark", "aria-hidden": "true" },
  svg("path", { d: "M8 1 14 3.4V8c0 3.6-2.6 5.9-6 7-3.4-1.1-6-3.4-6-7V3.4Z" }), svg("path", { d: "M4.4 8.4h1.8L7.4 5.6l1.8 4.6 1-1.8h1.4", class: "pulse" }));

document.getElementById("app")?.replaceChildren(
  el("header", { class: "bar-top" }, el("a", { class: "brand", attrs: { href: "/" } }, mark, "codesentinel"),
    el("nav", { attrs: { "aria-label": "Pages" } }, ...anchors), themeButton()),
  main);

route(/^\/$/, () => homePage());
route(/^\/d\/([^/]+)/, ([, uid = ""]) =>
  later("Dashboard", () => import("./pages/dashboard.ts").then((m) => m.dashboardPage(decodeURIComponent(uid)))));
route(/^\/findings$/, () => later("Findings", () => import("./pages/findings.ts").then((m) => m.findingsPage())));
route(/^\/alerts$/, () => later("Alerts", () => import("./pages/alerts.ts").then((m) => m.alertsPage())));
route(/^\/forecast$/, () => later("Forecast", () => import("./pages/forecast.ts").then((m) => m.forecastPage())));
route(/^\/canary$/, () => later("Canaries", () => import("./pages/canary.ts").then((m) => m.canaryPage())));
route(/^\/satellites$/, () => later("Satellites", () => import("./pages/satellites.ts").then((m) => m.satellitesPage())));
route(/^\/profiles$/, () => later("Profiles", () => import("./pages/profiles.ts").then((m) => m.profilesPage())));

let opened = false;
start((page, path) => {
  document.title = `${page.title} – codesentinel`;
  main.replaceChildren(page.element);
  for (const anchor of anchors) {
    const here = anchor.pathname === path || (anchor.pathname === "/" && path.startsWith("/d/"));
    if (here) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
  if (opened) main.focus({ preventScroll: true });
  if (opened) scrollTo(0, 0);
  opened = true;
});
