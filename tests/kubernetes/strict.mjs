// Reads objects, one JSON line each, and answers each with a line: what the operators' own custom resource
// definitions, compiled by kubernetes-models, say is wrong with it, and which fields they do not know. An API
// server drops those without a word; here the compiled schema gives them away: it never looks at them.
import { createInterface } from "node:readline";

const OPERATOR = "prometheus-operator/_schemas/ComGithubPrometheusOperatorPrometheusOperatorPkgApisMonitoringV1";
const FILES = {
  GrafanaDashboard: "grafana-operator/_schemas/GrafanaIntegreatlyOrgV1beta1GrafanaDashboard",
  PodMonitor: `${OPERATOR}PodMonitor`,
  PrometheusRule: `${OPERATOR}PrometheusRule`,
  ServiceMonitor: `${OPERATOR}ServiceMonitor`,
};
const KINDS = {};
for (const [kind, file] of Object.entries(FILES)) {
  const url = new URL(`node_modules/@kubernetes-models/${file}.js`, import.meta.url);
  KINDS[kind] = (await import(url)).validate;
}

// The same value, with every field remembered that somebody looks at.
function watched(value, path, seen) {
  if (value === null || typeof value !== "object") return value;
  const inside = new Map();
  return new Proxy(value, {
    get(target, key) {
      const at = Array.isArray(target) ? path : `${path}.${String(key)}`;
      seen.add(at);
      if (!inside.has(key)) inside.set(key, watched(target[key], at, seen));
      return inside.get(key);
    },
    ownKeys(target) {
      for (const key of Object.keys(target)) seen.add(`${path}.${key}`);
      return Reflect.ownKeys(target);
    },
  });
}

function* fields(value, path) {
  if (value === null || typeof value !== "object") return;
  for (const [key, inner] of Object.entries(value)) {
    const at = Array.isArray(value) ? path : `${path}.${key}`;
    if (!Array.isArray(value)) yield at;
    yield* fields(inner, at);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const object = JSON.parse(line);
  const validate = KINDS[object.kind];
  const seen = new Set();
  const wrong = [];
  if (!validate(watched(object, "", seen)))
    for (const { instancePath, keyword, params } of validate.errors)
      wrong.push(`${instancePath}: ${keyword} ${JSON.stringify(params)}`);
  for (const field of new Set(fields(object.spec, ".spec")))
    if (!seen.has(field)) wrong.push(`${field}: no such field`);
  process.stdout.write(`${JSON.stringify(wrong)}\n`);
}
