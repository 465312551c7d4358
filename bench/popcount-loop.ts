import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FilterTable } from '#libs/compare';

const SOURCE = join(__dirname, '../../bench/popcount-loop.cc');
const COMPILERS = ['g++', 'clang++', 'c++'];

/** One run of the C++ loop: pairs found and processor seconds. */
export type PopcountLoop = (a: FilterTable, b: FilterTable, similarity: number) => {
  readonly pairs: number; readonly cpuSeconds: number;
};

/** Compiles the C++ loop into `folder`; undefined where there is no C++ compiler. */
export function compilePopcountLoop(folder: string): PopcountLoop | undefined {
  const program = join(folder, 'popcount-loop');
  const compiled = COMPILERS.some((compiler) =>
    spawnSync(compiler, ['-std=c++17', '-O3', '-mpopcnt', SOURCE, '-o', program], { stdio: 'ignore' }).status === 0);
  if (!compiled) return undefined;
  return (a, b, similarity) => {
    const files = [a, b].map(({ filters }, side) => {
      const path = join(folder, `filters-${side}.bin`);
      writeFileSync(path, filters);
      return path;
    });
    const { status, stdout } = spawnSync(
      program, [...files, ...[a.records, b.records, similarity].map(String)], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the C++ loop ended with ${status}`);
    const [pairs, cpuSeconds] = stdout.trim().split(' ').map(Number);
    return { pairs, cpuSeconds };
  };
}
