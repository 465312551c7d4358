import type { ComparisonScheme } from '../comparison-scheme.js';
import { leastIntersection } from '../least-intersection.js';
import {
  CANDIDATE_BATCH, candidatesKernel, DESCRIPTOR_BYTES, paddedBytes, sumsOfWeights, workspaceParts,
  type CandidateExports, type SharedExtract, type SegmentPlace, type SharedFilters,
  type WorkspaceParts,
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
  private readonly kernel: CandidateExports;
  private readonly parts: WorkspaceParts;
  private readonly counters: Uint32Array;
  private readonly kept: Uint32Array;
  private readonly segments: number;

  /** @param keep 1 for the vectors whose pairs are wanted. */
  constructor(
    filters: SharedFilters, workspace: number, a: number, b: number, scheme: ComparisonScheme,
    keep: Uint8Array,
  ) {
    const { memory, extracts } = filters;
    this.kernel = candidatesKernel(memory);
    this.segments = scheme.segments.length;
    this.parts = workspaceParts(filters.workspaces[workspace], scheme);
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
   * Drops from the first `length` of `pairs` those whose filters of a segment are equal, or differ in more
   * than `most` of the first `NEARNESS_BITS` columns; the others move together, in order.
   * Returns their number.
   */
  keepNear(length: number, segment: number, most: number): number {
    const { descriptors, pairs, sink } = this.parts;
    return this.kernel.nearPairs(descriptors + segment * DESCRIPTOR_BYTES, pairs, length, most, sink);
  }

  /** Compares row `i` of A with at most `ROW_TILE` rows of B; the result is valid until the next call. */
  verifyRow(i: number, from: number, to: number): KeptPairs {
    const { descriptors, counts, keep, kept } = this.parts;
    const written = this.kernel.verifyRow(descriptors, this.segments, i, from, to, counts, keep, kept, 0);
    return this.kept.subarray(0, 3 * written);
  }

  /**
   * The bits of each filter of a segment in `columns` (at most 32), the first one most significant.
   *
   * @param keys one number a record, which this writes.
   */
  gatherKeys({ filters, bits }: SegmentPlace, columns: Uint16Array, keys: Uint32Array): void {
    const bytes = paddedBytes(bits);
    // The batch holds the columns, and what was kept gives way to keys: both are free between two calls.
    columns.forEach((column, c) => this.pairs.set([column >> 3, 7 - (column & 7)], 2 * c));
    for (let row = 0; row < keys.length; row += this.kept.length) {
      const rows = Math.min(this.kept.length, keys.length - row);
      this.kernel.gatherKeys(
        filters + row * bytes, bytes / 8, rows, this.parts.pairs, columns.length, this.parts.kept);
      keys.set(this.kept.subarray(0, rows), row);
    }
  }

  /** Adds the counts of vectors since the last call; call it before any of them reaches 2^32. */
  takeCounts(counts: Float64Array): void {
    for (let vector = 0; vector < counts.length; vector++) counts[vector] += this.counters[vector];
    this.counters.fill(0);
  }

  private writeDescriptors(
    buffer: SharedArrayBuffer, a: SharedExtract, b: SharedExtract, scheme: ComparisonScheme,
  ): void {
    let { thresholds } = this.parts;
    scheme.segments.forEach((segment, s) => {
      const sums = sumsOfWeights(segment.bits);
      new Uint32Array(buffer, this.parts.descriptors + s * DESCRIPTOR_BYTES, 8).set([
        a.segments[s].filters, b.segments[s].filters, paddedBytes(segment.bits) / 8,
        a.segments[s].weights, b.segments[s].weights, thresholds, segment.cuts.length + 1, segment.stride,
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
