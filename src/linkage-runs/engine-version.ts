import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../platform/settings/policy-document.js';

/** `vinculum VERSION`: with the spec and the inputs, what the links depend on. */
export function engineVersion(): string {
  const { name, version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    name: string; version: string;
  };
  return `${name} ${version}`;
}
