/** Colours by name, in two themes. */

type Shades = readonly [superLight: string, light: string, plain: string, semiDark: string, dark: string];

const DARK: Record<string, Shades> = {
  red: ["#ffb3b3", "#ff8f8a", "#f2655f", "#dc4a47", "#bb3236"],
  orange: ["#ffd0a1", "#ffba75", "#f79a4b", "#e57f2a", "#c66512"],
  yellow: ["#fff0b0", "#ffe28a", "#f2cc5c", "#dfb034", "#bf9116"],
  green: ["#bfeec6", "#98dfa6", "#5fbf79", "#3fa55f", "#27864a"],
  blue: ["#c2dcff", "#98c3ff", "#639df5", "#4280de", "#2c64bd"],
  purple: ["#e3ccff", "#cfa9fa", "#ae7fe8", "#9263d0", "#7549b2"],
};

const LIGHT: Record<string, Shades> = {
  red: ["#f7a6a2", "#ec7772", "#c93a3a", "#b02c32", "#921c25"],
  orange: ["#fbc48d", "#f2a055", "#b35c0e", "#9c4e0a", "#823f06"],
  yellow: ["#f5dd8a", "#e6c04f", "#8a6b06", "#765b04", "#614a02"],
  green: ["#a9dfb4", "#74c389", "#1f7d41", "#186b36", "#11562a"],
  blue: ["#aecdfb", "#7aabf3", "#2a65c8", "#2055ae", "#174492"],
  purple: ["#d7bdf5", "#b78feb", "#7d49c4", "#6a3bab", "#572d94"],
};

const DEPTHS = ["super-light-", "light-", "", "semi-dark-", "dark-"];

/** Series in their order: neighbours differ in hue and in lightness. */
const SERIES_DARK = ["#639df5", "#f2b35c", "#5fbf79", "#d78ae0", "#f2655f", "#4fc4cf", "#c9b25c", "#9d8cf0", "#8fce5a",
  "#f08fb0", "#7fb2c9", "#d99a6c"];
const SERIES_LIGHT = ["#2f6fd6", "#cf7d0f", "#2f9551", "#a94fb8", "#d64545", "#16899a", "#8f7510", "#6a55cf", "#5b8f1d",
  "#c74579", "#3e7d99", "#a5602a"];

const SCHEMES: Record<string, readonly string[]> = {
  "continuous-GrYlRd": ["green", "yellow", "red"],
  "continuous-RdYlGr": ["red", "yellow", "green"],
  "continuous-BlYlRd": ["blue", "yellow", "red"],
  "continuous-YlRd": ["super-light-yellow", "orange", "dark-red"],
  "continuous-BlPu": ["blue", "purple"],
  "continuous-YlBl": ["yellow", "blue"],
  "continuous-blues": ["panel", "dark-blue", "super-light-blue"],
  "continuous-reds": ["panel", "dark-red", "super-light-red"],
  "continuous-greens": ["panel", "dark-green", "super-light-green"],
  "continuous-purples": ["panel", "dark-purple", "super-light-purple"],
};

let dark = true;

export function useDark(on: boolean): void {
  dark = on;
}

export function isDark(): boolean {
  return dark;
}

export function seriesColour(index: number): string {
  const palette = dark ? SERIES_DARK : SERIES_LIGHT;
  return palette[index % palette.length] ?? "#888888";
}

/** A colour as dashboards name it to one that a browser draws. */
export function resolve(name: string): string {
  if (name === "transparent" || name.startsWith("#") || name.startsWith("rgb") || name.startsWith("hsl")) return name;
  if (name === "text") return dark ? "#d6dce5" : "#1f2733";
  if (name === "panel") return dark ? "#171b22" : "#ffffff";
  const shades = dark ? DARK : LIGHT;
  for (const [depth, prefix] of DEPTHS.entries()) {
    const hue = name.startsWith(prefix) ? shades[name.slice(prefix.length)] : undefined;
    if (hue) return hue[depth] ?? "#888888";
  }
  return CSS_NAMES.test(name) ? name : seriesColour(0);
}

const CSS_NAMES = /^(white|black|gr[ae]y|cyan|magenta|pink|brown|teal|navy|lime|olive|maroon|gold|silver)$/;

/** A point of a continuous scheme. */
export function scheme(mode: string, ratio: number): string {
  const stops = (SCHEMES[mode] ?? SCHEMES["continuous-GrYlRd"]!).map((name) => resolve(name));
  return between(stops, ratio);
}

export function between(stops: readonly string[], ratio: number): string {
  const place = Math.min(1, Math.max(0, Number.isFinite(ratio) ? ratio : 0)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const [a, b] = [rgb(stops[low] ?? "#888888"), rgb(stops[low + 1] ?? stops[low] ?? "#888888")];
  const mix = a.map((x, i) => Math.round(x + ((b[i] ?? x) - x) * (place - low)));
  return `rgb(${mix.join(", ")})`;
}

export function alpha(colour: string, opacity: number): string {
  const [r, g, b] = rgb(colour);
  return `rgba(${r}, ${g}, ${b}, ${opacity})`;
}

/** Black or white, whichever is read better on a colour. */
export function onTop(colour: string): string {
  const [r = 0, g = 0, b = 0] = rgb(colour).map((x) => {
    const part = x / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#10141a" : "#ffffff";
}

function rgb(colour: string): [number, number, number] {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(colour)?.[1];
  if (hex) {
    const wide = hex.length < 6 ? [...hex].map((c) => c + c).join("") : hex;
    return [0, 2, 4].map((at) => parseInt(wide.slice(at, at + 2), 16)) as [number, number, number];
  }
  const found = /rgba?\(([^)]+)\)/.exec(colour)?.[1]?.split(/[\s,/]+/).map(Number);
  return found && found.length >= 3 ? (found.slice(0, 3) as [number, number, number]) : [136, 136, 136];
}
