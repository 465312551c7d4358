// How alike each row is to the references nearest to it. AssemblyScript, built by `npm run build:kernel` into
// src/shared/scaling-module.ts.

/** Common ones of two filters of `words` 64-bit words, a multiple of 8. `fence` is always 0, see kernel.as. */
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

/** Rows that share the reading of a reference. */
const BLOCK_ROWS: i32 = 8;
/** Four similarities (f64) of a row and half, most similar first. */
const NEAREST_BYTES: usize = 32;

/** Takes in a similarity that is above the fourth of `nearest`. */
function insert(nearest: usize, similarity: f64): void {
  let place = nearest + 24;
  while (place > nearest && similarity > load<f64>(place - 8)) {
    store<f64>(place, load<f64>(place - 8));
    place -= 8;
  }
  store<f64>(place, similarity);
}

/** Mean of the second to the fourth. */
function meanOfNearest(nearest: usize): f32 {
  return <f32>((load<f64>(nearest, 8) + load<f64>(nearest, 16) + load<f64>(nearest, 24)) / 3);
}

/**
 * For each of the rows: the mean Dice similarity of its second to fourth nearest even reference, and of the odd ones, as
 * two f32 at `means`; two zeros for an empty filter. A reference is the place of its filter and its weight (u32 each); a
 * row is no reference to itself. `nearest` has room for 512 bytes; `fence` is always 0.
 */
export function nearestReferences(
  filters: usize, words: i32, weights: usize, from: i32, to: i32, references: usize, length: i32, means: usize,
  nearest: usize, fence: i32,
): void {
  const filterBytes = <usize>(words << 3);
  for (let start = from; start < to; start += BLOCK_ROWS) {
    const rows = to - start < BLOCK_ROWS ? to - start : BLOCK_ROWS;
    for (let k: usize = 0; k < NEAREST_BYTES * 2 * <usize>BLOCK_ROWS; k += 8) store<f64>(nearest + k, -1);
    const first = filters + <usize>start * filterBytes;
    for (let k = 0; k < length; k++) {
      const reference = references + (<usize>k << 3);
      const other = <usize>load<u32>(reference);
      const otherWeight = load<i32>(reference, 4);
      for (let r = 0; r < rows; r++) {
        const row = first + <usize>r * filterBytes;
        const ofRow = nearest + <usize>((r << 1) + (k & 1)) * NEAREST_BYTES;
        const common = <f64>(2 * intersection(row, other, words, fence));
        const sum = <f64>(<i32>load<u16>(weights + (<usize>(start + r) << 1)) + otherWeight);
        // Two different fractions of such small numbers are further apart than the product is rounded.
        if (common <= load<f64>(ofRow, 24) * sum || other == row) continue;
        insert(ofRow, common / sum);
      }
    }
    for (let r = 0; r < rows; r++) {
      const place = means + (<usize>(start + r) << 3);
      const ofRow = nearest + <usize>(r << 1) * NEAREST_BYTES;
      const isEmpty = load<u16>(weights + (<usize>(start + r) << 1)) == 0;
      store<f32>(place, isEmpty ? 0 : meanOfNearest(ofRow));
      store<f32>(place, isEmpty ? 0 : meanOfNearest(ofRow + NEAREST_BYTES), 4);
    }
  }
}
