/** Making elements. Text is always text: nothing here parses markup. */

export type Child = Node | string | null | undefined | false;

export interface Props {
  class?: string;
  text?: string;
  title?: string;
  attrs?: Record<string, string | number | boolean | undefined>;
  data?: Record<string, string>;
  style?: Record<string, string>;
  on?: Record<string, (event: never) => void>;
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, props: Props = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (props.class) made.className = props.class;
  if (props.text !== undefined) made.textContent = props.text;
  if (props.title !== undefined) made.title = props.title;
  fill(made, props);
  append(made, children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag: string, attrs: Record<string, string | number>, ...children: Child[]): SVGElement {
  const made = document.createElementNS(SVG, tag) as SVGElement;
  for (const [name, value] of Object.entries(attrs)) made.setAttribute(name, String(value));
  append(made, children);
  return made;
}

function fill(made: HTMLElement, { attrs, data, style, on }: Props): void {
  for (const [name, value] of Object.entries(attrs ?? {})) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== undefined && value !== false) made.setAttribute(name, String(value));
  }
  Object.assign(made.dataset, data ?? {});
  for (const [name, value] of Object.entries(style ?? {})) made.style.setProperty(name, value);
  for (const [name, listener] of Object.entries(on ?? {})) made.addEventListener(name, listener as EventListener);
}

function append(made: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== null && child !== undefined && child !== false) made.append(child);
}

/** What a screen reader hears and nobody sees. */
export function hidden(text: string): HTMLElement {
  return el("span", { class: "sr", text });
}

let live: HTMLElement | undefined;

/** Say something to those who do not see the change. */
export function announce(text: string): void {
  live ??= document.body.appendChild(el("div", { class: "sr", attrs: { role: "status", "aria-live": "polite" } }));
  if (live.textContent !== text) live.textContent = text;
}

let counter = 0;

export function uniqueId(prefix: string): string {
  counter += 1;
  return `${prefix}-${counter}`;
}
