// Compiles join.cc to a Node addon where a C++ compiler is, and says nothing where none is: the kernel is optional.
//
//   node libs/compare/native/build.mjs [--out FILE] [--verbose]
//
// `npm run build` runs it last. The addon is kept by the hash of what makes it, because the build empties dist;
// --verbose shows what the compiler says and ends with 1 when nothing was built.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const source = join(here, 'join.cc');
const { values: { out, verbose } } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'dist', 'libs', 'compare', 'native', 'join.node') },
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

function run(compiler, include, target) {
  const { status } = spawnSync(compiler, [...FLAGS, ...LINKER, `-I${include}`, source, '-o', target],
    { stdio: verbose ? 'inherit' : 'ignore' });
  return status === 0;
}

function build() {
  const include = includeFolder();
  if (include === undefined) return false;
  const hash = createHash('sha256').update(readFileSync(source)).update(readFileSync(fileURLToPath(import.meta.url)))
    .update(`${process.platform} ${process.arch} ${process.env.CXX ?? ''}`).digest('hex').slice(0, 16);
  const kept = join(root, 'node_modules', '.cache', 'vinculum', `join-${hash}.node`);
  if (!existsSync(kept)) {
    mkdirSync(dirname(kept), { recursive: true });
    // Under another name first: a build at the same time must not find half a file.
    const partial = `${kept}.${process.pid}`;
    if (!COMPILERS.some((compiler) => run(compiler, include, partial))) {
      rmSync(partial, { force: true });
      return false;
    }
    renameSync(partial, kept);
  }
  mkdirSync(dirname(out), { recursive: true });
  copyFileSync(kept, out);
  return true;
}

let built = false;
try {
  built = build();
} catch (error) {
  // A folder that cannot be written is as good as no compiler: the WebAssembly kernel does the work.
  if (verbose) console.error(error);
}
if (verbose && !built) process.exitCode = 1;
