// Kernel for candidate pairs and for samples of rows, over a memory that several threads share. AssemblyScript,
// built by `npm run build:kernel` into src/shared/candidates-module.ts.
//
// A segment descriptor is 16 u32, the first eight as in kernel.as: [0] filters of A, [1] filters of B, [2] 64-bit words a filter,
// [3] weights of A (u16 each), [4] weights of B, [5] threshold table, [6] number of observed levels,
// [7] stride of the segment in the vector index, [8] records of A, [9] records of B. Each thread has descriptors, tables and results of its own.
// Unlike there, the thresholds of all levels for one sum of weights lie together: the levels of a pair are then
// in one cache line or two.

/** Pairs whose filters are touched together, so that their cache misses overlap. */
const TOUCHED: i32 = 16;

// `fence` is always 0, see kernel.as.
// @ts-ignore: decorator
@inline
function intersection(a: usize, b: usize, words: i32, fence: i32): i32 {
  let count: i64 = 0;
  const end = a + <usize>(words << 3);
  while (a < end) {
    count += popcnt<i64>(load<i64>(a, 0) & load<i64>(b, 0));
    count += popcnt<i64>(load<i64>(a, 8) & load<i64>(b, 8));
    count += popcnt<i64>(load<i64>(a, 16) & load<i64>(b, 16));
    count += popcnt<i64>(load<i64>(a, 24) & load<i64>(b, 24));
    if (fence) break;
    count += popcnt<i64>(load<i64>(a, 32) & load<i64>(b, 32));
    count += popcnt<i64>(load<i64>(a, 40) & load<i64>(b, 40));
    count += popcnt<i64>(load<i64>(a, 48) & load<i64>(b, 48));
    count += popcnt<i64>(load<i64>(a, 56) & load<i64>(b, 56));
    a += 64;
    b += 64;
  }
  return <i32>count;
}

// @ts-ignore: decorator
@inline
function vectorOf(first: usize, segments: i32, i: usize, j: usize, fence: i32): i32 {
  let vector = 0;
  for (let s = 0; s < segments; s++) {
    const segment = first + (<usize>s << 6);
    const words = load<i32>(segment, 8);
    const weightA = <i32>load<u16>(<usize>load<u32>(segment, 12) + (i << 1));
    const weightB = <i32>load<u16>(<usize>load<u32>(segment, 16) + (j << 1));
    const observed = load<i32>(segment, 24);
    let reached = observed;
    if (weightA != 0 && weightB != 0) {
      const filterBytes = <usize>(words << 3);
      const count = intersection(
        <usize>load<u32>(segment, 0) + i * filterBytes,
        <usize>load<u32>(segment, 4) + j * filterBytes, words, fence);
      const cuts = observed - 1;
      const thresholds = <usize>load<u32>(segment, 20) + (<usize>((weightA + weightB) * cuts) << 1);
      reached = 0;
      while (reached + 8 <= cuts && count >= <i32>load<u16>(thresholds + (<usize>reached << 1), 14)) reached += 8;
      while (reached < cuts && count >= <i32>load<u16>(thresholds + (<usize>reached << 1))) reached++;
    }
    vector += reached * load<i32>(segment, 28);
  }
  return vector;
}

/** Reads one word of every cache line of the pairs' filters. */
function touch(first: usize, segments: i32, pairs: usize, length: i32): i64 {
  let sum: i64 = 0;
  for (let s = 0; s < segments; s++) {
    const segment = first + (<usize>s << 6);
    const filterBytes = <usize>(load<i32>(segment, 8) << 3);
    const a = <usize>load<u32>(segment, 0);
    const b = <usize>load<u32>(segment, 4);
    for (let p = 0; p < length; p++) {
      const ofA = a + <usize>load<u32>(pairs + (<usize>p << 3)) * filterBytes;
      const ofB = b + <usize>load<u32>(pairs + (<usize>p << 3), 4) * filterBytes;
      for (let at: usize = 0; at < filterBytes; at += 64) sum += load<i64>(ofA + at) ^ load<i64>(ofB + at);
    }
  }
  return sum;
}

/** Differing bits of 32 bytes. */
// @ts-ignore: decorator
@inline
function differing(a: usize, b: usize): i32 {
  let count: i64 = 0;
  for (let k: usize = 0; k < 32; k += 8) count += popcnt<i64>(load<i64>(a + k) ^ load<i64>(b + k));
  return <i32>count;
}

// @ts-ignore: decorator
@inline
function isEqual(a: usize, b: usize, bytes: usize): bool {
  for (let k: usize = 0; k < bytes; k += 8) if (load<i64>(a + k) != load<i64>(b + k)) return false;
  return true;
}

/**
 * Of the listed pairs moves those together whose filters of a segment are near, but not equal: at most so many of the first
 * 256 columns of a line (its first byte in a row) differ, and of its 512. Returns how many they are.
 */
export function nearPairs(
  segment: usize, pairs: usize, length: i32, line: usize, mostInHalf: i32, mostInLine: i32, sink: usize,
): i32 {
  const bytes = <usize>(load<i32>(segment, 8) << 3);
  const a = <usize>load<u32>(segment, 0);
  const b = <usize>load<u32>(segment, 4);
  let near = 0;
  for (let from = 0; from < length; from += TOUCHED) {
    const end = length - from < TOUCHED ? length : from + TOUCHED;
    let sum: i64 = 0;
    for (let p = from; p < end; p++) {
      const pair = pairs + (<usize>p << 3);
      sum += load<i64>(a + <usize>load<u32>(pair) * bytes + line)
        ^ load<i64>(b + <usize>load<u32>(pair, 4) * bytes + line);
    }
    store<i64>(sink, sum);
    for (let p = from; p < end; p++) {
      const pair = load<i64>(pairs + (<usize>p << 3));
      const ofA = a + <usize>(<u32>pair) * bytes;
      const ofB = b + <usize>(<u64>pair >> 32) * bytes;
      const inHalf = differing(ofA + line, ofB + line);
      if (inHalf > mostInHalf) continue;
      const inLine = inHalf + differing(ofA + line + 32, ofB + line + 32);
      if (inLine > mostInLine || (inLine == 0 && isEqual(ofA, ofB, bytes))) continue;
      store<i64>(pairs + (<usize>near << 3), pair);
      near++;
    }
  }
  return near;
}

/**
 * Counts the vectors of the listed pairs (row of A, row of B) and writes (row of A, row of B, vector) for those
 * that `keep` wants. Returns how many were written. `sink` takes a number that nobody reads.
 */
export function verifyPairs(
  first: usize, segments: i32, pairs: usize, length: i32, counts: usize, keep: usize, kept: usize, sink: usize,
  fence: i32,
): i32 {
  let written = 0;
  for (let from = 0; from < length; from += TOUCHED) {
    const block = length - from < TOUCHED ? length - from : TOUCHED;
    const start = pairs + (<usize>from << 3);
    store<i64>(sink, touch(first, segments, start, block));
    for (let p = 0; p < block; p++) {
      const i = load<u32>(start + (<usize>p << 3));
      const j = load<u32>(start + (<usize>p << 3), 4);
      const vector = vectorOf(first, segments, <usize>i, <usize>j, fence);
      const counter = counts + (<usize>vector << 2);
      store<u32>(counter, load<u32>(counter) + 1);
      if (load<u8>(keep + <usize>vector)) {
        const place = kept + <usize>written * 12;
        store<u32>(place, i);
        store<u32>(place, j, 4);
        store<u32>(place, vector, 8);
        written++;
      }
    }
  }
  return written;
}

/** The same for row `i` of A and the rows `from` to `to` of B. */
export function verifyRow(
  first: usize, segments: i32, i: u32, from: u32, to: u32, counts: usize, keep: usize, kept: usize, fence: i32,
): i32 {
  let written = 0;
  for (let j = from; j < to; j++) {
    const vector = vectorOf(first, segments, <usize>i, <usize>j, fence);
    const counter = counts + (<usize>vector << 2);
    store<u32>(counter, load<u32>(counter) + 1);
    if (load<u8>(keep + <usize>vector)) {
      const place = kept + <usize>written * 12;
      store<u32>(place, i);
      store<u32>(place, j, 4);
      store<u32>(place, vector, 8);
      written++;
    }
  }
  return written;
}

// @ts-ignore: decorator
@inline
function bitOf(row: usize, shift: i32): i32 {
  return (<i32>load<u8>(row) >> shift) & 1;
}

/**
 * Key of each filter: its bits in the listed columns (byte in the filter and shift, both u32), the first column most
 * significant. Four rows share the reading of a column.
 */
export function gatherKeys(
  filters: usize, words: i32, records: i32, columns: usize, width: i32, keys: usize,
): void {
  const rowBytes = <usize>(words << 3);
  let row = 0;
  for (; row + 4 <= records; row += 4) {
    const first = filters + <usize>row * rowBytes;
    let key0 = 0;
    let key1 = 0;
    let key2 = 0;
    let key3 = 0;
    for (let c = 0; c < width; c++) {
      const at = first + <usize>load<u32>(columns + (<usize>c << 3));
      const shift = <i32>load<u32>(columns + (<usize>c << 3), 4);
      key0 = (key0 << 1) | bitOf(at, shift);
      key1 = (key1 << 1) | bitOf(at + rowBytes, shift);
      key2 = (key2 << 1) | bitOf(at + 2 * rowBytes, shift);
      key3 = (key3 << 1) | bitOf(at + 3 * rowBytes, shift);
    }
    const place = keys + (<usize>row << 2);
    store<u32>(place, key0);
    store<u32>(place, key1, 4);
    store<u32>(place, key2, 8);
    store<u32>(place, key3, 12);
  }
  for (; row < records; row++) {
    const first = filters + <usize>row * rowBytes;
    let key = 0;
    for (let c = 0; c < width; c++) {
      const column = columns + (<usize>c << 3);
      key = (key << 1) | bitOf(first + <usize>load<u32>(column), <i32>load<u32>(column, 4));
    }
    store<u32>(keys + (<usize>row << 2), key);
  }
}

/** Number of ones of every filter, as u16. */
export function weigh(filters: usize, words: i32, records: i32, weights: usize): void {
  for (let row = 0; row < records; row++) {
    const filter = filters + <usize>row * <usize>(words << 3);
    store<u16>(weights + (<usize>row << 1), <u16>intersection(filter, filter, words, 0));
  }
}

const FACTOR: i64 = <i64>0x9fb21c651e98df25;

// @ts-ignore: decorator
@inline
function mixed(hash: i64, word: i64): i64 {
  return rotl<i64>(hash ^ word, 29) * FACTOR;
}

/** A hash of every filter, as u32: equal filters have the same, others hardly ever. */
export function hashFilters(filters: usize, words: i32, records: i32, hashes: usize): void {
  for (let row = 0; row < records; row++) {
    const filter = filters + <usize>row * <usize>(words << 3);
    // Four chains at a time: each waits for its own product only.
    let h0: i64 = 1;
    let h1: i64 = 2;
    let h2: i64 = 3;
    let h3: i64 = 4;
    for (let at = filter; at < filter + <usize>(words << 3); at += 32) {
      h0 = mixed(h0, load<i64>(at, 0));
      h1 = mixed(h1, load<i64>(at, 8));
      h2 = mixed(h2, load<i64>(at, 16));
      h3 = mixed(h3, load<i64>(at, 24));
    }
    const hash = mixed(mixed(mixed(h0, h1), h2), h3);
    store<u32>(hashes + (<usize>row << 2), <u32>(hash ^ (<u64>hash >> 32)));
  }
}
