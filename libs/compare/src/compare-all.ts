import type { EncodedExtract } from '#libs/record';
import type { ComparisonScheme } from './comparison-scheme.js';
import type { ComparedPairs, ComparisonProgress, ComparisonResult } from './comparison-result.js';
import { kernelMemory, PAIR_BATCH, TILE_ROWS, type KernelMemory } from './kernel-memory.js';

/** Pairs between two yields of the generators: often enough to show progress and to cancel. */
const PAIRS_BETWEEN_YIELDS = 4e6;

/**
 * Compares every record of `a` with every record of `b`; with `within`, every pair i < j of `a` (pass it
 * as `b` too). Fast twin of `compareAllByDefinition`.
 *
 * @param keep which vectors' pairs are wanted; none when absent.
 */
export function* compareAll(
  a: EncodedExtract, b: EncodedExtract, scheme: ComparisonScheme,
  options: { readonly within?: boolean; readonly keep?: (vector: number) => boolean } = {},
): Generator<ComparisonProgress, ComparisonResult> {
  const memory = kernelMemory(a, b, scheme);
  setKeep(memory, scheme, options.keep);
  const total = options.within ? (a.records * (a.records - 1)) / 2 : a.records * b.records;
  const counts = new Float64Array(scheme.vectors);
  const found = new PairColumns();
  let done = 0;
  let sinceYield = 0;
  for (let i = 0; i < a.records; i++) {
    const start = options.within ? i + 1 : 0;
    for (let from = start; from < b.records; from += TILE_ROWS) {
      compareTile(memory, i, from, Math.min(from + TILE_ROWS, b.records), found);
    }
    sinceYield += b.records - start;
    if (sinceYield >= PAIRS_BETWEEN_YIELDS) {
      takeCounts(memory, scheme, counts);
      done += sinceYield;
      sinceYield = 0;
      yield { done, total };
    }
  }
  takeCounts(memory, scheme, counts);
  return { counts, pairs: found.columns() };
}

/** Compares the listed pairs only; `batches` gives rows of A and B in turn: i0, j0, i1, j1, … */
export function* comparePairs(
  a: EncodedExtract, b: EncodedExtract, scheme: ComparisonScheme, batches: Iterable<Uint32Array>,
  options: { readonly keep?: (vector: number) => boolean } = {},
): Generator<ComparisonProgress, ComparisonResult> {
  const memory = kernelMemory(a, b, scheme);
  const wanted = Uint8Array.from({ length: scheme.vectors }, (_, v) => (options.keep?.(v) ? 1 : 0));
  const counts = new Float64Array(scheme.vectors);
  const found = new PairColumns();
  let done = 0;
  for (const batch of batches) {
    for (let at = 0; at < batch.length; at += 2 * PAIR_BATCH) {
      comparePairBatch(memory, scheme, batch.subarray(at, at + 2 * PAIR_BATCH), counts, wanted, found);
    }
    done += batch.length / 2;
    yield { done, total: Number.NaN };
  }
  return { counts, pairs: found.columns() };
}

function compareTile(
  { kernel, buffer, descriptors, vectors, counts, keep, kept }: KernelMemory,
  i: number, from: number, to: number, found: PairColumns,
): void {
  for (const descriptor of descriptors) kernel.addLevelsOfRow(descriptor, i, from, to, vectors, 0);
  const written = kernel.finishRow(from, to, vectors, counts, keep, kept);
  if (written === 0) return;
  const rows = new Uint32Array(buffer, kept, 2 * written);
  for (let k = 0; k < written; k++) found.push(i, rows[2 * k], rows[2 * k + 1]);
}

function comparePairBatch(
  { kernel, buffer, descriptors, vectors, pairs }: KernelMemory, scheme: ComparisonScheme,
  batch: Uint32Array, counts: Float64Array, wanted: Uint8Array, found: PairColumns,
): void {
  const length = batch.length / 2;
  new Uint32Array(buffer, pairs, batch.length).set(batch);
  kernel.vectorsOfPairs(descriptors[0], scheme.segments.length, pairs, length, vectors, 0);
  const result = new Uint32Array(buffer, vectors, length);
  for (let p = 0; p < length; p++) {
    const vector = result[p];
    counts[vector] = (counts[vector]) + 1;
    if (wanted[vector]) found.push(batch[2 * p], batch[2 * p + 1], vector);
  }
}

function setKeep(
  { buffer, keep }: KernelMemory, scheme: ComparisonScheme, wanted?: (vector: number) => boolean,
): void {
  const flags = new Uint8Array(buffer, keep, scheme.vectors);
  for (let vector = 0; vector < scheme.vectors; vector++) flags[vector] = wanted?.(vector) ? 1 : 0;
}

/** Moves the kernel's 32-bit counters into `counts` before they can overflow. */
function takeCounts(
  { buffer, counts: at }: KernelMemory, scheme: ComparisonScheme, counts: Float64Array,
): void {
  const counters = new Uint32Array(buffer, at, scheme.vectors);
  for (let vector = 0; vector < scheme.vectors; vector++) {
    counts[vector] = (counts[vector]) + (counters[vector]);
  }
  counters.fill(0);
}

/** Three growing columns: millions of pairs without an object each. */
class PairColumns {
  private length = 0;
  private rows = new Uint32Array(3 * 1024);

  push(i: number, j: number, vector: number): void {
    if (3 * this.length === this.rows.length) {
      const larger = new Uint32Array(2 * this.rows.length);
      larger.set(this.rows);
      this.rows = larger;
    }
    this.rows[3 * this.length] = i;
    this.rows[3 * this.length + 1] = j;
    this.rows[3 * this.length + 2] = vector;
    this.length++;
  }

  columns(): ComparedPairs {
    const column = (c: number): Uint32Array =>
      Uint32Array.from({ length: this.length }, (_, k) => this.rows[3 * k + c]);
    return { length: this.length, rowsOfA: column(0), rowsOfB: column(1), vectors: column(2) };
  }
}
