// Kernel of the sampled tables of candidate generation: sorts rows by key, and finds the pairs of rows in one bucket that
// are near. AssemblyScript, built by `npm run build:kernel` into src/shared/near-module.ts.
//
// A job is 28 u32 (places in bytes): 0 filters of A, 1 filters of B, 2 bytes a row, 3 keys of A, 4 rows of A, 5 their
// number, 6 keys of B, 7 rows of B, 8 their number, 9 within (0 or 1), 10 most pairs of a bucket, 11 most differing columns
// in the first half of the line, 12 and in the whole line, 13 first byte of the line in a row, 14 room for the lines of a
// block, 15 where pairs are written, 16 how many fit, 17 pairs to look at before it returns, 18 hashes of A; where it is:
// 19 place in A, 20 place in B, 21 block of B, 22 row of A, both from the start of the bucket; what it says: 23 state,
// 24 end of the bucket in A, 25 and in B, 26 pairs looked at; 27 hashes of B.

const BLOCK_ROWS: i32 = 512;
const LINE_BYTES: usize = 64;
const DIGIT_BITS: i32 = 11;
const DIGITS: i32 = 1 << DIGIT_BITS;

const MORE: i32 = 0;
const DONE: i32 = 1;
const OVERSIZED: i32 = 2;

// @ts-ignore: decorator
@inline
function at(array: usize, index: i32): u32 {
  return load<u32>(array + (<usize>index << 2));
}

/**
 * Sorts the rows that have the segment by the low `bits` bits of their keys, rows of one key in order. `counters` has room
 * for 2048 u32, each of the other arrays for `records`. Returns how many rows have the segment.
 */
export function sortRows(
  keys: usize, weights: usize, records: i32, bits: i32, sortedKeys: usize, sortedRows: usize, spareKeys: usize,
  spareRows: usize, counters: usize,
): i32 {
  const passes = (bits + DIGIT_BITS - 1) / DIGIT_BITS;
  // The last pass writes into the sorted arrays.
  let toKeys = passes & 1 ? spareKeys : sortedKeys;
  let toRows = passes & 1 ? spareRows : sortedRows;
  let present = 0;
  for (let row = 0; row < records; row++) {
    store<u32>(toKeys + (<usize>present << 2), at(keys, row));
    store<u32>(toRows + (<usize>present << 2), row);
    present += i32(load<u16>(weights + (<usize>row << 1)) != 0);
  }
  for (let pass = 0; pass < passes; pass++) {
    const fromKeys = toKeys;
    const fromRows = toRows;
    toKeys = fromKeys == spareKeys ? sortedKeys : spareKeys;
    toRows = fromRows == spareRows ? sortedRows : spareRows;
    const shift = pass * DIGIT_BITS;
    memory.fill(counters, 0, DIGITS << 2);
    for (let k = 0; k < present; k++) {
      const counter = counters + (<usize>((at(fromKeys, k) >> shift) & (DIGITS - 1)) << 2);
      store<u32>(counter, load<u32>(counter) + 1);
    }
    let start: u32 = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = at(counters, digit);
      store<u32>(counters + (<usize>digit << 2), start);
      start += count;
    }
    for (let k = 0; k < present; k++) {
      const key = at(fromKeys, k);
      const counter = counters + (<usize>((key >> shift) & (DIGITS - 1)) << 2);
      const place = load<u32>(counter);
      store<u32>(counter, place + 1);
      store<u32>(toKeys + (<usize>place << 2), key);
      store<u32>(toRows + (<usize>place << 2), at(fromRows, k));
    }
  }
  return present;
}

function endOfRun(keys: usize, length: i32, start: i32): i32 {
  const key = at(keys, start);
  let end = start + 1;
  while (end < length && at(keys, end) == key) end++;
  return end;
}

/** Looks at row `i` of A and the rows of a block, whose lines lie at `lines`; returns where to write on. */
function nearOfRow(job: usize, i: u32, rowsOfB: usize, rows: i32, lines: usize, pairs: usize): usize {
  const bytes = <usize>at(job, 2);
  const line = <usize>at(job, 0) + <usize>i * bytes + <usize>at(job, 13);
  const hashesOfB = <usize>at(job, 27);
  const within = at(job, 9);
  const mostInHalf = <i64>at(job, 11);
  const mostInLine = <i64>at(job, 12);
  const a0 = load<i64>(line, 0);
  const a1 = load<i64>(line, 8);
  const a2 = load<i64>(line, 16);
  const a3 = load<i64>(line, 24);
  const hash = at(<usize>at(job, 18), i);
  const end = lines + <usize>rows * LINE_BYTES;
  let place = rowsOfB;
  for (let b = lines; b < end; b += LINE_BYTES) {
    let differing = popcnt<i64>(a0 ^ load<i64>(b, 0)) + popcnt<i64>(a1 ^ load<i64>(b, 8))
      + popcnt<i64>(a2 ^ load<i64>(b, 16)) + popcnt<i64>(a3 ^ load<i64>(b, 24));
    if (differing <= mostInHalf) {
      differing += popcnt<i64>(load<i64>(line, 32) ^ load<i64>(b, 32)) + popcnt<i64>(load<i64>(line, 40) ^ load<i64>(b, 40))
        + popcnt<i64>(load<i64>(line, 48) ^ load<i64>(b, 48)) + popcnt<i64>(load<i64>(line, 56) ^ load<i64>(b, 56));
      if (differing <= mostInLine) {
        const j = load<u32>(place);
        const again = within != 0 && j <= i;
        if (!again && (differing != 0 || at(hashesOfB, j) != hash)) {
          store<u32>(pairs, i);
          store<u32>(pairs, j, 4);
          pairs += 8;
        }
      }
    }
    place += 4;
  }
  return pairs;
}

/** Writes down where a job stands: the caller goes on from there. */
function pause(job: usize, state: i32, placeA: i32, placeB: i32, block: i32, row: i32): void {
  store<i32>(job, placeA, 76);
  store<i32>(job, placeB, 80);
  store<i32>(job, block, 84);
  store<i32>(job, row, 88);
  store<i32>(job, state, 92);
}

/**
 * Writes pairs of rows (of A and of B) that share a key and are near: they differ in at most so many columns of the first half
 * of a line of 512 columns, and of all of it; but have not one hash. Within a register each pair once, the smaller row first. Returns
 * how many were written and leaves in the job whether there is more, all is done, or a bucket is too large.
 */
export function joinNear(job: usize): i32 {
  const keysOfA = <usize>at(job, 3);
  const rowsOfA = <usize>at(job, 4);
  const lengthOfA = <i32>at(job, 5);
  const keysOfB = <usize>at(job, 6);
  const rowsOfB = <usize>at(job, 7);
  const lengthOfB = <i32>at(job, 8);
  const lines = <usize>at(job, 14);
  const first = <usize>at(job, 15);
  const end = first + (<usize>at(job, 16) << 3);
  const filtersOfB = <usize>at(job, 1) + <usize>at(job, 13);
  const bytes = <usize>at(job, 2);
  let placeA = <i32>at(job, 19);
  let placeB = <i32>at(job, 20);
  let block = <i32>at(job, 21);
  let row = <i32>at(job, 22);
  let looked: u32 = 0;
  let pairs = first;
  while (placeA < lengthOfA && placeB < lengthOfB) {
    const keyA = at(keysOfA, placeA);
    const keyB = at(keysOfB, placeB);
    if (keyA != keyB) {
      if (keyA < keyB) placeA = endOfRun(keysOfA, lengthOfA, placeA);
      else placeB = endOfRun(keysOfB, lengthOfB, placeB);
      continue;
    }
    const endA = endOfRun(keysOfA, lengthOfA, placeA);
    const endB = endOfRun(keysOfB, lengthOfB, placeB);
    const ofA = <u64>(endA - placeA);
    const ofB = <u64>(endB - placeB);
    if ((at(job, 9) ? ofA * (ofA - 1) / 2 : ofA * ofB) > <u64>at(job, 10)) {
      store<i32>(job, endA, 96);
      store<i32>(job, endB, 100);
      store<u32>(job, looked, 104);
      pause(job, OVERSIZED, placeA, placeB, 0, 0);
      return <i32>((pairs - first) >> 3);
    }
    for (; block < endB - placeB; block += BLOCK_ROWS) {
      const from = placeB + block;
      const rows = min(BLOCK_ROWS, endB - from);
      for (let k = 0; k < rows; k++) {
        memory.copy(lines + <usize>k * LINE_BYTES, filtersOfB + <usize>at(rowsOfB, from + k) * bytes, LINE_BYTES);
      }
      for (; row < endA - placeA; row++) {
        if (end - pairs < <usize>rows << 3 || looked >= at(job, 17)) {
          store<u32>(job, looked, 104);
          pause(job, MORE, placeA, placeB, block, row);
          return <i32>((pairs - first) >> 3);
        }
        pairs = nearOfRow(job, at(rowsOfA, placeA + row), rowsOfB + (<usize>from << 2), rows, lines, pairs);
        looked += rows;
      }
      row = 0;
    }
    block = 0;
    placeA = endA;
    placeB = endB;
  }
  store<u32>(job, looked, 104);
  pause(job, DONE, placeA, placeB, 0, 0);
  return <i32>((pairs - first) >> 3);
}
