import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../settings/policy-document.js';

/** Where the build puts addons, if there was a C++ compiler. */
export const ADDON_FOLDER = join(packageRoot(), 'dist', 'libs', 'compare', 'native');

/** Loads an addon of `libs/compare/native`; undefined where it was not built or does not load. */
export function loadAddon<Addon>(name: string, folder: string): Addon | undefined {
  const path = join(folder, `${name}.node`);
  if (!existsSync(path)) return undefined;
  try {
    const module = { exports: {} };
    process.dlopen(module, path);
    return module.exports as Addon;
  } catch {
    return undefined; // Built for another machine: the WebAssembly kernel does the work.
  }
}
