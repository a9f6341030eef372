/** Addresses to pages, without loading anything anew. */

export interface Page {
  title: string;
  element: HTMLElement;
  destroy?(): void;
}

type Route = readonly [pattern: RegExp, open: (match: RegExpExecArray) => Page];

const routes: Route[] = [];
let current: { path: string; page: Page } | undefined;
let show: (page: Page, path: string) => void = () => undefined;

export function route(pattern: RegExp, open: (match: RegExpExecArray) => Page): void {
  routes.push([pattern, open]);
}

/** A page whose code is loaded when it is opened. */
export function later(title: string, load: () => Promise<Page>): Page {
  const element = document.createElement("div");
  let page: Page | undefined;
  let left = false;
  load().then((loaded) => {
    if (left) return loaded.destroy?.();
    page = loaded;
    element.replaceWith(loaded.element);
  }, () => element.replaceChildren("This page could not be loaded; the server may have been updated: load it anew."));
  return { title, element, destroy: () => { left = true; page?.destroy?.(); } };
}

/** Go somewhere; `replace` leaves no trace in the history. */
export function go(url: string, replace = false): void {
  history[replace ? "replaceState" : "pushState"](null, "", url);
  open();
}

/** Change the address of the page that is open, without opening it again. */
export function rewrite(search: string, replace = false): void {
  const url = location.pathname + search;
  if (url !== location.pathname + location.search) history[replace ? "replaceState" : "pushState"](null, "", url);
}

export function start(shown: (page: Page, path: string) => void): void {
  show = shown;
  addEventListener("popstate", open);
  document.addEventListener("click", (event) => {
    const anchor = (event.target as Element).closest?.("a[href]") as HTMLAnchorElement | null;
    if (!anchor || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (anchor.target || anchor.origin !== location.origin || anchor.getAttribute("href")?.startsWith("#")) return;
    if (!routes.some(([pattern]) => pattern.test(anchor.pathname))) return;
    event.preventDefault();
    go(anchor.href);
  });
  open();
}

function open(): void {
  const path = location.pathname;
  const found = routes.map(([pattern, make]) => [pattern.exec(path), make] as const).find(([match]) => match);
  if (!found?.[0]) return location.assign("/");
  current?.page.destroy?.();
  const page = found[1](found[0]);
  current = { path, page };
  show(page, path);
}
