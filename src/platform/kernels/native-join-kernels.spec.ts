import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  joinAll, joinByDefinition, prepareJoin, PREFIX_LENGTHS, wasmJoinKernel,
  type FilterTable, type JoinedPairs, type JoinKernel,
} from '#libs/compare';
import { chance, randomFilter, turned } from '../../../test/support/encoded-extracts.js';
import { nativeJoinKernels } from './native-join-kernels.js';

const BUILD = join(__dirname, '../../../libs/compare/native/build.mjs');
const folder = mkdtempSync(join(tmpdir(), 'vinculum-native-'));
const hasCompiler = ['g++', 'clang++', 'c++'].some((compiler) =>
  spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status === 0);
const built = spawnSync(process.execPath, [BUILD, '--out', folder, '--verbose'], { stdio: 'ignore' }).status === 0;
const kernels = nativeJoinKernels(folder);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function tableOf(bits: number, records: number, seed: number): FilterTable {
  const prototypes = Array.from({ length: 3 }, (_, k) => randomFilter(bits, 0.45, chance(k)));
  const random = chance(seed);
  const rows = Array.from({ length: records }, () => {
    const kind = random();
    return kind < 0.1 ? new Uint8Array(bits / 8)
      : turned(prototypes[Math.floor(3 * random())], kind < 0.2 ? 0 : 0.3 * random(), random);
  });
  return { bits, records, filters: Uint8Array.from(Buffer.concat(rows)) };
}

function resultOf<Result>(steps: Generator<unknown, Result>): Result {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

const rowsOf = ({ length, rowsOfA, rowsOfB }: JoinedPairs): string[] =>
  Array.from({ length }, (_, k) => `${rowsOfA[k]}-${rowsOfB[k]}`);

describe('the native join', () => {
  it('is built where a C++ compiler is, and has a form for every processor', () => {
    expect(built).toBe(hasCompiler);
    expect(kernels.map(({ name }) => name).at(-1)).toBe(built ? 'native-portable' : undefined);
  });

  it('finds what the definition finds, in every form that runs here', () => {
    const given = fc.record({
      bits: fc.constantFrom(64, 264, 512, 640, 1024, 1088), recordsA: fc.nat(60), recordsB: fc.nat(60),
      seed: fc.integer(), within: fc.boolean(), similarity: fc.constantFrom(0.3, 0.66, 0.8, 0.9, 1),
    });
    fc.assert(fc.property(given, ({ bits, recordsA, recordsB, seed, within, similarity }) => {
      const a = tableOf(bits, recordsA, seed);
      const b = within ? a : tableOf(bits, recordsB, seed + 1);
      const expected = rowsOf(joinByDefinition(a, b, { similarity, within }));
      for (const kernel of kernels) {
        expect(rowsOf(resultOf(joinAll(a, b, { similarity, within }, kernel)))).toEqual(expected);
      }
    }), { numRuns: 20 });
  });

  const [a, b] = [tableOf(1088, 140, 1), tableOf(1088, 600, 2)];

  it.each(PREFIX_LENGTHS)('finds what the WebAssembly kernel finds with a prefix of %d words', (prefixWords) => {
    const spec = { similarity: 0.75, prefixWords };
    const expected = resultOf(joinAll(a, b, spec));
    expect(expected.length).toBeGreaterThan(1000);
    for (const kernel of kernels) {
      expect(rowsOf(resultOf(joinAll(a, b, spec, kernel))).join()).toBe(rowsOf(expected).join());
    }
  });

  it('is not there where its file is missing, or is no addon', () => {
    const other = join(folder, 'other.node');
    writeFileSync(other, 'not an addon');
    expect([nativeJoinKernels(other), nativeJoinKernels(join(folder, 'absent.node'))]).toEqual([[], []]);
  });
});

describe('whatever stands in the memory, a native form', () => {
  const table = tableOf(640, 90, 3);
  const good = prepareJoin(table, table, { similarity: 0.6, within: true }, wasmJoinKernel.cost);
  const { job, workspaces: [workspace] } = good;
  /** Small ones that mostly fit, large ones that overflow when they are multiplied. */
  const numbers = fc.oneof(
    fc.nat(40), fc.nat(1 << 16).map((k) => 8 * k),
    fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32 - 8, 2 ** 32 - 1));

  function attempt(kernel: JoinKernel, memory: SharedArrayBuffer, places: readonly number[]): void {
    const [at, tileA, tileB, area] = places;
    try {
      kernel.bind({ buffer: memory })(at, tileA, tileB, area);
    } catch (error) {
      expect(error).toMatchObject({ code: 'KERNEL_MEMORY_INVALID' });
    }
  }

  it('refuses or ends, when the descriptor is arbitrary', () => {
    const descriptors = fc.array(numbers, { minLength: 24, maxLength: 24 });
    fc.assert(fc.property(descriptors, fc.array(numbers, { minLength: 4, maxLength: 4 }), (words, places) => {
      const memory = new SharedArrayBuffer(1 << 17);
      new Uint32Array(memory).set(words);
      for (const kernel of kernels) {
        attempt(kernel, memory, places);
        attempt(kernel, memory, [0, 0, 0, 1 << 16]);
      }
    }), { numRuns: 300 });
  });

  it('refuses or ends, when a good memory was changed anywhere', () => {
    const changes = fc.array(fc.tuple(fc.nat(1 << 20), numbers), { minLength: 1, maxLength: 3 });
    const inHead = fc.array(fc.tuple(fc.nat(24), numbers), { maxLength: 2 });
    fc.assert(fc.property(changes, inHead, (anywhere, head) => {
      const memory = good.memory.buffer.slice(0);
      const words = new Uint32Array(memory);
      for (const [at, word] of anywhere) words[at % words.length] = word;
      for (const [at, word] of head) words[job / 4 + at] = word;
      for (const kernel of kernels) attempt(kernel, memory, [job, 0, 0, workspace]);
    }), { numRuns: 100 });
  });

  it('refuses places behind the end of the memory', () => {
    const cut = good.memory.buffer.slice(0, workspace + 4096);
    for (const kernel of kernels) {
      const joinTiles = kernel.bind({ buffer: cut });
      expect(() => joinTiles(job, 0, 0, workspace)).toThrow('do not lie within the memory');
      expect(() => joinTiles(job, -1, 0, workspace)).toThrow('numbers from 0');
      expect(() => joinTiles(job, Number.NaN, 0, workspace)).toThrow('numbers from 0');
    }
  });
});
