import { VinculumError } from '#libs/record';
import { ones } from '../dice.js';
import { leastCommonOnes } from '../least-intersection.js';
import { MOST_MEMORY_BYTES, sharedMemory, type WebAssemblyMemory } from '../web-assembly.js';
import { columnPlaces, placeColumns } from './column-order.js';
import type { JoinCost } from './join-kernel.js';
import {
  assertJoinable, DEFAULT_MOST_PAIRS, type FilterTable, type JoinSpec,
} from './join-spec.js';
import { assertPrefix, choosePrefixWords } from './prefix-length.js';

/*
 * What the kernels read. A job descriptor is 24 u32:
 *   0 words of the prefix, 1 words behind it, 2 threshold table (u16 for each sum of weights 0..2 * bits),
 *   3 within (0 or 1), 4 length of the threshold table; at 8 the side of A, at 16 the side of B, each
 *   +0 records, +1 first 8 words of the prefixes, by group, +2 their other words, by group, +3 words behind,
 *   by row, +4 weights (u16), +5 rests (u16), +6 original rows (u32), +7 blocks (u16 lowest weight, u16
 *   highest rest)
 * with places in bytes. Rows are those with a weight, sorted by (weight, rest, original row).
 * A workspace begins with u32 capacity in pairs and u32 next tile of B; its pairs are two u32 each at
 * `WORKSPACE_PAIRS_AT`.
 */

/** What stays in the nearest caches: the rows of a tile of A meet a tile of B one after the other. */
export const TILE_ROWS_A = 128;
export const TILE_ROWS_B = 512;
const GROUP_ROWS = 8;
/** Rows that share a bound. */
const BLOCK_ROWS = 32;
/** A prefix longer than this lies in two pieces. */
const FIRST_PIECE_WORDS = 8;
const DESCRIPTOR_BYTES = 128;
export const WORKSPACE_PAIRS_AT = 64 + 2 * TILE_ROWS_B + 8 * TILE_ROWS_B;
/** Room for the pairs of two tiles; one must fit. */
const WORKSPACE_PAIRS = 2 * TILE_ROWS_A * TILE_ROWS_B;
/** Filters of fewer words are padded with zeros: the shortest scan has four. */
const LEAST_WORDS = 4;

/** Numbers that the threads of a join share, as i32 at `counters`. */
export const COUNTER = { nextTile: 0, pairs: 1 } as const;

/** A join laid out in shared memory. Threads can be given it as it is. */
export interface PreparedJoin {
  readonly memory: WebAssemblyMemory<SharedArrayBuffer>;
  readonly job: number;
  readonly counters: number;
  /** One for each thread. */
  readonly workspaces: readonly number[];
  readonly within: boolean;
  readonly tilesOfA: number;
  readonly tilesOfB: number;
  readonly recordsOfA: number;
  readonly mostPairs: number;
  /** Prefix length in 64-bit words that the sample spoke for. */
  readonly prefixWords: number;
}

interface Side {
  readonly table: FilterTable;
  readonly order: SortedRows;
  readonly prefix: number;
  readonly others: number;
  readonly suffix: number;
  readonly weights: number;
  readonly rests: number;
  readonly rows: number;
  readonly blocks: number;
}

/** Rows with a weight in the order of the join, with weight and rest of each. */
interface SortedRows {
  readonly rows: Uint32Array;
  readonly weights: Uint16Array;
  readonly rests: Uint16Array;
}

interface Columns {
  readonly places: Uint16Array;
  readonly prefixWords: number;
  readonly suffixWords: number;
}

/**
 * Orders columns, chooses the prefix, sorts the rows and lays all out for `workers` threads.
 * Needs memory of about the size of both tables.
 *
 * @throws VinculumError `LINKAGE_INPUT_INVALID` when tables and spec do not fit together, or not into 4 GiB.
 */
export function prepareJoin(
  a: FilterTable, b: FilterTable, spec: JoinSpec, cost: JoinCost, workers = 1,
): PreparedJoin {
  assertJoinable(a, b, spec);
  const words = Math.max(LEAST_WORDS, Math.ceil(a.bits / 64));
  const places = columnPlaces(a, b);
  if (spec.prefixWords !== undefined) assertPrefix(spec.prefixWords, words);
  const prefixWords = spec.prefixWords
    ?? choosePrefixWords(a, b, places, words, spec.similarity, cost);
  const columns: Columns = { places, prefixWords, suffixWords: words - prefixWords };
  let top = 0;
  const reserve = (bytes: number): number => {
    const start = top;
    top = Math.ceil((top + bytes) / 64) * 64;
    return start;
  };
  const job = reserve(DESCRIPTOR_BYTES);
  const counters = reserve(64);
  const sums = 2 * a.bits + 1;
  const least = reserve(2 * sums);
  const sideA = reserveSide(a, columns, reserve);
  const sideB = a === b ? sideA : reserveSide(b, columns, reserve);
  const workspaces = Array.from({ length: workers }, () => reserve(WORKSPACE_PAIRS_AT + 8 * WORKSPACE_PAIRS));
  assertFits(top);
  const memory = sharedMemory(top);
  const { buffer } = memory;
  const within = spec.within ?? false;
  new Uint32Array(buffer, job, 8).set([prefixWords, columns.suffixWords, least, Number(within), sums]);
  const table = new Uint16Array(buffer, least, sums);
  for (let sum = 0; sum < sums; sum++) table[sum] = leastCommonOnes(spec.similarity, sum);
  writeSide(buffer, sideA, columns, job + 32);
  writeSide(buffer, sideB, columns, job + 64);
  for (const workspace of workspaces) new Uint32Array(buffer, workspace, 1)[0] = WORKSPACE_PAIRS;
  return {
    memory, job, counters, workspaces, prefixWords, within, recordsOfA: a.records,
    tilesOfA: Math.ceil(sideA.order.rows.length / TILE_ROWS_A),
    tilesOfB: Math.ceil(sideB.order.rows.length / TILE_ROWS_B),
    mostPairs: spec.mostPairs ?? DEFAULT_MOST_PAIRS,
  };
}

function assertFits(bytes: number): void {
  if (bytes > MOST_MEMORY_BYTES) {
    throw new VinculumError('LINKAGE_INPUT_INVALID',
      `the filters of a join must fit into 4 GiB, these need ${(bytes / 2 ** 30).toFixed(1)} GiB: `
      + 'join a part of the records at a time');
  }
}

function reserveSide(table: FilterTable, columns: Columns, reserve: (bytes: number) => number): Side {
  const order = sortedRows(table, columns);
  const blocks = Math.ceil(order.rows.length / BLOCK_ROWS);
  const groups = (blocks * BLOCK_ROWS) / GROUP_ROWS;
  const first = Math.min(columns.prefixWords, FIRST_PIECE_WORDS);
  return {
    table, order,
    prefix: reserve(groups * first * 64), others: reserve(groups * (columns.prefixWords - first) * 64),
    suffix: reserve(order.rows.length * columns.suffixWords * 8),
    weights: reserve(order.rows.length * 2), rests: reserve(order.rows.length * 2),
    rows: reserve(order.rows.length * 4), blocks: reserve(blocks * 4),
  };
}

function writeSide(buffer: SharedArrayBuffer, side: Side, columns: Columns, descriptor: number): void {
  const { order: { rows, weights, rests } } = side;
  new Uint32Array(buffer, descriptor, 8).set([
    rows.length, side.prefix, side.others, side.suffix, side.weights, side.rests, side.rows, side.blocks,
  ]);
  new Uint16Array(buffer, side.weights, rows.length).set(weights);
  new Uint16Array(buffer, side.rests, rows.length).set(rests);
  new Uint32Array(buffer, side.rows, rows.length).set(rows);
  const bounds = new Uint16Array(buffer, side.blocks, 2 * Math.ceil(rows.length / BLOCK_ROWS));
  for (let place = 0; place < rows.length; place++) {
    const block = 2 * Math.floor(place / BLOCK_ROWS);
    if (place % BLOCK_ROWS === 0) bounds[block] = weights[place];
    bounds[block + 1] = Math.max(bounds[block + 1], rests[place]);
  }
  writeFilters(buffer, side, columns);
}

function writeFilters(buffer: SharedArrayBuffer, side: Side, columns: Columns): void {
  const { places, prefixWords, suffixWords } = columns;
  const first = Math.min(prefixWords, FIRST_PIECE_WORDS);
  const memory = new Uint32Array(buffer);
  const words = new Uint32Array(2 * (prefixWords + suffixWords));
  side.order.rows.forEach((row, place) => {
    words.fill(0);
    placeColumns(side.table, row, places, words);
    const group = Math.floor(place / GROUP_ROWS);
    const inGroup = 2 * (place % GROUP_ROWS);
    const ofFirst = side.prefix / 4 + group * first * 16 + inGroup;
    const ofOthers = side.others / 4 + (group * (prefixWords - first) - first) * 16 + inGroup;
    for (let w = 0; w < prefixWords; w++) {
      const at = (w < first ? ofFirst : ofOthers) + 16 * w;
      memory[at] = words[2 * w];
      memory[at + 1] = words[2 * w + 1];
    }
    memory.set(words.subarray(2 * prefixWords), (side.suffix + place * suffixWords * 8) / 4);
  });
}

function sortedRows(table: FilterTable, { places, prefixWords }: Columns): SortedRows {
  const { records, bits, filters } = table;
  const bytes = bits / 8;
  const behind = Uint8Array.from({ length: bytes }, (_, k) => behindPrefix(places, k, 64 * prefixWords));
  const weights = new Uint16Array(records);
  const rests = new Uint16Array(records);
  for (let row = 0; row < records; row++) {
    for (let k = 0, at = row * bytes; k < bytes; k++, at++) {
      weights[row] += ones(filters[at]);
      rests[row] += ones(filters[at] & behind[k]);
    }
  }
  const present = Uint32Array.from(weights.keys()).filter((row) => weights[row] > 0);
  const rows = sortedBy(weights, sortedBy(rests, present));
  return { rows, weights: column(weights, rows), rests: column(rests, rows) };
}

/** Those bits of byte `k` of a filter whose columns lie behind the prefix. */
function behindPrefix(places: Uint16Array, k: number, prefixBits: number): number {
  let mask = 0;
  for (let bit = 0; bit < 8; bit++) if (places[8 * k + bit] >= prefixBits) mask |= 128 >> bit;
  return mask;
}

/** The rows ordered by their key, rows of one key in the order in which they came: counting sort. */
function sortedBy(keys: Uint16Array, rows: Uint32Array): Uint32Array {
  const starts = new Uint32Array(65537);
  for (const row of rows) starts[keys[row] + 1]++;
  for (let key = 0; key < 65536; key++) starts[key + 1] += starts[key];
  const sorted = new Uint32Array(rows.length);
  for (const row of rows) sorted[starts[keys[row]]++] = row;
  return sorted;
}

function column(values: Uint16Array, rows: Uint32Array): Uint16Array {
  return Uint16Array.from(rows, (row) => values[row]);
}
