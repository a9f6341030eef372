/** Defaults and overrides, laid onto the fields that they are for. */

import { isRec, type FieldConfig, type Override, type Panel } from "./dashboard.ts";
import type { Field, Frame } from "./frame.ts";
import { matcher } from "./matchers.ts";

/** The frames with a configuration of its own in every field; the frames that came in are not changed. */
export function configured(panel: Panel, frames: readonly Frame[]): Frame[] {
  const defaults = panel.fieldConfig?.defaults ?? {};
  const overrides = (panel.fieldConfig?.overrides ?? []).map((override) => ({
    matches: matcher(override.matcher.id, override.matcher.options),
    override,
  }));
  return frames.map((frame) => {
    const bare = frame.fields.map((field) => ({ ...field, config: own(field, defaults) }));
    const named = { ...frame, fields: bare };
    for (const field of bare) {
      const config = field.config;
      for (const { matches, override } of overrides) if (matches(field, named)) apply(config, override);
    }
    return named;
  });
}

/** Defaults are for values: a time or a text column takes only what a table does with any column. */
function own(field: Field, defaults: FieldConfig): FieldConfig {
  const config: FieldConfig = { ...structuredClone(defaults), ...field.config };
  if (field.type !== "number") {
    delete config.unit;
    delete config.min;
    delete config.max;
    delete config.displayName;
  }
  return config;
}

function apply(config: FieldConfig, override: Override): void {
  for (const { id, value } of override.properties) {
    const path = id.split(".");
    if (path.some((key) => ["__proto__", "constructor", "prototype"].includes(key))) continue;
    const last = path.pop() ?? "";
    let at = config as Record<string, unknown>;
    for (const key of path) {
      if (!isRec(at[key])) at[key] = {};
      at = at[key] as Record<string, unknown>;
    }
    if (value === undefined || value === null) delete at[last];
    else at[last] = structuredClone(value);
  }
}
