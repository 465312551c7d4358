// How alike each row is to the references nearest to it. AssemblyScript, built by `npm run build:kernel` into
// src/shared/scaling-module.ts.

/** Common ones of two filters of `words` 64-bit words, a multiple of 8. */
// @ts-ignore: decorator
@inline
function intersection(a: usize, b: usize, words: i32): i32 {
  let count: i64 = 0;
  const end = a + <usize>(words << 3);
  while (a < end) {
    count += popcnt<i64>(load<i64>(a, 0) & load<i64>(b, 0));
    count += popcnt<i64>(load<i64>(a, 8) & load<i64>(b, 8));
    count += popcnt<i64>(load<i64>(a, 16) & load<i64>(b, 16));
    count += popcnt<i64>(load<i64>(a, 24) & load<i64>(b, 24));
    count += popcnt<i64>(load<i64>(a, 32) & load<i64>(b, 32));
    count += popcnt<i64>(load<i64>(a, 40) & load<i64>(b, 40));
    count += popcnt<i64>(load<i64>(a, 48) & load<i64>(b, 48));
    count += popcnt<i64>(load<i64>(a, 56) & load<i64>(b, 56));
    a += 64;
    b += 64;
  }
  return <i32>count;
}

/** Mean Dice similarity of the second to the fourth nearest of every other reference, from `first` on. */
function meanOfNearest(row: usize, words: i32, weight: i32, references: usize, first: i32, length: i32): f64 {
  let nearest: f64 = -1;
  let second: f64 = -1;
  let third: f64 = -1;
  let fourth: f64 = -1;
  for (let k = first; k < length; k += 2) {
    const reference = references + (<usize>k << 3);
    const other = <usize>load<u32>(reference);
    if (other == row) continue;
    const similarity = <f64>(2 * intersection(row, other, words)) / <f64>(weight + load<i32>(reference, 4));
    if (similarity <= fourth) continue;
    if (similarity <= third) {
      fourth = similarity;
      continue;
    }
    fourth = third;
    if (similarity <= second) {
      third = similarity;
      continue;
    }
    third = second;
    if (similarity <= nearest) {
      second = similarity;
      continue;
    }
    second = nearest;
    nearest = similarity;
  }
  return (second + third + fourth) / 3;
}

/**
 * For each of the rows: that mean over the even references and over the odd ones, as two f32 at `means`; two zeros for
 * an empty filter. A reference is the place of its filter and its weight (u32 each); a row is no reference to itself.
 */
export function nearestReferences(
  filters: usize, words: i32, weights: usize, from: i32, to: i32, references: usize, length: i32, means: usize,
): void {
  for (let row = from; row < to; row++) {
    const filter = filters + <usize>row * <usize>(words << 3);
    const weight = <i32>load<u16>(weights + (<usize>row << 1));
    const place = means + (<usize>row << 3);
    store<f32>(place, weight == 0 ? 0 : <f32>meanOfNearest(filter, words, weight, references, 0, length));
    store<f32>(place, weight == 0 ? 0 : <f32>meanOfNearest(filter, words, weight, references, 1, length), 4);
  }
}
