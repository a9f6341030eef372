/** The Markdown that dashboards are written in, to elements: headings, lists, code, emphasis, links, rules, tables. */

import { el } from "./dom.ts";

type Href = (url: string) => string;

export function markdown(source: string, href: Href): HTMLElement[] {
  const lines = source.replaceAll("\r", "").split("\n");
  const made: HTMLElement[] = [];
  let i = 0;
  const taken = (test: (line: string) => boolean): string[] => {
    const from = i;
    while (i < lines.length && test(lines[i] ?? "")) i += 1;
    return lines.slice(from, i);
  };
  while (i < lines.length) {
    const line = lines[i] ?? "";
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (/^\s*$/.test(line)) i += 1;
    else if (line.startsWith("```")) {
      i += 1;
      made.push(el("pre", {}, el("code", { text: taken((l) => !l.startsWith("```")).join("\n") })));
      i += 1;
    } else if (heading) {
      made.push(el(`h${Math.min(6, (heading[1]?.length ?? 1) + 2)}` as "h3", {}, ...inline(heading[2] ?? "", href)));
      i += 1;
    } else if (/^\s*(?:[-*_]\s*){3,}$/.test(line)) {
      made.push(el("hr"));
      i += 1;
    } else if (/^\s*[-*+]\s+/.test(line)) made.push(items("ul", taken((l) => /^\s*[-*+]\s+|^\s{2,}\S/.test(l)), /^\s*[-*+]\s+/, href));
    else if (/^\s*\d+[.)]\s+/.test(line)) made.push(items("ol", taken((l) => /^\s*\d+[.)]\s+|^\s{2,}\S/.test(l)), /^\s*\d+[.)]\s+/, href));
    else if (line.startsWith(">")) made.push(el("blockquote", {}, ...markdown(taken((l) => l.startsWith(">")).map((l) => l.replace(/^>\s?/, "")).join("\n"), href)));
    else if (line.includes("|") && /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(lines[i + 1] ?? "")) made.push(grid(taken((l) => l.includes("|")), href));
    else {
      i += 1;
      made.push(el("p", {}, ...inline([line, ...taken((l) => /\S/.test(l) && !/^(#{1,6}\s|```|>|\s*[-*+]\s|\s*\d+[.)]\s)/.test(l))].join(" "), href)));
    }
  }
  return made;
}

function items(tag: "ul" | "ol", lines: readonly string[], bullet: RegExp, href: Href): HTMLElement {
  const texts: string[] = [];
  for (const line of lines) {
    if (bullet.test(line)) texts.push(line.replace(bullet, ""));
    else texts.push(`${texts.pop() ?? ""} ${line.trim()}`);
  }
  return el(tag, {}, ...texts.map((text) => el("li", {}, ...inline(text, href))));
}

function grid(lines: readonly string[], href: Href): HTMLElement {
  const cells = (line: string): string[] => line.trim().replace(/^\||\|$/g, "").split("|").map((c) => c.trim());
  const row = (tag: "th" | "td", line: string): HTMLElement => el("tr", {}, ...cells(line).map((c) => el(tag, {}, ...inline(c, href))));
  return el("table", {}, el("thead", {}, row("th", lines[0] ?? "")), el("tbody", {}, ...lines.slice(2).map((line) => row("td", line))));
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|\b_([^_\s][^_]*)_\b|\[([^\]]+)\]\(([^)\s]+)[^)]*\)|<(https?:[^>\s]+)>/;

function inline(text: string, href: Href): (Node | string)[] {
  const found = INLINE.exec(text);
  if (!found) return text ? [text] : [];
  const [whole, code, bold, bold2, italic, italic2, label, url, bare] = found;
  const rest = inline(text.slice(found.index + whole.length), href);
  const target = url ?? bare;
  const made = code !== undefined ? el("code", { text: code })
    : bold !== undefined || bold2 !== undefined ? el("strong", {}, ...inline(bold ?? bold2 ?? "", href))
    : italic !== undefined || italic2 !== undefined ? el("em", {}, ...inline(italic ?? italic2 ?? "", href))
    : anchor(label ?? bare ?? "", href(target ?? ""));
  return [text.slice(0, found.index), made, ...rest];
}

function anchor(label: string, url: string): HTMLElement {
  return url === "" ? el("span", { text: label }) : el("a", { text: label, attrs: { href: url, rel: "noopener noreferrer" } });
}
