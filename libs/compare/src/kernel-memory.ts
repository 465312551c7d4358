import { VinculumError, type EncodedExtract } from '#libs/record';
import type { ComparisonScheme, SegmentLevels } from './comparison-scheme.js';
import { weights } from './dice.js';
import { KERNEL_MODULE_BASE64 } from './kernel-module.js';
import { leastIntersection } from './least-intersection.js';
import { instantiate, MOST_MEMORY_BYTES, ownMemory } from './web-assembly.js';

/** Rows of B that one kernel call compares with a row of A; its vectors stay in the first-level cache. */
export const TILE_ROWS = 4096;
/** Pairs in one call of `vectorsOfPairs`. */
export const PAIR_BATCH = 16384;

const DESCRIPTOR_BYTES = 32;
const FIRST_FREE_BYTE = 1024;
/** The kernel reads 64 bytes at a time, so filters are padded with zero bits to a multiple of that. */
const FILTER_ALIGNMENT_BYTES = 64;

interface KernelExports {
  addLevelsOfRow(segment: number, i: number, from: number, to: number, vectors: number, fence: 0): void;
  finishRow(from: number, to: number, vectors: number, counts: number, keep: number, kept: number): number;
  vectorsOfPairs(
    first: number, segments: number, pairs: number, length: number, vectors: number, fence: 0): void;
}

/** Two extracts and a scheme, laid out in the memory of one kernel instance. */
export interface KernelMemory {
  readonly kernel: KernelExports;
  readonly buffer: ArrayBuffer;
  readonly descriptors: readonly number[];
  readonly vectors: number;
  readonly counts: number;
  readonly keep: number;
  readonly kept: number;
  readonly pairs: number;
}

/**
 * Lays out both extracts. Pass the same extract twice for comparisons within it: it is stored once.
 *
 * @throws VinculumError `LINKAGE_INPUT_INVALID` when the filters do not fit into the 4 GiB that a WebAssembly
 *   memory can have.
 */
export function kernelMemory(
  a: EncodedExtract, b: EncodedExtract, scheme: ComparisonScheme,
): KernelMemory {
  let top = FIRST_FREE_BYTE;
  const reserve = (bytes: number): number => {
    const start = top;
    top = Math.ceil((top + bytes) / 64) * 64;
    return start;
  };
  const first = reserve(DESCRIPTOR_BYTES * scheme.segments.length);
  const places = scheme.segments.map((segment) => reserveSegment(segment, a, b, reserve));
  const vectors = reserve(4 * Math.max(TILE_ROWS, PAIR_BATCH));
  const counts = reserve(4 * scheme.vectors);
  const keep = reserve(scheme.vectors);
  const kept = reserve(8 * TILE_ROWS);
  const pairs = reserve(8 * PAIR_BATCH);
  assertFits(top);
  const memory = ownMemory(top);
  const { buffer } = memory;
  scheme.segments.forEach((segment, s) => {
    const place = places[s];
    loadSegment(buffer, segment, place, a, b, s);
    new Uint32Array(buffer, first + s * DESCRIPTOR_BYTES, 8).set([
      place.filtersA, place.filtersB, paddedBytes(segment.bits) / 8, place.weightsA, place.weightsB,
      place.thresholds, segment.cuts.length + 1, segment.stride,
    ]);
  });
  const descriptors = scheme.segments.map((_, s) => first + s * DESCRIPTOR_BYTES);
  const kernel = instantiate<KernelExports>(KERNEL_MODULE_BASE64, memory);
  return { kernel, buffer, descriptors, vectors, counts, keep, kept, pairs };
}

interface SegmentPlaces {
  filtersA: number; filtersB: number; weightsA: number; weightsB: number; thresholds: number;
}

function reserveSegment(
  segment: SegmentLevels, a: EncodedExtract, b: EncodedExtract, reserve: (bytes: number) => number,
): SegmentPlaces {
  const bytes = paddedBytes(segment.bits);
  const filtersA = reserve(a.records * bytes);
  const weightsA = reserve(a.records * 2);
  const filtersB = a === b ? filtersA : reserve(b.records * bytes);
  const weightsB = a === b ? weightsA : reserve(b.records * 2);
  return {
    filtersA, filtersB, weightsA, weightsB, thresholds: reserve(2 * segment.cuts.length * (16 * bytes + 1)),
  };
}

function loadSegment(
  buffer: ArrayBuffer, segment: SegmentLevels, place: SegmentPlaces,
  a: EncodedExtract, b: EncodedExtract, s: number,
): void {
  loadFilters(buffer, segment, a, s, place.filtersA, place.weightsA);
  if (a !== b) loadFilters(buffer, segment, b, s, place.filtersB, place.weightsB);
  const sums = 16 * paddedBytes(segment.bits) + 1;
  segment.cuts.forEach((_, l) => {
    const row = new Uint16Array(buffer, place.thresholds + 2 * l * sums, sums);
    for (let sum = 0; sum < sums; sum++) row[sum] = leastIntersection(segment, l, sum);
  });
}

function loadFilters(
  buffer: ArrayBuffer, { bits }: SegmentLevels, extract: EncodedExtract, s: number,
  filtersAt: number, weightsAt: number,
): void {
  const { filters } = extract.segments[s] as { filters: Uint8Array };
  const bytes = bits / 8;
  const padded = paddedBytes(bits);
  const target = new Uint8Array(buffer, filtersAt, extract.records * padded);
  if (bytes === padded) {
    target.set(filters.subarray(0, extract.records * bytes));
  } else {
    for (let row = 0; row < extract.records; row++) {
      target.set(filters.subarray(row * bytes, (row + 1) * bytes), row * padded);
    }
  }
  new Uint16Array(buffer, weightsAt, extract.records).set(weights(filters, bits, extract.records));
}

function paddedBytes(bits: number): number {
  return Math.ceil(bits / 8 / FILTER_ALIGNMENT_BYTES) * FILTER_ALIGNMENT_BYTES;
}

function assertFits(bytes: number): void {
  if (bytes > MOST_MEMORY_BYTES) {
    throw new VinculumError('LINKAGE_INPUT_INVALID',
      `the filters of two extracts must fit into 4 GiB, these need ${Math.ceil(bytes / 2 ** 30)} GiB: `
      + 'link a part of a register at a time');
  }
}
