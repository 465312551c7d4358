import type { ComparisonScheme } from '../comparison-scheme.js';
import { leastIntersection } from '../least-intersection.js';
import { wasmCandidateKernel, type CandidateKernel, type CandidateLoops } from './candidate-kernel.js';
import { FIELD, JOB_FIELDS, LOOKS_A_STEP, NearSearch, type NearLook } from './near-search.js';
import {
  CANDIDATE_BATCH, DESCRIPTOR_BYTES, mostRecordsOf, paddedBytes, sumsOfWeights, workspaceParts,
  type SharedExtract, type SharedFilters, type WorkspaceParts,
} from './shared-filters.js';

/** Pairs that were kept: row of A, row of B and vector in turn. */
export type KeptPairs = Uint32Array;

/**
 * The kernel of one thread for the pairs of two extracts of a shared memory. It owns a workspace: nobody
 * else may use that one meanwhile.
 */
export class SharedKernel {
  /** Where candidates are put for `verifyPairs`: row of A and row of B in turn. */
  readonly pairs: Uint32Array;
  private readonly kernel: CandidateLoops;
  private readonly parts: WorkspaceParts;
  private readonly counters: Uint32Array;
  private readonly kept: Uint32Array;
  private readonly segments: number;
  private readonly extracts: readonly [SharedExtract, SharedExtract];
  private readonly indexed = { a: 0, b: 0 };
  private readonly memory: SharedArrayBuffer;
  private readonly within: boolean;

  /** @param keep 1 for the vectors whose pairs are wanted. */
  constructor(
    filters: SharedFilters, workspace: number, a: number, b: number, scheme: ComparisonScheme,
    keep: Uint8Array, kernel: CandidateKernel = wasmCandidateKernel,
  ) {
    const { memory, extracts } = filters;
    this.memory = memory.buffer;
    this.kernel = kernel.bind(memory);
    this.segments = scheme.segments.length;
    this.extracts = [extracts[a], extracts[b]];
    this.within = a === b;
    this.parts = workspaceParts(filters.workspaces[workspace], scheme, mostRecordsOf(extracts));
    this.writeDescriptors(memory.buffer, extracts[a], extracts[b], scheme);
    this.counters = new Uint32Array(memory.buffer, this.parts.counts, scheme.vectors).fill(0);
    new Uint8Array(memory.buffer, this.parts.keep, scheme.vectors).set(keep);
    this.pairs = new Uint32Array(memory.buffer, this.parts.pairs, 2 * CANDIDATE_BATCH);
    this.kept = new Uint32Array(memory.buffer, this.parts.kept, 3 * CANDIDATE_BATCH);
  }

  /** Compares the first `length` of `pairs`; the result is valid until the next call. */
  verifyPairs(length: number): KeptPairs {
    const { descriptors, pairs, counts, keep, kept, sink } = this.parts;
    const written = this.kernel.verifyPairs(
      descriptors, this.segments, pairs, length, counts, keep, kept, sink, 0);
    return this.kept.subarray(0, 3 * written);
  }

  /**
   * Drops from the first `length` of `pairs` those that a look does not find near (see `NearLook`); the
   * others move together, in order. Returns their number.
   */
  keepNear(length: number, { segment, line, mostInHalf, mostInLine }: NearLook): number {
    const { descriptors, pairs, sink } = this.parts;
    return this.kernel.nearPairs(
      descriptors + segment * DESCRIPTOR_BYTES, pairs, length, 64 * line, mostInHalf, mostInLine, sink);
  }

  /** Compares row `i` of A with at most `ROW_TILE` rows of B; the result is valid until the next call. */
  verifyRow(i: number, from: number, to: number): KeptPairs {
    const { descriptors, counts, keep, kept } = this.parts;
    const written = this.kernel.verifyRow(descriptors, this.segments, i, from, to, counts, keep, kept, 0);
    return this.kept.subarray(0, 3 * written);
  }

  /** Sorts the rows of one side that have the segment by their bits in `columns` (1 to 32 of them). */
  index(side: 'a' | 'b', segment: number, columns: Uint16Array): void {
    const { index, counters } = this.parts;
    const { records, segments } = this.extracts[side === 'a' ? 0 : 1];
    const { filters, bits, weights } = segments[segment];
    this.writeColumns(columns);
    this.kernel.gatherKeys(
      filters, paddedBytes(bits) / 8, records, this.parts.pairs, columns.length, index.keys);
    const [keys, rows] = side === 'a' ? [index.keysA, index.rowsA] : [index.keysB, index.rowsB];
    this.indexed[side] = this.kernel.sortRows(
      index.keys, weights, records, columns.length, keys, rows, index.keys, index.rows, counters);
  }

  /**
   * Begins to look for near pairs in the buckets of the sides that were indexed (one extract: A alone).
   * The search goes on with `NearSearch.next`, until which nothing else may index.
   */
  searchNear(look: NearLook, mostPairsInBucket: number): NearSearch {
    const { index, job, lines, pairs } = this.parts;
    const [a, b] = this.extracts.map(({ segments }) => segments[look.segment]);
    const [keysB, rowsB, lengthB] = this.within
      ? [index.keysA, index.rowsA, this.indexed.a] : [index.keysB, index.rowsB, this.indexed.b];
    const fields = new Uint32Array(this.memory, job, JOB_FIELDS);
    fields.fill(0);
    fields.set([
      a.filters, b.filters, paddedBytes(a.bits), index.keysA, index.rowsA, this.indexed.a,
      keysB, rowsB, lengthB,
      Number(this.within), Math.min(mostPairsInBucket, 2 ** 32 - 1), look.mostInHalf, look.mostInLine,
      look.line * 64, lines, pairs, CANDIDATE_BATCH, LOOKS_A_STEP,
    ]);
    fields[FIELD.hashesA] = a.hashes;
    fields[FIELD.hashesB] = b.hashes;
    return new NearSearch(this.memory, fields, () => this.kernel.joinNear(job));
  }

  /** Adds the counts of vectors since the last call; call it before any of them reaches 2^32. */
  takeCounts(counts: Float64Array): void {
    for (let vector = 0; vector < counts.length; vector++) counts[vector] += this.counters[vector];
    this.counters.fill(0);
  }

  private writeColumns(columns: Uint16Array): void {
    columns.forEach((column, c) => this.pairs.set([column >> 3, 7 - (column & 7)], 2 * c));
  }

  private writeDescriptors(
    buffer: SharedArrayBuffer, a: SharedExtract, b: SharedExtract, scheme: ComparisonScheme,
  ): void {
    let { thresholds } = this.parts;
    scheme.segments.forEach((segment, s) => {
      const sums = sumsOfWeights(segment.bits);
      new Uint32Array(buffer, this.parts.descriptors + s * DESCRIPTOR_BYTES, 16).set([
        a.segments[s].filters, b.segments[s].filters, paddedBytes(segment.bits) / 8,
        a.segments[s].weights, b.segments[s].weights, thresholds, segment.cuts.length + 1, segment.stride,
        a.records, b.records,
      ]);
      const cuts = segment.cuts.length;
      const table = new Uint16Array(buffer, thresholds, sums * cuts);
      for (let sum = 0; sum < sums; sum++) {
        for (let l = 0; l < cuts; l++) table[sum * cuts + l] = leastIntersection(segment, l, sum);
      }
      thresholds += 2 * sums * cuts;
    });
  }
}
