/** Dark or light: as the system says, until the reader says otherwise. */

import { useDark } from "./colours.ts";
import { el } from "./dom.ts";
import { icon } from "./icons.ts";

const KEY = "codesentinel.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function chosen(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function applyTheme(): void {
  const dark = chosen() === null ? system.matches : chosen() === "dark";
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  useDark(dark);
  for (const tell of listeners) tell();
}

/** Called whenever colours have changed; hands back how to stop that. */
export function onTheme(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function themeButton(): HTMLButtonElement {
  const button = el("button", { class: "plain", attrs: { type: "button" }, on: { click: turn } });
  const show = (): void => {
    const dark = document.documentElement.dataset["theme"] === "dark";
    button.replaceChildren(icon(dark ? "sun" : "moon"));
    button.setAttribute("aria-label", dark ? "Light theme" : "Dark theme");
    button.title = dark ? "Light theme" : "Dark theme";
  };
  show();
  onTheme(show);
  return button;
}

function turn(): void {
  const next = document.documentElement.dataset["theme"] === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // a browser that keeps nothing shows the system's theme again next time
  }
  document.documentElement.dataset["theme"] = next;
  useDark(next === "dark");
  for (const tell of listeners) tell();
}

system.addEventListener("change", applyTheme);
