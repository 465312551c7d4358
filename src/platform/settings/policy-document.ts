import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { canonicalJson, VinculumError, type JsonValue } from '#libs/record';

/** A policy as data, with the hash that goes into each audit event that it governs. */
export interface PolicyDocument<T> {
  readonly policy: T;
  /** SHA-256 of the canonical JSON (RFC 8785), 64 lower-case hex digits. */
  readonly hash: string;
}

/**
 * Reads `config/<name>.json` and checks it against `config/schema/<schema>.schema.json`.
 *
 * @throws VinculumError `POLICY_INVALID` with every reason: the service does not start with a bad policy.
 */
export function readPolicy<T>(name: string, schema: string): PolicyDocument<T> {
  const document = readConfig(`${name}.json`);
  const ajv = new Ajv2020({ allErrors: true, strict: true });
  const validate = ajv.compile(readConfig(join('schema', `${schema}.schema.json`)) as object);
  if (!validate(document)) {
    throw new VinculumError('POLICY_INVALID',
      `config/${name}.json does not fit its schema: ${ajv.errorsText(validate.errors, { dataVar: name })}`);
  }
  return {
    policy: document as T,
    hash: createHash('sha256').update(canonicalJson(document as JsonValue)).digest('hex'),
  };
}

function readConfig(path: string): unknown {
  return JSON.parse(readFileSync(join(packageRoot(), 'config', path), 'utf8'));
}

/** The folder of package.json: the same from `src` under test and from `dist/src`. */
export function packageRoot(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error('package.json not found above the program');
  }
}
