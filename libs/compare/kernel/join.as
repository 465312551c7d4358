// Threshold join kernel, AssemblyScript. Built by `npm run build:kernel` into src/join/join-module.ts; the scans
// that it calls are written by scan-source.mjs.
//
// src/join/join-memory.ts lays the memory out and says what a job descriptor holds. Rows are sorted by (weight,
// rest), where *rest* is the weight of the columns behind the prefix; 8 rows are a group, 128 a tile. The prefixes
// of a group lie word by word: word w of row r at 64 * w + 8 * r. A prefix of more than 8 words lies in two
// such pieces of each group's rows, the first 8 words of all groups, then the others.
//
// A pair can reach the similarity only if common(prefix) + min(restA, restB) >= least(weightA + weightB). The scan
// tests that with the group's lowest weight and highest rest, one bound for 8 rows; what survives is tested
// with its own numbers, then by the words behind the prefix.

const BLOCK_ROWS: i32 = 32;
const TILE_ROWS_A: i32 = 128;
const TILE_ROWS_B: i32 = 512;

// Job descriptor, in bytes.
const PREFIX_WORDS: usize = 0;
const SUFFIX_WORDS: usize = 4;
const LEAST: usize = 8;
const WITHIN: usize = 12;
const SIDE_A: usize = 32;
const SIDE_B: usize = 64;
// A side of it.
const RECORDS: usize = 0;
const PREFIX: usize = 4;
const PREFIX_AFTER_8: usize = 8;
const SUFFIX: usize = 12;
const WEIGHTS: usize = 16;
const RESTS: usize = 20;
const ROWS: usize = 24;
const BLOCKS: usize = 28;
// Workspace of a thread.
const CAPACITY: usize = 0;
const NEXT_TILE: usize = 4;
const COUNTS: usize = 64;
const NOTES: usize = 64 + 2 * 512;
const PAIRS: usize = 64 + 2 * 512 + 8 * 512;

/** Least common ones in the prefix with which a pair of this row of A and this block can do. */
// @ts-ignore: decorator
@inline
function needOfBlock(block: usize, leastOfA: usize, restA: i32): i64 {
  const restB = <i32>load<u16>(block, 2);
  return <i64>(<i32>load<u16>(leastOfA + (<usize>load<u16>(block) << 1)) - (restA < restB ? restA : restB));
}

// @ts-ignore: decorator
@inline
function groupOf(prefix: usize, place: i32, words: i32): usize {
  return prefix + (<usize>(place >> 3) * <usize>words << 6);
}

// @ts-ignore: decorator
@inline
function rowOf(prefix: usize, place: i32, words: i32): usize {
  return groupOf(prefix, place, words) + (<usize>(place & 7) << 3);
}

/** Notes the rows of B from place `from` to place `to` that row `i` of A may reach. Returns the notes' end. */
function scanTile(job: usize, i: i32, from: i32, to: i32, workspace: usize): usize {
  const words = load<i32>(job, PREFIX_WORDS);
  const first = words < 8 ? words : 8;
  const a = rowOf(<usize>load<u32>(job + SIDE_A, PREFIX), i, first);
  const b = groupOf(<usize>load<u32>(job + SIDE_B, PREFIX), from, first);
  const block = <usize>load<u32>(job + SIDE_B, BLOCKS) + (<usize>(from / BLOCK_ROWS) << 2);
  const weight = <usize>load<u16>(<usize>load<u32>(job + SIDE_A, WEIGHTS) + (<usize>i << 1));
  const least = <usize>load<u32>(job, LEAST) + (weight << 1);
  const rest = <i32>load<u16>(<usize>load<u32>(job + SIDE_A, RESTS) + (<usize>i << 1));
  const notes = workspace + NOTES;
  if (words == 4) return scan4(a, b, block, from, to, least, rest, notes);
  if (words == 5) return scan5(a, b, block, from, to, least, rest, notes);
  if (words == 6) return scan6(a, b, block, from, to, least, rest, notes);
  if (words == 7) return scan7(a, b, block, from, to, least, rest, notes);
  if (words == 8) return scan8(a, b, block, from, to, least, rest, notes);
  const counts = workspace + COUNTS;
  count8(a, b, from, to, counts);
  const others = words - 8;
  const a8 = rowOf(<usize>load<u32>(job + SIDE_A, PREFIX_AFTER_8), i, others);
  const b8 = groupOf(<usize>load<u32>(job + SIDE_B, PREFIX_AFTER_8), from, others);
  if (others == 2) return scanAfter8With2(a8, b8, block, from, to, least, rest, notes, counts);
  if (others == 4) return scanAfter8With4(a8, b8, block, from, to, least, rest, notes, counts);
  return scanAfter8With8(a8, b8, block, from, to, least, rest, notes, counts);
}

/** Writes those of the noted rows that reach the similarity as pairs of original rows. Returns the pairs' end. */
function verify(job: usize, i: i32, notes: usize, end: usize, pairs: usize): usize {
  const sideA = job + SIDE_A;
  const sideB = job + SIDE_B;
  const recordsB = load<i32>(sideB, RECORDS);
  const within = load<i32>(job, WITHIN);
  const suffixBytes = <usize>load<u32>(job, SUFFIX_WORDS) << 3;
  const suffixA = <usize>load<u32>(sideA, SUFFIX) + <usize>i * suffixBytes;
  const suffixB = <usize>load<u32>(sideB, SUFFIX);
  const weightsB = <usize>load<u32>(sideB, WEIGHTS);
  const restsB = <usize>load<u32>(sideB, RESTS);
  const rowA = load<u32>(<usize>load<u32>(sideA, ROWS) + (<usize>i << 2));
  const weightA = <usize>load<u16>(<usize>load<u32>(sideA, WEIGHTS) + (<usize>i << 1));
  const least = <usize>load<u32>(job, LEAST) + (weightA << 1);
  const restA = <i32>load<u16>(<usize>load<u32>(sideA, RESTS) + (<usize>i << 1));
  for (let at = notes; at < end; at += 8) {
    const j = <i32>load<u32>(at);
    if (j >= recordsB || (within && j <= i)) continue;
    const restB = <i32>load<u16>(restsB + (<usize>j << 1));
    const need = <i32>load<u16>(least + (<usize>load<u16>(weightsB + (<usize>j << 1)) << 1));
    let count = <i64>load<u32>(at, 4);
    if (<i32>count + (restA < restB ? restA : restB) < need) continue;
    const b = suffixB + <usize>j * suffixBytes;
    for (let k: usize = 0; k < suffixBytes; k += 8) {
      count += popcnt(load<i64>(suffixA + k) & load<i64>(b + k));
    }
    if (<i32>count < need) continue;
    const rowB = load<u32>(<usize>load<u32>(sideB, ROWS) + (<usize>j << 2));
    store<u32>(pairs, within && rowB < rowA ? rowB : rowA);
    store<u32>(pairs, within && rowB < rowA ? rowA : rowB, 4);
    pairs += 8;
  }
  return pairs;
}

/**
 * Joins tile `tileA` with the tiles of B from `tileB` on, until all are done or a tile's pairs might not fit into
 * the workspace any more. Leaves the next tile there; returns the number of pairs.
 */
export function joinTiles(job: usize, tileA: i32, tileB: i32, workspace: usize): i32 {
  const firstA = tileA * TILE_ROWS_A;
  const recordsA = load<i32>(job + SIDE_A, RECORDS);
  const lastA = firstA + TILE_ROWS_A < recordsA ? firstA + TILE_ROWS_A : recordsA;
  // Whole blocks: the places behind the last record are padding, which `verify` drops.
  const placesB = (load<i32>(job + SIDE_B, RECORDS) + BLOCK_ROWS - 1) & -BLOCK_ROWS;
  const start = workspace + PAIRS;
  const full = start + (<usize>load<u32>(workspace, CAPACITY) << 3);
  let pairs = start;
  let from = tileB * TILE_ROWS_B;
  while (from < placesB && pairs + 8 * TILE_ROWS_A * TILE_ROWS_B <= full) {
    const to = from + TILE_ROWS_B < placesB ? from + TILE_ROWS_B : placesB;
    for (let i = firstA; i < lastA; i++) {
      const end = scanTile(job, i, from, to, workspace);
      if (end > workspace + NOTES) pairs = verify(job, i, workspace + NOTES, end, pairs);
    }
    from += TILE_ROWS_B;
  }
  store<i32>(workspace, from / TILE_ROWS_B, NEXT_TILE);
  return <i32>((pairs - start) >> 3);
}
