import { readFileSync } from 'node:fs';
import { usage } from './usage.js';

/**
 * Reads a JSON file that was named on the command line, with or without a byte order mark.
 *
 * @throws VinculumError BAD_USAGE that names the option and never repeats the content.
 */
export function readJsonFile(path: string, option: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch {
    throw usage(`${option}: expected a readable JSON file at ${path}`);
  }
}
