/** The calls of a profile as a tree, from the flat list that the server and the page of its own bring. */

export interface FlameData {
  title: string;
  /** All samples; of the later profile where two are compared. */
  samples: number;
  /** All samples of the earlier profile; null where there is only one. */
  before: number | null;
  /** Name, module and file of each function. */
  functions: [string, string, string][];
  /** Callers before callees, four numbers each: depth, function, samples, samples before. */
  nodes: number[];
}

export interface FlameNode {
  name: string;
  module: string;
  file: string;
  depth: number;
  samples: number;
  before: number;
  parent: FlameNode | undefined;
  below: FlameNode[];
}

export function treeOf(data: FlameData): FlameNode {
  const root: FlameNode = { name: "all", module: "", file: "", depth: 0, samples: data.samples, before: data.before ?? 0, parent: undefined, below: [] };
  const path = [root];
  for (let at = 0; at + 3 < data.nodes.length; at += 4) {
    const [depth = 1, index = 0, samples = 0, before = 0] = data.nodes.slice(at, at + 4);
    const [name, module, file] = data.functions[index] ?? ["?", "", ""];
    const parent = path[depth - 1] ?? root;
    const node = { name, module, file, depth, samples, before, parent, below: [] };
    parent.below.push(node);
    path[depth] = node;
    path.length = depth + 1;
  }
  return root;
}

/** The samples below nodes that `fits`, each counted once however often it fits on its way. */
export function samplesOf(node: FlameNode, fits: (node: FlameNode) => boolean): number {
  if (fits(node)) return node.samples;
  return node.below.reduce((sum, one) => sum + samplesOf(one, fits), 0);
}

/** A hue for a module, the same on every page. */
export function hueOf(module: string): number {
  let hash = 2166136261;
  for (const character of module) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return (hash >>> 0) % 360;
}

/** How a share changed, from -1 (gone) over 0 to 1 (at least twice as much). */
export function shift(node: FlameNode, data: FlameData): number {
  if (!data.before || !data.samples) return 0;
  const after = node.samples / data.samples;
  const before = node.before / data.before;
  if (after === before) return 0;
  return before === 0 ? 1 : Math.max(-1, Math.min(1, Math.log2(Math.max(after / before, 0.5))));
}

export function percent(samples: number, whole: number): string {
  return `${(100 * samples / Math.max(whole, 1)).toFixed(1)}%`;
}
