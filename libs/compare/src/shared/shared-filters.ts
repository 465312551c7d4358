import { VinculumError, type EncodedExtract, type SegmentShape } from '#libs/record';
import type { ComparisonScheme } from '../comparison-scheme.js';
import { MOST_MEMORY_BYTES, sharedMemory, type WebAssemblyMemory } from '../web-assembly.js';
import { wasmCandidateKernel } from './candidate-kernel.js';

/** Pairs in one call of `SharedKernel.verifyPairs`. */
export const CANDIDATE_BATCH = 16384;
/** Rows of B in one call of `SharedKernel.verifyRow`. */
export const ROW_TILE = 512;

/** At most this many records are references of local scaling. */
export const MOST_REFERENCES = 1024;

const FIRST_FREE_BYTE = 1024;
const LIKENESS_BYTES = 8;
const REFERENCE_BYTES = 8;
export const DESCRIPTOR_BYTES = 64;
const JOB_BYTES = 128;
/** Lines of the rows of a block, see kernel/near.as. */
const LINES_BYTES = 512 * 64;
const COUNTERS_BYTES = 4 * 2048;
/** The kernel reads 64 bytes at a time, so filters are padded with zero bits to a multiple of that. */
const FILTER_ALIGNMENT_BYTES = 64;

/**
 * Where a segment of an extract lies: first bytes of its rows and of its weights (u16). Weights are numbers
 * of ones, until local scaling changes them; of block keys 1, or 0 where there is none.
 */
export interface SegmentPlace extends SegmentShape {
  /** Of filters, with padding; block keys have none, since no kernel reads them. */
  readonly rowBytes: number;
  readonly filters: number;
  readonly weights: number;
  /** First byte of a hash of each filter (u32), the key of the `equal` table; block keys have none: 0. */
  readonly hashes: number;
}

export interface SharedExtract {
  readonly records: number;
  readonly segments: readonly SegmentPlace[];
  /** First byte of two numbers (f32) a record for local scaling; 0 where it is not for these segments. */
  readonly likeness: number;
}

/**
 * The filters of all extracts of a run in one memory that threads share, and a workspace for each thread.
 * It can be posted to a thread as it is; only the memory's place goes over, not its content.
 */
export interface SharedFilters {
  readonly memory: WebAssemblyMemory<SharedArrayBuffer>;
  readonly extracts: readonly SharedExtract[];
  /** First byte of the references of local scaling; 0 where it is not for these segments. */
  readonly references: number;
  /** First byte of each workspace; one computation at a time may use one. */
  readonly workspaces: readonly number[];
}

/** Parts of a workspace, from its first byte. */
export interface WorkspaceParts {
  readonly descriptors: number;
  readonly thresholds: number;
  readonly counts: number;
  readonly keep: number;
  readonly pairs: number;
  readonly kept: number;
  readonly sink: number;
  readonly job: number;
  readonly lines: number;
  readonly counters: number;
  /** Keys and rows of A, of B, and spare ones: a number for each record of the largest extract. */
  readonly index: Readonly<Record<'keysA' | 'rowsA' | 'keysB' | 'rowsB' | 'keys' | 'rows', number>>;
  readonly end: number;
}

/**
 * Copies the filters of all extracts into one shared memory.
 *
 * @param threads number of computations at a time, at least 1.
 * @param prepare is shown the memory before anything is written to it.
 * @throws VinculumError `LINKAGE_INPUT_INVALID` when they do not fit into the 4 GiB that a WebAssembly memory
 *   can have.
 */
export function* shareFilters(
  extracts: readonly EncodedExtract[], scheme: ComparisonScheme, threads: number,
  prepare: (memory: SharedArrayBuffer) => void = () => undefined,
): Generator<void, SharedFilters> {
  let top = FIRST_FREE_BYTE;
  const reserve = (bytes: number): number => {
    const start = top;
    top = Math.ceil((top + bytes) / 64) * 64;
    return start;
  };
  const isScaled = scheme.segments.length === 1;
  const places = extracts.map(({ records, segments }): SharedExtract => ({
    records, segments: segments.map(({ filters: _, ...shape }): SegmentPlace => {
      const rowBytes = sharedRowBytes(shape);
      return {
        ...shape, rowBytes, filters: reserve(records * rowBytes), weights: reserve(records * 2),
        hashes: shape.block ? 0 : reserve(records * 4),
      };
    }),
    likeness: isScaled ? reserve(records * LIKENESS_BYTES) : 0,
  }));
  const references = isScaled ? reserve(MOST_REFERENCES * REFERENCE_BYTES) : 0;
  const size = workspaceParts(0, scheme, mostRecordsOf(extracts)).end;
  const workspaces = Array.from({ length: threads }, () => reserve(size));
  const memory = newMemory(top);
  prepare(memory.buffer);
  const kernel = wasmCandidateKernel.bind(memory);
  for (const [x, extract] of extracts.entries()) {
    for (const [s, segment] of extract.segments.entries()) {
      const place = places[x].segments[s];
      yield* loadFilters(memory, segment.filters, place, extract.records);
      if (place.block) markKeys(memory, segment.filters, place, extract.records);
      else for (let row = 0; row < extract.records; row += ROWS_A_STEP) {
        const rows = Math.min(ROWS_A_STEP, extract.records - row);
        const words = paddedBytes(place.bits) / 8;
        kernel.weigh(place.filters + row * words * 8, words, rows, place.weights + 2 * row);
        kernel.hashFilters(place.filters + row * words * 8, words, rows, place.hashes + 4 * row);
        yield;
      }
    }
  }
  return { memory, extracts: places, references, workspaces };
}

/** Rows between two yields: some milliseconds. */
const ROWS_A_STEP = 100000;

function* loadFilters(
  { buffer }: WebAssemblyMemory<SharedArrayBuffer>, filters: Uint8Array,
  { bits, rowBytes: padded, filters: at }: SegmentPlace, records: number,
): Generator<void> {
  const bytes = bits / 8;
  for (let row = 0; row < records; row += ROWS_A_STEP) {
    const rows = Math.min(ROWS_A_STEP, records - row);
    const target = new Uint8Array(buffer, at + row * padded, rows * padded);
    const source = filters.subarray(row * bytes, (row + rows) * bytes);
    if (bytes === padded) target.set(source);
    else for (let r = 0; r < rows; r++) target.set(source.subarray(r * bytes, (r + 1) * bytes), r * padded);
    yield;
  }
}

function markKeys(
  { buffer }: WebAssemblyMemory<SharedArrayBuffer>, keys: Uint8Array, { rowBytes, weights }: SegmentPlace,
  records: number,
): void {
  const marks = new Uint16Array(buffer, weights, records);
  for (let at = 0; at < keys.length; at++) if (keys[at] !== 0) marks[Math.floor(at / rowBytes)] = 1;
}

export function mostRecordsOf(extracts: readonly { readonly records: number }[]): number {
  return Math.max(...extracts.map(({ records }) => records));
}

/** Bytes of a row of a segment in the shared memory. */
export function sharedRowBytes({ bits, block }: SegmentShape): number {
  return block ? bits / 8 : paddedBytes(bits);
}

/** Bytes of a row of filters there. */
export function paddedBytes(bits: number): number {
  return Math.ceil(bits / 8 / FILTER_ALIGNMENT_BYTES) * FILTER_ALIGNMENT_BYTES;
}

export function workspaceParts(
  start: number, { segments, vectors }: ComparisonScheme, mostRecords: number,
): WorkspaceParts {
  const thresholds = start + DESCRIPTOR_BYTES * segments.length;
  const tables = segments.reduce((bytes, { bits, cuts }) => bytes + 2 * cuts.length * sumsOfWeights(bits), 0);
  const counts = Math.ceil((thresholds + tables) / 64) * 64;
  const keep = counts + 4 * vectors;
  const pairs = Math.ceil((keep + vectors) / 64) * 64;
  const kept = pairs + 8 * CANDIDATE_BATCH;
  const sink = kept + 12 * CANDIDATE_BATCH;
  const job = sink + 64;
  const lines = job + JOB_BYTES;
  const counters = lines + LINES_BYTES;
  const first = counters + COUNTERS_BYTES;
  // Each column is rounded up by itself: rounded sums would let columns of a few rows overlap.
  const column = (k: number): number => first + 64 * Math.ceil((4 * mostRecords) / 64) * k;
  const index = {
    keysA: column(0), rowsA: column(1), keysB: column(2), rowsB: column(3), keys: column(4), rows: column(5),
  };
  return {
    descriptors: start, thresholds, counts, keep, pairs, kept, sink, job, lines, counters, index,
    end: column(6),
  };
}

/** Number of sums of two weights. */
export function sumsOfWeights(bits: number): number {
  return 16 * paddedBytes(bits) + 1;
}

function newMemory(bytes: number): WebAssemblyMemory<SharedArrayBuffer> {
  if (bytes > MOST_MEMORY_BYTES) {
    throw new VinculumError('LINKAGE_INPUT_INVALID',
      `the filters of all extracts must fit into 4 GiB, these need ${Math.ceil(bytes / 2 ** 30)} GiB: `
      + 'link a part of a register at a time');
  }
  return sharedMemory(bytes);
}
