/** Words: Markdown, or plain text. HTML is shown as text, for a dashboard must not run anything here. */

import { option } from "../model/dashboard.ts";
import { markdown } from "../ui/markdown.ts";
import { interpolate } from "../variables/interpolate.ts";
import { el } from "../ui/dom.ts";
import type { Renderer } from "./panel.ts";

export const text: Renderer = (host, context) => {
  const content = interpolate(option(context.panel.options, "content", ""), context.scope.values);
  const mode = option(context.panel.options, "mode", "markdown");
  const box = el("div", { class: "prose", attrs: { tabindex: 0, role: "group", "aria-label": context.panel.title || "Text" } });
  if (mode === "markdown") box.append(...markdown(content, (url) => context.link(url)));
  else box.append(el("pre", { text: content }));
  host.append(box);
  return { summary: content.slice(0, 200) };
};
