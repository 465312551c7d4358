import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { VectorResult, VectorRunnerModule } from './vector-runner.js';

/*
 * Golden values: node dist/test/vectors/run.js [--strict]
 *
 * Runs every *.json and *.csv of the folder VECTORS_DIR (default: test/vectors of this repository)
 * through the runner named by the file's name up to its first dot. The last line is `N passed, N failed`;
 * the exit code is 1 when anything failed, when no file had a runner, and, under --strict, when one had none.
 */

const DATA_FILE = /\.(json|csv)$/;

/** Compiled, this file lies in dist/test/vectors; the data files stay in the source tree. */
const repositoryVectors = resolve(__dirname, '..', '..', '..', 'test', 'vectors');
const runnersFolder = join(__dirname, 'runners');
const loadModule = createRequire(__filename);

async function main(): Promise<number> {
  const strict = process.argv.includes('--strict');
  const folder = resolve(process.env['VECTORS_DIR'] ?? repositoryVectors);
  const files = dataFiles(folder);
  let passed = 0;
  let failed = 0;
  let known = 0;
  for (const file of files) {
    const runner = runnerOf(file);
    if (runner === undefined) {
      console.log(`${strict ? 'FAIL' : 'unknown'} ${file}: no runner of this name`);
      if (strict) failed += 1;
      continue;
    }
    known += 1;
    const result = await check(runner, folder, file);
    passed += result.passed;
    failed += result.failed.length;
    console.log(`${result.failed.length === 0 ? 'ok' : 'FAIL'} ${file}: ${result.passed} passed`);
    for (const sentence of result.failed) console.log(`  ${sentence}`);
  }
  if (known === 0) {
    console.log(`FAIL ${folder}: holds no data file that a runner knows`);
    failed += 1;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function dataFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && DATA_FILE.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** Absolute path of the compiled runner, or undefined: the name must be plain, it becomes a path. */
function runnerOf(file: string): string | undefined {
  const name = file.slice(0, file.indexOf('.'));
  if (!/^[a-z][a-z0-9_-]*$/.test(name)) return undefined;
  const path = join(runnersFolder, `${name}.js`);
  return existsSync(path) ? path : undefined;
}

/** A file that checks nothing, or whose runner breaks, has failed. */
async function check(runnerPath: string, folder: string, file: string): Promise<VectorResult> {
  try {
    const { run } = loadModule(runnerPath) as VectorRunnerModule;
    const result = await run(readFileSync(join(folder, file), 'utf8'), file);
    if (result.passed + result.failed.length > 0) return result;
    return { passed: 0, failed: ['the runner found no value to check'] };
  } catch (error) {
    return { passed: 0, failed: [error instanceof Error ? error.message : String(error)] };
  }
}

main().then(
  (code) => { process.exitCode = code; },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
