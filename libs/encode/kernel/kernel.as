// Encoding kernel, AssemblyScript with 128-bit SIMD. Built by `npm run build:kernel` into
// src/kernel-module.ts.
//
// Records go through linear hardening 128 at a time and bit-sliced: a matrix is transposed so that one v128
// holds one bit of 128 records, and the XOR of t bits is t instructions for all of them.

/**
 * ORs filters: the list has `count` pairs of u32, the address of a target and of a source of `bytes` (whole
 * v128).
 */
export function joinFilters(list: usize, count: i32, bytes: i32): void {
  const end = list + (<usize>count << 3);
  for (; list < end; list += 8) {
    let target = <usize>load<u32>(list);
    let source = <usize>load<u32>(list, 4);
    const unrolled = source + <usize>(bytes & ~63);
    const last = source + <usize>bytes;
    for (; source < unrolled; source += 64, target += 64) {
      v128.store(target, v128.or(v128.load(target), v128.load(source)));
      v128.store(target, v128.or(v128.load(target, 16), v128.load(source, 16)), 16);
      v128.store(target, v128.or(v128.load(target, 32), v128.load(source, 32)), 32);
      v128.store(target, v128.or(v128.load(target, 48), v128.load(source, 48)), 48);
    }
    for (; source < last; source += 16, target += 16) {
      v128.store(target, v128.or(v128.load(target), v128.load(source)));
    }
  }
}

/**
 * XORs columns: output column i, v128 number i at `out`, is the XOR of the `t` columns at `columns` whose
 * byte offsets are the u32 number t * i .. t * i + t - 1 at `sets`.
 */
export function sumColumns(columns: usize, sets: usize, t: i32, count: i32, out: usize): void {
  const end = out + (<usize>count << 4);
  for (; out < end; out += 16) {
    let sum = i64x2.splat(0);
    let other = i64x2.splat(0);
    const unrolled = sets + (<usize>(t & ~3) << 2);
    const last = sets + (<usize>t << 2);
    for (; sets < unrolled; sets += 16) {
      sum = v128.xor(sum, v128.load(columns + <usize>load<u32>(sets)));
      other = v128.xor(other, v128.load(columns + <usize>load<u32>(sets, 4)));
      sum = v128.xor(sum, v128.load(columns + <usize>load<u32>(sets, 8)));
      other = v128.xor(other, v128.load(columns + <usize>load<u32>(sets, 12)));
    }
    for (; sets < last; sets += 4) sum = v128.xor(sum, v128.load(columns + <usize>load<u32>(sets)));
    v128.store(out, v128.xor(sum, other));
  }
}

/**
 * Transposes 128 rows of 128 bits, bit 0 of a row the least significant of its first byte. Rows are
 * `fromStride` bytes apart at `from` and `toStride` at `to`; only the first `bytes` (1-16) of a row are
 * written. `scratch` has 2048 bytes.
 */
export function transpose(
  from: usize, fromStride: usize, to: usize, toStride: usize, bytes: usize, scratch: usize,
): void {
  for (let k: usize = 0; k < 32; k++) {
    const row = from + k * fromStride;
    const step = fromStride << 5;
    const a = v128.load(row);
    const b = v128.load(row + step);
    const c = v128.load(row + 2 * step);
    const d = v128.load(row + 3 * step);
    exchange64and32(scratch + (k << 4), a, b, c, d);
  }
  for (let group: usize = 0; group < 128; group += 32) {
    for (let k: usize = group; k < group + 8; k++) exchange16and8(scratch + (k << 4));
  }
  for (let group: usize = 0; group < 128; group += 8) {
    for (let k: usize = group; k < group + 2; k++) exchange4and2(scratch + (k << 4));
  }
  const ones = i8x16.splat(0x55);
  for (let k: usize = 0; k < 128; k += 2, to += toStride << 1) {
    const pair = scratch + (k << 4);
    const a = v128.load(pair);
    const b = v128.load(pair, 16);
    const t = v128.and(v128.xor(i64x2.shr_u(a, 1), b), ones);
    const first = v128.xor(a, i64x2.shl(t, 1));
    const second = v128.xor(b, t);
    if (bytes == 16) {
      v128.store(to, first);
      v128.store(to + toStride, second);
    } else {
      v128.store(pair, first);
      v128.store(pair, second, 16);
      memory.copy(to, pair, bytes);
      memory.copy(to + toStride, pair + 16, bytes);
    }
  }
}

/** Copies `rows` rows of `bytes`, `fromStride` apart at `from`, to where they are `toStride` apart. */
export function copyRows(
  from: usize, fromStride: usize, to: usize, toStride: usize, bytes: usize, rows: i32,
): void {
  for (let row = 0; row < rows; row++) {
    memory.copy(to, from, bytes);
    from += fromStride;
    to += toStride;
  }
}

// Each exchange swaps the upper half of the bits in the first row of a pair with the lower half in the
// second, for blocks of two sizes; four rows stay in registers meanwhile.

// @ts-ignore: decorator
@inline
function exchange64and32(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ac = v128.shuffle<i64>(a, c, 0, 2);
  const ca = v128.shuffle<i64>(a, c, 1, 3);
  const bd = v128.shuffle<i64>(b, d, 0, 2);
  const db = v128.shuffle<i64>(b, d, 1, 3);
  v128.store(to, v128.shuffle<i32>(ac, bd, 0, 4, 2, 6));
  v128.store(to, v128.shuffle<i32>(ac, bd, 1, 5, 3, 7), 512);
  v128.store(to, v128.shuffle<i32>(ca, db, 0, 4, 2, 6), 1024);
  v128.store(to, v128.shuffle<i32>(ca, db, 1, 5, 3, 7), 1536);
}

// @ts-ignore: decorator
@inline
function exchange16and8(at: usize): void {
  const a = v128.load(at);
  const b = v128.load(at, 128);
  const c = v128.load(at, 256);
  const d = v128.load(at, 384);
  const ac = v128.shuffle<i16>(a, c, 0, 8, 2, 10, 4, 12, 6, 14);
  const ca = v128.shuffle<i16>(a, c, 1, 9, 3, 11, 5, 13, 7, 15);
  const bd = v128.shuffle<i16>(b, d, 0, 8, 2, 10, 4, 12, 6, 14);
  const db = v128.shuffle<i16>(b, d, 1, 9, 3, 11, 5, 13, 7, 15);
  v128.store(at, v128.shuffle<i8>(ac, bd, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30));
  v128.store(at, v128.shuffle<i8>(ac, bd, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31), 128);
  v128.store(at, v128.shuffle<i8>(ca, db, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30), 256);
  v128.store(at, v128.shuffle<i8>(ca, db, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31), 384);
}

// @ts-ignore: decorator
@inline
function exchange4and2(at: usize): void {
  const fours = i8x16.splat(0x0f);
  const twos = i8x16.splat(0x33);
  const a = v128.load(at);
  const b = v128.load(at, 32);
  const c = v128.load(at, 64);
  const d = v128.load(at, 96);
  const t = v128.and(v128.xor(i64x2.shr_u(a, 4), c), fours);
  const u = v128.and(v128.xor(i64x2.shr_u(b, 4), d), fours);
  const ac = v128.xor(a, i64x2.shl(t, 4));
  const ca = v128.xor(c, t);
  const bd = v128.xor(b, i64x2.shl(u, 4));
  const db = v128.xor(d, u);
  const v = v128.and(v128.xor(i64x2.shr_u(ac, 2), bd), twos);
  const w = v128.and(v128.xor(i64x2.shr_u(ca, 2), db), twos);
  v128.store(at, v128.xor(ac, i64x2.shl(v, 2)));
  v128.store(at, v128.xor(bd, v), 32);
  v128.store(at, v128.xor(ca, i64x2.shl(w, 2)), 64);
  v128.store(at, v128.xor(db, w), 96);
}
