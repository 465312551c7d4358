import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';

const OURS = /^\/dist\/(libs\/(encode|record)\/src|test\/browser)\/[\w./-]+\.js$/;
const PACKAGES = /^\/node_modules\/@noble\/hashes\/[\w-]+\.js$/;
const LOADER = '/dist/test/browser/loader.js';

/**
 * The script at an address of the page, and only of what the page may load: `libs/encode`, `libs/record`, the
 * hash functions they use, and this folder. Undefined for any other address.
 *
 * @throws Error when a file requires something else, such as a module of Node.
 */
export function scriptAt(root: string, address: string): string | undefined {
  if (PACKAGES.test(address)) return readFileSync(join(root, address), 'utf8');
  // Compiled as CommonJS, it marks an `exports` of which nobody takes anything.
  if (address === LOADER) return `(function (exports) {${readFileSync(join(root, address), 'utf8')}\n})({});\n`;
  return OURS.test(address) ? wrapped(root, address) : undefined;
}

/** A CommonJS file as a call of the loader's `defineModule`, with the address of each module it requires. */
function wrapped(root: string, address: string): string {
  const file = join(root, address);
  const source = readFileSync(file, 'utf8');
  const { resolve } = createRequire(file);
  const requests = [...source.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, request]) => request);
  const addresses = Object.fromEntries(requests.map((request) => {
    const target = isBuiltin(request) ? request : addressOf(root, resolve(request));
    if (!OURS.test(target) && !PACKAGES.test(target)) {
      throw new Error(`${address}: expected to require what a browser can load, got ${request}`);
    }
    return [request, target];
  }));
  return `defineModule(${JSON.stringify(address)}, ${JSON.stringify(addresses)}, `
    + `function (exports, require, module) {${source}\n});\n`;
}

/** Packages may lie outside the root, behind a link: what counts is their place in the last node_modules. */
function addressOf(root: string, file: string): string {
  const path = file.split(sep).join('/');
  const packages = path.lastIndexOf('/node_modules/');
  return packages >= 0 ? path.slice(packages) : `/${relative(root, file).split(sep).join('/')}`;
}
