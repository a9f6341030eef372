// Asks Grafana's data engine about dashboards: node oracle.cjs FILE...; one line for each problem, exit 1.
'use strict';
const fs = require('node:fs');

Object.defineProperty(globalThis, 'navigator', {
  value: { userAgent: 'node', language: 'en', languages: ['en'] }, // all that @grafana/data looks at
  configurable: true,
});
const grafana = require('@grafana/data');
const { firstValueFrom } = require('rxjs');

globalThis.window = globalThis; // only now: what is loaded before would take this for a browser

const UNITS = new Set(grafana.getValueFormats().flatMap((category) => category.submenu.map((unit) => unit.value)));
const REDUCERS = new Set(grafana.fieldReducers.list().map((reducer) => reducer.id));
const MATCHERS = new Set(grafana.fieldMatchers.list().map((matcher) => matcher.id));
const COLOURS = new Set(grafana.fieldColorModeRegistry.list().map((mode) => mode.id));
const TRANSFORMERS = new Map(Object.values(grafana.standardTransformers).map((one) => [one.id, one]));
grafana.standardTransformersRegistry.setInit(() => [...TRANSFORMERS.values()].map((one) => ({
  id: one.id, name: one.name, transformation: async () => one, editor: () => null,
})));
const NAMES = ['unit', 'min', 'max', 'decimals', 'thresholds', 'links', 'mappings', 'color', 'displayName', 'noValue'];
const CUSTOM = ['cellOptions', 'align', 'width', 'inspect', 'lineWidth', 'fillOpacity'];
const passed = (value) => value;
const property = (id, isCustom) => ({
  id: isCustom ? `custom.${id}` : id, path: id, name: id, isCustom, process: passed, shouldApply: () => true,
  override: () => null, editor: () => null, settings: {},
});
grafana.standardFieldConfigEditorRegistry.setInit(() => NAMES.map((id) => property(id, false)));
const PROPERTIES = new grafana.FieldConfigOptionsRegistry();
for (const id of NAMES) PROPERTIES.register(property(id, false));
for (const id of CUSTOM) PROPERTIES.register(property(id, true));

/** The panels of a dashboard, those in collapsed rows too. */
const panels = (page) => page.panels.flatMap((panel) => (panel.type === 'row' ? panel.panels : [panel]));

/** Words that Grafana does not know. */
function* unknown(panel) {
  const { defaults, overrides } = panel.fieldConfig;
  const units = [defaults.unit, ...overrides.flatMap((one) => one.properties.filter((p) => p.id === 'unit').map((p) => p.value))];
  for (const unit of units) {
    if (!UNITS.has(unit)) yield `no such unit: ${unit}`;
  }
  for (const calc of [...(panel.options.reduceOptions?.calcs ?? []), ...(panel.options.legend?.calcs ?? [])]) {
    if (!REDUCERS.has(calc)) yield `no such reducer: ${calc}`;
  }
  for (const one of overrides) {
    if (!MATCHERS.has(one.matcher.id)) yield `no such matcher: ${one.matcher.id}`;
    for (const { id } of one.properties) {
      if (!PROPERTIES.getIfExists(id)) yield `no such property: ${id}`;
    }
  }
  for (const { id } of panel.transformations ?? []) {
    if (!TRANSFORMERS.has(id)) yield `no such transformation: ${id}`;
  }
  if (!COLOURS.has(defaults.color.mode)) yield `no such colour mode: ${defaults.color.mode}`;
}

/** What the data source makes of each query of a table: time, the labels, and the value. */
function frames(panel) {
  const organize = panel.transformations.find((one) => one.id === 'organize');
  const labels = Object.keys(organize.options.renameByName).filter((name) => !name.startsWith('Value'));
  const many = panel.targets.length > 1;
  return panel.targets.map((target, index) => grafana.toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: grafana.FieldType.time, values: [1e12, 1e12] },
      ...labels.map((name) => ({ name, type: grafana.FieldType.string, values: [`${name} 1`, `${name} 2`] })),
      { name: many ? `Value #${target.refId}` : 'Value', type: grafana.FieldType.number, values: [index, index + 0.5] },
    ],
  }));
}

/** A table's transformations and overrides, run by Grafana's own engine. */
async function* table(panel) {
  const shown = await firstValueFrom(grafana.transformDataFrame(panel.transformations, frames(panel)));
  if (shown.length !== 1) return void (yield `${shown.length} tables are left, not one`);
  if (shown[0].length !== 2) yield `two sets of labels become ${shown[0].length} lines`;
  const [data] = grafana.applyFieldOverrides({
    data: shown, fieldConfig: panel.fieldConfig, replaceVariables: passed, theme: grafana.createTheme(), fieldConfigRegistry: PROPERTIES,
  });
  const names = data.fields.map((field) => grafana.getFieldDisplayName(field, data));
  const { indexByName, renameByName } = panel.transformations.find((one) => one.id === 'organize').options;
  const expected = Object.keys(indexByName).sort((a, b) => indexByName[a] - indexByName[b]).map((name) => renameByName[name]);
  if (names.join() !== expected.join()) yield `columns are ${names.join()}, not ${expected.join()}`;
  for (const one of panel.fieldConfig.overrides) {
    const field = data.fields.find((_, index) => names[index] === one.matcher.options);
    if (!field) yield `an override is for ${one.matcher.options}, which is no column`;
    const unit = one.properties.find((p) => p.id === 'unit')?.value;
    if (field && unit && field.config.unit !== unit) yield `the unit of ${one.matcher.options} is ${field.config.unit}, not ${unit}`;
  }
  for (const { displayName } of panel.options.sortBy ?? []) {
    if (!names.includes(displayName)) yield `sorted by ${displayName}, which is no column`;
  }
}

async function main(files) {
  let problems = 0;
  for (const file of files) {
    for (const panel of panels(JSON.parse(fs.readFileSync(file, 'utf8')))) {
      const found = [...unknown(panel)];
      if (panel.type === 'table' && found.length === 0) {
        for await (const problem of table(panel)) found.push(problem);
      }
      for (const problem of found) console.log(`${file}: ${panel.title}: ${problem}`);
      problems += found.length;
    }
  }
  console.log(`${UNITS.size} units, ${REDUCERS.size} reducers, ${TRANSFORMERS.size} transformations known; ${problems} problems`);
  process.exitCode = problems ? 1 : 0;
}

main(process.argv.slice(2));
