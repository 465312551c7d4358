// Comparison kernel, AssemblyScript. Built by `npm run build:kernel` into src/kernel-module.ts.
//
// A segment descriptor is 8 u32: [0] filters of A, [1] filters of B, [2] 64-bit words a filter,
// [3] weights of A (u16 each), [4] weights of B, [5] threshold table, [6] number of observed levels,
// [7] stride of the segment in the vector index.
// The threshold table has one row a level above the lowest, each of 2 * bits + 1 u16:
// the least intersection that reaches the level for a given sum of weights.

// `fence` is always 0. A branch that the compiler cannot fold keeps V8 from loading the whole
// filter into registers at once, which would spill.
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
function level(count: i32, weights: i32, table: usize, rowBytes: usize, observed: i32): i32 {
  let reached = 0;
  let threshold = table + (<usize>weights << 1);
  while (reached < observed - 1 && count >= <i32>load<u16>(threshold)) {
    reached++;
    threshold += rowBytes;
  }
  return reached;
}

/** Adds the level of one segment, times its stride, to vectors[j - from] for row i of A and rows from..to of B. */
export function addLevelsOfRow(
  segment: usize, i: i32, from: i32, to: i32, vectors: usize, fence: i32,
): void {
  const words = load<i32>(segment, 8);
  const filterBytes = <usize>(words << 3);
  const a = <usize>load<u32>(segment, 0) + <usize>i * filterBytes;
  let b = <usize>load<u32>(segment, 4) + <usize>from * filterBytes;
  const weightA = <i32>load<u16>(<usize>load<u32>(segment, 12) + (<usize>i << 1));
  let weightB = <usize>load<u32>(segment, 16) + (<usize>from << 1);
  const table = <usize>load<u32>(segment, 20);
  const observed = load<i32>(segment, 24);
  const stride = load<i32>(segment, 28);
  const rowBytes = <usize>((words << 7) + 1) << 1;
  const end = vectors + (<usize>(to - from) << 2);
  for (let vector = vectors; vector < end; vector += 4) {
    const other = <i32>load<u16>(weightB);
    let reached = observed;
    if (weightA != 0 && other != 0) {
      const count = intersection(a, b, words, fence);
      reached = level(count, weightA + other, table, rowBytes, observed);
    }
    if (reached) store<u32>(vector, load<u32>(vector) + reached * stride);
    b += filterBytes;
    weightB += 2;
  }
}

/**
 * Counts the vectors of a row, clears them, and writes (row of B, vector) for those that `keep` wants.
 * Returns how many were written.
 */
export function finishRow(
  from: i32, to: i32, vectors: usize, counts: usize, keep: usize, kept: usize,
): i32 {
  let written = 0;
  for (let j = from; j < to; j++) {
    const place = vectors + (<usize>(j - from) << 2);
    const vector = load<u32>(place);
    store<u32>(place, 0);
    const counter = counts + (<usize>vector << 2);
    store<u32>(counter, load<u32>(counter) + 1);
    if (load<u8>(keep + <usize>vector)) {
      store<u32>(kept + (<usize>written << 3), <u32>j);
      store<u32>(kept + (<usize>written << 3), vector, 4);
      written++;
    }
  }
  return written;
}

/** Writes the vector of each listed pair (row of A, row of B) over `segments` descriptors at `first`. */
export function vectorsOfPairs(
  first: usize, segments: i32, pairs: usize, length: i32, vectors: usize, fence: i32,
): void {
  for (let p = 0; p < length; p++) {
    const i = <usize>load<u32>(pairs + (<usize>p << 3));
    const j = <usize>load<u32>(pairs + (<usize>p << 3), 4);
    let vector = 0;
    for (let s = 0; s < segments; s++) {
      const segment = first + (<usize>s << 5);
      const words = load<i32>(segment, 8);
      const weightA = <i32>load<u16>(<usize>load<u32>(segment, 12) + (i << 1));
      const weightB = <i32>load<u16>(<usize>load<u32>(segment, 16) + (j << 1));
      let reached = load<i32>(segment, 24);
      if (weightA != 0 && weightB != 0) {
        const filterBytes = <usize>(words << 3);
        const count = intersection(
          <usize>load<u32>(segment, 0) + i * filterBytes,
          <usize>load<u32>(segment, 4) + j * filterBytes, words, fence);
        reached = level(count, weightA + weightB, <usize>load<u32>(segment, 20),
          <usize>((words << 7) + 1) << 1, reached);
      }
      vector += reached * load<i32>(segment, 28);
    }
    store<u32>(vectors + (<usize>p << 2), <u32>vector);
  }
}
