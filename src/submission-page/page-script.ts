import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { packageRoot } from '../platform/settings/policy-document.js';

const ENTRY = 'src/submission-page/page/page.js';
/** What may run in the page. All else that a file requires is a mistake of ours, and no page is served. */
const OURS = /^(src\/(submission|submission-page\/page)|libs\/record\/src)\/[\w./-]+\.js$/;
/** The files of packages that are made for browsers. */
const PACKAGES: Readonly<Record<string, string>> = {
  'tus-js-client': 'tus-js-client/dist/tus.min.js', 'openapi-fetch': 'openapi-fetch/dist/index.cjs',
};

/**
 * The page's program as one script: the built files that it needs, each as a function that is called when it
 * is first required. Nothing is fetched from elsewhere, and no code is made of strings: the policy forbids
 * both.
 *
 * @throws Error where the program is not built, or a file requires what no browser has.
 */
export function pageScript(): string {
  const built = join(packageRoot(), 'dist');
  if (!existsSync(join(built, ENTRY))) throw new Error('the page is not built; npm run build');
  const files: string[] = [];
  const numbers = new Map<string, number>();
  const add = (path: string): number => {
    const known = numbers.get(path);
    if (known !== undefined) return known;
    const number = files.push('') - 1;
    numbers.set(path, number);
    const source = readFileSync(path, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/gm, '');
    const isPackage = path.includes(`${sep}node_modules${sep}`);
    // Those of packages are bundles, complete in themselves.
    const requests = isPackage ? [] : [...source.matchAll(/\brequire\("([^"]+)"\)/g)];
    const targets = requests.map(([, request]) => [request, add(resolved(built, path, request))]);
    files[number] = `[${JSON.stringify(Object.fromEntries(targets))}, function (exports, require, module) {${source}\n}]`;
    return number;
  };
  add(join(built, ENTRY));
  return `(function () {\nconst files = [${files.join(',\n')}];\n${LOADER}\n})();\n`;
}

const LOADER = `const loaded = [];
function load(number) {
  if (loaded[number]) return loaded[number].exports;
  const [targets, run] = files[number];
  const module = loaded[number] = { exports: {} };
  run.call(module.exports, module.exports, (request) => load(targets[request]), module);
  return module.exports;
}
load(0);`;

function resolved(built: string, from: string, request: string): string {
  if (Object.hasOwn(PACKAGES, request)) return createRequire(from).resolve(PACKAGES[request]);
  // As `imports` of package.json has it.
  const library = /^#libs\/(\w+)$/.exec(request)?.[1];
  const path = library ? join(built, 'libs', library, 'src', 'index.js') : resolve(dirname(from), request);
  if (OURS.test(relative(built, path).split(sep).join('/'))) return path;
  throw new Error(`${from}: expected to require what a browser can load, got ${request}`);
}
