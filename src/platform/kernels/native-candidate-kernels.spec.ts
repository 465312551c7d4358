import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  comparisonScheme, measureLikeness, shareFilters, SharedKernel, wasmCandidateKernel, writeReferences,
  type CandidateKernel, type SharedFilters,
} from '#libs/compare';
import type { EncodedExtract } from '#libs/record';
import { chance, randomFilter, turned } from '../../../test/support/encoded-extracts.js';
import { foundInOrder, type NearTable } from '../../../test/support/near-pairs.js';
import { nativeCandidateKernels, useLargePages } from './native-candidate-kernels.js';

const BUILD = join(__dirname, '../../../libs/compare/native/build.mjs');
const folder = mkdtempSync(join(tmpdir(), 'vinculum-native-'));
const hasCompiler = ['g++', 'clang++', 'c++'].some((compiler) =>
  spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status === 0);
const built = spawnSync(
  process.execPath, [BUILD, '--out', folder, '--verbose'], { stdio: 'ignore' }).status === 0;
const kernels = nativeCandidateKernels(folder);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SHAPES = [{ name: 'long', bits: 2048 }, { name: 'short', bits: 520 }];
const CUTS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const scheme = comparisonScheme(SHAPES.map((shape) => ({ ...shape, cuts: CUTS })));
const keep = Uint8Array.from({ length: scheme.vectors }, (_, v) => Number(v % 3 > 0));

/** Rows near to each other, equal, far and empty. */
function extract(registerId: string, records: number, seed: number): EncodedExtract {
  const segments = SHAPES.map(({ name, bits }, s) => {
    const random = chance(seed + s);
    const prototypes = Array.from({ length: 5 }, (_, k) => randomFilter(bits, 0.45, chance(100 + k)));
    const rows = Array.from({ length: records }, () => {
      const kind = random();
      return kind < 0.05 ? new Uint8Array(bits / 8)
        : turned(prototypes[Math.floor(5 * random())], kind < 0.2 ? 0 : 0.6 * random(), random);
    });
    return { name, bits, filters: Uint8Array.from(Buffer.concat(rows)) };
  });
  return { registerId, cardinality: 'unique', records, segments };
}

function shared(recordsA: number, recordsB: number): SharedFilters {
  return finished(shareFilters([extract('a', recordsA, 1), extract('b', recordsB, 2)], scheme, 1));
}

function finished(steps: ReturnType<typeof shareFilters>): SharedFilters {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

const kernelOver = (filters: SharedFilters, form: CandidateKernel, b = 1): SharedKernel =>
  new SharedKernel(filters, 0, 0, b, scheme, keep, form);

interface Found { readonly pairs: number; readonly sha256: string }

/** Hundreds of thousands of pairs, in their order. */
function digestOf(pairs: readonly (readonly number[])[]): Found {
  return {
    pairs: pairs.length, sha256: createHash('sha256').update(Uint32Array.from(pairs.flat())).digest('hex'),
  };
}

/** Everything that a kernel says of these registers. */
function answers(filters: SharedFilters, form: CandidateKernel, tables: readonly NearTable[]) {
  const [{ records: recordsA }, { records: recordsB }] = filters.extracts;
  const kernel = kernelOver(filters, form);
  const rows: number[][] = [];
  for (let i = 0; i < recordsA; i += 7) {
    for (let from = 0; from < recordsB; from += 512) {
      rows.push(Array.from(kernel.verifyRow(i, from, Math.min(from + 512, recordsB))));
    }
  }
  for (let p = 0; p < 1000; p++) kernel.pairs.set([(p * 31) % recordsA, (p * 17) % recordsB], 2 * p);
  const pairs = Array.from(kernel.verifyPairs(1000));
  const counts = new Float64Array(scheme.vectors);
  kernel.takeCounts(counts);
  const near = tables.map((table) => digestOf(foundInOrder(kernel, table, false)));
  const within = tables.map((table) =>
    digestOf(foundInOrder(kernelOver(filters, form, 0), table, true)));
  return { rows, pairs, counts, near, within };
}

function tableOf(
  segment: number, width: number, line: number, mostInHalf: number, mostInLine: number,
): NearTable {
  const columns = Uint16Array.from({ length: width }, (_, c) => 37 * c + 5);
  return { segment, line, mostInHalf, mostInLine, columns };
}

describe('the native candidate kernel', () => {
  it('is built where a C++ compiler is, and has a form for every processor', () => {
    expect(built).toBe(hasCompiler);
    expect(kernels.map(({ name }) => name).at(-1)).toBe(built ? 'native-portable' : undefined);
  });

  // Buckets of a few rows, of some hundred (columns of 256 and of 512 rows), and of several blocks.
  it.each([[60, 50, 3], [900, 700, 2], [1300, 1500, 1]])(
    'says what WebAssembly says, in every form that runs here: %d x %d', (recordsA, recordsB, width) => {
      const filters = shared(recordsA, recordsB);
      const tables = [
        tableOf(0, width, 0, 60, 130), tableOf(0, width, 3, 110, 200), tableOf(1, width, 0, 90, 512),
        tableOf(0, width, 1, 0, 0), tableOf(1, 12, 0, 256, 512),
      ];
      const expected = answers(filters, wasmCandidateKernel, tables);
      // Only the fourth look lets nothing but all but equal lines pass.
      expect(expected.near.every(({ pairs }, t) => t === 3 || pairs > 5)).toBe(true);
      for (const form of kernels) expect(answers(filters, form, tables)).toEqual(expected);
    });

  it.each([[1, 0, 2048], [24, 512, 1024], [32, 1536, 2048], [32, 0, 2048], [17, 500, 530]])(
    'reads the same keys in every form: %d columns of %d to %d', (width, from, to) => {
      const filters = shared(203, 5);
      const { records, segments: [{ filters: rows, rowBytes }] } = filters.extracts[0];
      const random = chance(width);
      const columns = Array.from({ length: width }, () => from + Math.floor((to - from) * random()));
      const { buffer } = filters.memory;
      const byDefinition = Array.from({ length: records }, (_, row) => {
        const filter = new Uint8Array(buffer, rows + row * rowBytes, rowBytes);
        return columns.reduce((key, column) =>
          ((key << 1) | ((filter[column >> 3] >> (7 - (column & 7))) & 1)) >>> 0, 0);
      });
      expect(new Set(byDefinition).size).toBeGreaterThan(1);
      const [listed, keys] = [filters.workspaces[0], filters.workspaces[0] + 1024];
      new Uint32Array(buffer, listed, 2 * width).set(
        columns.flatMap((column) => [column >> 3, 7 - (column & 7)]));
      for (const form of [wasmCandidateKernel, ...kernels]) {
        form.bind(filters.memory).gatherKeys(rows, rowBytes / 8, records, listed, width, keys);
        expect(Array.from(new Uint32Array(buffer, keys, records))).toEqual(byDefinition);
      }
    });

  it.each([8, 520, 2048])('measures the same likeness in every form: %d bits', (bits) => {
    const one = comparisonScheme([{ name: 'short', bits, cuts: CUTS }]);
    const segments = (seed: number, records: number): EncodedExtract['segments'] => {
      const random = chance(seed);
      const rows = Array.from({ length: records }, () =>
        (random() < 0.1 ? new Uint8Array(bits / 8) : randomFilter(bits, 0.1 + 0.6 * random(), random)));
      return [{ name: 'short', bits, filters: Uint8Array.from(Buffer.concat(rows)) }];
    };
    const filters = finished(shareFilters([203, 150].map((records, x): EncodedExtract => (
      { registerId: `r${x}`, cardinality: 'unique', records, segments: segments(x, records) })), one, 1));
    const some = Uint32Array.from({ length: 70 }, (_, k) => 2 * k);
    const references = writeReferences(filters, [some, some]);
    const measured = (form: CandidateKernel): number[] =>
      filters.extracts.flatMap(({ records, likeness }, x) => {
        const halves = new Float32Array(filters.memory.buffer, likeness, 2 * records).fill(-1);
        measureLikeness(filters, 0, x, 0, 101, references, form);
        measureLikeness(filters, 0, x, 101, records, references, form);
        return Array.from(halves);
      });
    const expected = measured(wasmCandidateKernel);
    expect(new Set(expected).size).toBeGreaterThan(bits === 8 ? 20 : 200);
    for (const form of kernels) expect(measured(form)).toEqual(expected);
  });

  it('refuses what does not lie within the memory', () => {
    const filters = shared(40, 40);
    for (const form of kernels) {
      const loops = form.bind(filters.memory);
      const end = filters.memory.buffer.byteLength;
      expect(() => loops.joinNear(end - 8)).toThrow('does not lie within the memory');
      expect(() => loops.verifyRow(end, 1, 0, 0, 1, 0, 0, 0, 0)).toThrow('does not lie within the memory');
      expect(() => loops.verifyPairs(0, 99, 0, 1, 0, 0, 0, 0, 0)).toThrow('does not lie within the memory');
      expect(() => loops.sortRows(0, 0, 2 ** 31, 8, 0, 0, 0, 0, 0)).toThrow('does not lie within the memory');
      expect(() => loops.gatherKeys(end, 8, 40, 0, 4, 0)).toThrow('does not lie within the memory');
      expect(() => loops.nearestReferences(0, 8, 0, 0, 2 ** 30, 0, 64, 0, 0, 0))
        .toThrow('does not lie within the memory');
      expect(() => loops.nearestReferences(0, 8, 0, 0, 40, 0, 5000, 0, 0, 0))
        .toThrow('does not lie within the memory');
      expect(() => loops.gatherKeys(-1, 8, 40, 0, 4, 0)).toThrow('numbers from 0');
    }
  });

  it('asks for large pages where there is an addon', () => {
    expect(useLargePages(new SharedArrayBuffer(8192), join(folder, 'nowhere'))).toBe(false);
    const { buffer } = shared(10, 10).memory;
    expect(typeof useLargePages(buffer, folder)).toBe('boolean');
  });
});
