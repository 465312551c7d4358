// Compiles join.cc and candidates.cc to Node addons where a C++ compiler is, and says nothing where none is: the kernels
// are optional.
//
//   node libs/compare/native/build.mjs [--out FOLDER] [--verbose]
//
// `npm run build` runs it last. An addon is kept by the hash of what makes it, because the build empties dist;
// --verbose shows what the compiler says and ends with 1 when nothing was built.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const ADDONS = ['join', 'candidates'];
const { values: { out, verbose } } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'dist', 'libs', 'compare', 'native') },
    verbose: { type: 'boolean', default: false },
  },
});

const FLAGS = ['-std=c++17', '-O3', '-shared', '-fPIC'];
// An addon finds Node's own functions in the program that loads it.
const LINKER = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
const COMPILERS = [process.env.CXX, 'g++', 'clang++', 'c++'].filter(Boolean);

function includeFolder() {
  try {
    return createRequire(import.meta.url)('node-api-headers').include_dir;
  } catch {
    return undefined; // Installed without development packages.
  }
}

function run(compiler, include, source, target) {
  const { status } = spawnSync(compiler, [...FLAGS, ...LINKER, `-I${include}`, source, '-o', target],
    { stdio: verbose ? 'inherit' : 'ignore' });
  return status === 0;
}

/** Of all that lies here: an addon is made anew when a part that it may include has changed. */
function hashOfSources() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.env.CXX ?? ''}`);
  for (const name of readdirSync(here).sort()) hash.update(name).update(readFileSync(join(here, name)));
  return hash.digest('hex').slice(0, 16);
}

function build(name, hash, include) {
  const kept = join(root, 'node_modules', '.cache', 'vinculum', `${name}-${hash}.node`);
  if (!existsSync(kept)) {
    mkdirSync(dirname(kept), { recursive: true });
    // Under another name first: a build at the same time must not find half a file.
    const partial = `${kept}.${process.pid}`;
    if (!COMPILERS.some((compiler) => run(compiler, include, join(here, `${name}.cc`), partial))) {
      rmSync(partial, { force: true });
      return false;
    }
    renameSync(partial, kept);
  }
  mkdirSync(out, { recursive: true });
  copyFileSync(kept, join(out, `${name}.node`));
  return true;
}

function buildAll() {
  const include = includeFolder();
  if (include === undefined) return false;
  const hash = hashOfSources();
  return ADDONS.map((name) => build(name, hash, include)).every(Boolean);
}

let built = false;
try {
  built = buildAll();
} catch (error) {
  // A folder that cannot be written is as good as no compiler: the WebAssembly kernel does the work.
  if (verbose) console.error(error);
}
if (verbose && !built) process.exitCode = 1;
