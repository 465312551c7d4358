import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, VinculumError, type JsonValue } from '#libs/record';
import { packageRoot, type PolicyDocument } from './policy-document.js';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * Reads `config/<kind>/<name>.json` with the parser of the lib that it is for.
 *
 * @param code of the refusal where there is no such file.
 * @throws VinculumError `code`, or what the parser finds.
 */
export function readConfigFile<T>(
  kind: string, name: string, code: string, parse: (json: unknown) => T,
): PolicyDocument<T> {
  const file = join(packageRoot(), 'config', kind, `${name}.json`);
  if (!NAME.test(name) || !existsSync(file)) {
    throw new VinculumError(code, `config/${kind} has no file of this name`);
  }
  const json = JSON.parse(readFileSync(file, 'utf8')) as JsonValue;
  return { policy: parse(json), hash: createHash('sha256').update(canonicalJson(json)).digest('hex') };
}
