/** Series on top of one another. */

export interface Layer {
  values: (number | null)[];
  /** Series of one group and of one sign are stacked; an empty group stands alone. */
  group: string;
}

/** Running sums, and for each series the one it stands on (-1 for the ground, -2 where it is not stacked). */
export function stacked(layers: readonly Layer[], percent: boolean): { values: (number | null)[][]; below: number[] } {
  const totals = new Map<string, number[]>();
  if (percent) {
    for (const { group, values } of layers) {
      const sum = totals.get(group) ?? new Array<number>(values.length).fill(0);
      values.forEach((v, i) => (sum[i] = (sum[i] ?? 0) + Math.abs(v ?? 0)));
      totals.set(group, sum);
    }
  }
  const tops = new Map<string, { index: number; sums: number[] }>();
  const below: number[] = [];
  const values = layers.map((layer, index) => {
    if (layer.group === "") {
      below.push(-2);
      return layer.values;
    }
    const negative = layer.values.some((v) => (v ?? 0) < 0) && !layer.values.some((v) => (v ?? 0) > 0);
    const key = `${layer.group}${negative ? "-" : "+"}`;
    const top = tops.get(key) ?? { index: -1, sums: new Array<number>(layer.values.length).fill(0) };
    below.push(top.index);
    const whole = totals.get(layer.group);
    const sums = top.sums.map((sum, i) => {
      const own = layer.values[i] ?? 0;
      return sum + (whole ? own / (whole[i] || 1) : own);
    });
    tops.set(key, { index, sums });
    return layer.values.every((v) => v === null) ? layer.values : sums;
  });
  return { values, below };
}
