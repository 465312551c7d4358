// Encoding kernel, AssemblyScript with 128-bit SIMD. Built by `npm run build:kernel` into
// src/kernel-module.ts.
//
// Records go through linear hardening 128 at a time and bit-sliced: a matrix is transposed so that one v128
// holds one bit of 128 records, and the XOR of t bits is t instructions for all of them.

/**
 * ORs filters: the list has `count` triples of u32, the address of a target, that of a source and the bytes
 * of both (whole v128).
 */
export function joinFilters(list: usize, count: i32): void {
  const end = list + <usize>count * 12;
  for (; list < end; list += 12) {
    join(<usize>load<u32>(list), <usize>load<u32>(list, 4), <usize>load<u32>(list, 8));
  }
}

// @ts-ignore: decorator
@inline
function join(target: usize, source: usize, bytes: usize): void {
  const unrolled = source + (bytes & ~63);
  const last = source + bytes;
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

// Tables of names. A name is 28 bytes, the rest of them zero, and never all zero. A slot has 32 bytes: the name
// and its number (u32), 0 where the slot is free. `slots` is the address of the first slot, `mask` the bytes of
// all slots, a power of two, less those of one.

/** The number of the name at `name`, 0 when it is not in the table. */
export function findName(slots: usize, mask: u32, name: usize): u32 {
  return load<u32>(slotFrom(slots, mask, firstSlot(mask, name), name), 28);
}

/** Gives the name at `name` a number that is not 0; returns 1 when it had none, else 0. */
export function setName(slots: usize, mask: u32, name: usize, number: u32): u32 {
  const slot = slotFrom(slots, mask, firstSlot(mask, name), name);
  const isNew = load<u32>(slot, 28) == 0;
  if (isNew) memory.copy(slot, name, 28);
  store<u32>(slot, number, 28);
  return isNew ? 1 : 0;
}

/** Puts all names of a table of `bytes` bytes into another, which is empty. */
export function moveNames(from: usize, bytes: usize, slots: usize, mask: u32): void {
  const end = from + bytes;
  for (; from < end; from += 32) {
    if (load<u32>(from, 28) != 0) setName(slots, mask, from, load<u32>(from, 28));
  }
}

/**
 * Looks names up whose numbers are the addresses of filters (-1: no filter), and ORs these into records. An
 * entry has 48 bytes: the name, 4 bytes, and from byte 32 the address of the record (u32). `spans` has
 * `spanCount` triples of u32, for each piece of a filter its place there, its place in the record and its
 * bytes (whole v128). The numbers of the entries that are not in the table go to `missed` (u32); returns how
 * many they are.
 *
 * Slots are asked for in a first pass, so that the processor waits for many of them at a time.
 */
export function joinNames(
  slots: usize, mask: u32, entries: usize, count: i32, spans: usize, spanCount: i32, missed: usize,
): i32 {
  const end = entries + <usize>count * 48;
  for (let entry = entries; entry < end; entry += 48) {
    const slot = firstSlot(mask, entry);
    store<u32>(entry, slot, 36);
    store<u32>(entry, load<u32>(slots + slot, 28), 40);
  }
  const spansEnd = spans + <usize>spanCount * 12;
  let misses = 0;
  for (let i = 0, entry = entries; i < count; i++, entry += 48) {
    const filter = load<u32>(entry, 40) == 0 ? 0
      : load<u32>(slotFrom(slots, mask, load<u32>(entry, 36), entry), 28);
    if (filter == 0) {
      store<u32>(missed + (<usize>misses << 2), i);
      misses++;
    } else if (filter != 0xffffffff) {
      const record = <usize>load<u32>(entry, 32);
      for (let span = spans; span < spansEnd; span += 12) {
        join(record + <usize>load<u32>(span, 4), <usize>(filter + load<u32>(span)), <usize>load<u32>(span, 8));
      }
    }
  }
  return misses;
}

const QUOTE: u32 = 0x22;

/**
 * Finds the fields of a plain CSV text of `bytes` bytes of valid UTF-8, behind which 64 bytes more may be read: for
 * each field where it begins and ends (u32, bytes of the text), record after record, at `ends`. Plain are records
 * of `columns` fields and at most `maxRecord` bytes, with quotes around whole fields only and (`trim`) no white
 * space around values; empty lines are skipped. `lineBreak` is the first of the `breakBytes` bytes of a line break,
 * whose second can only be LF. Returns the number of records, -1 when the text is not plain.
 */
export function findFields(
  text: usize, bytes: u32, delimiter: u32, lineBreak: u32, breakBytes: u32, trim: i32, columns: u32,
  maxRecord: u32, ends: usize,
): i32 {
  let rows = 0;
  let start: u32 = 0;
  let from: u32 = 0;
  let first = ends;
  // A field in quotes is listed when they close, and the delimiter or line break behind them lists none.
  let quoted = false;
  let closed = false;
  let block: u32 = 0;
  let marks = marksIn(text, delimiter, lineBreak);
  while (start < bytes) {
    while (marks == 0 && block < bytes) {
      block += 64;
      marks = marksIn(text + block, delimiter, lineBreak);
    }
    const to = block < bytes ? min<u32>(block + <u32>ctz(marks), bytes) : bytes;
    marks &= marks - 1;
    const byte = to < bytes ? <u32>load<u8>(text + to) : lineBreak;
    if (to == bytes) {
      if (quoted) return -1;
    } else if (byte == QUOTE) {
      if (!quoted) {
        if (to != from || closed) return -1;
        quoted = true;
        continue;
      }
      const isEnd = to + 1 == bytes || <u32>load<u8>(text + to, 1) == delimiter
        || isBreak(text, to + 1, bytes, lineBreak, breakBytes);
      if (!isEnd) return -1;
      ends = putEnds(ends, from + 1, to);
      quoted = false;
      closed = true;
      continue;
    } else if (quoted || (byte != delimiter && !isBreak(text, to, bytes, lineBreak, breakBytes))) continue;
    if (!closed) {
      if (trim && from < to && mayHaveEdge(text + from, text + to)) return -1;
      ends = putEnds(ends, from, to);
    }
    closed = false;
    from = to + 1;
    if (byte == delimiter) continue;
    from = min<u32>(to + breakBytes, bytes);
    if (from - start > maxRecord) return -1;
    const fields = <u32>((ends - first) >> 3);
    if (fields == 1 && load<u32>(first) == start && load<u32>(first, 4) == start) ends = first;
    else if (fields != columns) return -1;
    else rows++;
    start = from;
    first = ends;
  }
  return rows;
}

// @ts-ignore: decorator
@inline
function putEnds(ends: usize, from: u32, to: u32): usize {
  store<u32>(ends, from);
  store<u32>(ends, to, 4);
  return ends + 8;
}

/** A bit for each of 64 bytes, set where a field may end or be quoted. */
// @ts-ignore: decorator
@inline
function marksIn(at: usize, delimiter: u32, lineBreak: u32): u64 {
  return <u64>marksOf(v128.load(at), delimiter, lineBreak)
    | <u64>marksOf(v128.load(at, 16), delimiter, lineBreak) << 16
    | <u64>marksOf(v128.load(at, 32), delimiter, lineBreak) << 32
    | <u64>marksOf(v128.load(at, 48), delimiter, lineBreak) << 48;
}

// @ts-ignore: decorator
@inline
function marksOf(bytes: v128, delimiter: u32, lineBreak: u32): i32 {
  const ends = v128.or(
    i8x16.eq(bytes, i8x16.splat(<i8>delimiter)), i8x16.eq(bytes, i8x16.splat(<i8>lineBreak)));
  return i8x16.bitmask(v128.or(ends, i8x16.eq(bytes, i8x16.splat(<i8>QUOTE))));
}

// @ts-ignore: decorator
@inline
function isBreak(text: usize, at: u32, bytes: u32, lineBreak: u32, breakBytes: u32): bool {
  return <u32>load<u8>(text + at) == lineBreak
    && (breakBytes == 1 || (at + 1 < bytes && load<u8>(text + at, 1) == 0x0a));
}

/** Whether a field that is not empty may begin or end with white space. */
// @ts-ignore: decorator
@inline
function mayHaveEdge(from: usize, to: usize): bool {
  const last = <u32>load<u8>(to - 1);
  if (mayBeSpace(from)) return true;
  if (last < 0x80) return last <= 0x20;
  // White space beyond ASCII has two bytes or three.
  return mayBeSpace(load<u8>(to - 2) >= 0xc0 ? to - 2 : to - 3);
}

/**
 * Whether the character at `at` may be white space: none of those beyond U+0020 begins with other bytes, as
 * U+00A0, U+1680, U+2000 to U+205F, U+3000 and U+FEFF do.
 */
// @ts-ignore: decorator
@inline
function mayBeSpace(at: usize): bool {
  const first = <u32>load<u8>(at);
  if (first < 0x80) return first <= 0x20;
  const second = <u32>load<u8>(at, 1);
  return (first == 0xc2 && second == 0xa0) || (first == 0xe1 && second == 0x9a)
    || (first == 0xe2 && second <= 0x81) || (first == 0xe3 && second == 0x80)
    || (first == 0xef && second == 0xbb);
}

// Fields of records are pieces of a text in valid UTF-8, behind which 64 bytes more may be read: field i is from
// byte u32 number 0 at `fields + i * fieldStep` of the text to the next number. `text` is the address that byte 0
// of the text has, or would have. What a function leaves to its caller, who reads fields of any kind, it lists by
// the numbers of the rows (u32) at `others`.

/** Longest field that is listed; it has no more than half as many parts. */
const MAX_FIELD: u32 = 64;

/**
 * Lists fields as names to be joined by `joinNames`, or (`byParts`) their parts between spaces: row i for the
 * record at `record + i * recordStep`. It stops before a row for which the `capacity` entries at `entries` may
 * not be enough; returns the rows that it read. `counts` becomes the names listed and the rows in `others`
 * (u32); of these no part is listed. A field without a byte has no name.
 */
export function listNames(
  text: usize, fields: usize, fieldStep: usize, rows: i32, byParts: i32, record: usize, recordStep: usize,
  entries: usize, capacity: i32, counts: usize, others: usize,
): i32 {
  const enough = entries + <usize>(capacity - <i32>(MAX_FIELD >> 1)) * 48;
  let entry = entries;
  let other = others;
  let row = 0;
  for (; row < rows && entry <= enough; row++, fields += fieldStep, record += recordStep) {
    const bytes = load<u32>(fields, 4) - load<u32>(fields);
    if (bytes == 0) continue;
    const next = bytes <= MAX_FIELD ? listParts(text + <usize>load<u32>(fields), bytes, byParts, record, entry) : 0;
    if (next != 0) entry = next;
    else {
      store<u32>(other, row);
      other += 4;
    }
  }
  store<u32>(counts, <u32>((entry - entries) / 48));
  store<u32>(counts, <u32>((other - others) >> 2), 4);
  return row;
}

/** The entry behind those of a field, 0 when a part is not for the list. */
function listParts(from: usize, bytes: u32, byParts: i32, record: usize, entry: usize): usize {
  const spaces = byParts ? spacesIn(from) : 0;
  for (let start: u32 = 0; start < bytes; start++) {
    const rest = spaces >> <u64>start;
    const length = rest == 0 ? bytes - start : min<u32>(bytes - start, <u32>ctz(rest));
    if (length == 0) continue;
    if (!putName(entry, from + start, length)) return 0;
    store<u32>(entry, <u32>record, 32);
    entry += 48;
    start += length;
  }
  return entry;
}

/** A bit for each of 64 bytes, set where it is a space. */
// @ts-ignore: decorator
@inline
function spacesIn(from: usize): u64 {
  const space = i8x16.splat(0x20);
  return <u64>i8x16.bitmask(i8x16.eq(v128.load(from), space))
    | <u64>i8x16.bitmask(i8x16.eq(v128.load(from, 16), space)) << 16
    | <u64>i8x16.bitmask(i8x16.eq(v128.load(from, 32), space)) << 32
    | <u64>i8x16.bitmask(i8x16.eq(v128.load(from, 48), space)) << 48;
}

/**
 * Puts the name that `bytes` bytes of UTF-8 are into an entry, in UTF-16; false when it ends in zero, is longer
 * than 14 units or has characters beyond U+FFFF.
 */
function putName(entry: usize, from: usize, bytes: u32): bool {
  if (load<u8>(from + <usize>bytes - 1) == 0) return false;
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  if (bytes <= 14) {
    const letters = v128.and(v128.load(from), i8x16.lt_u(places, i8x16.splat(<i8>bytes)));
    if (i8x16.bitmask(letters) == 0) {
      v128.store(entry, i16x8.extend_low_i8x16_u(letters));
      v128.store(entry, i16x8.extend_high_i8x16_u(letters), 16);
      return true;
    }
  }
  v128.store(entry, i64x2.splat(0));
  v128.store(entry, i64x2.splat(0), 16);
  const end = from + <usize>bytes;
  const full = entry + 28;
  for (; from < end; entry += 2) {
    let unit = <u32>load<u8>(from++);
    if (entry == full || unit >= 0xf0) return false;
    if (unit >= 0xc0) {
      unit = (unit & 0x3f) << 6 | (<u32>load<u8>(from++) & 0x3f);
      // Of three bytes the first has a bit more, which falls out of the 16.
      if (unit >= 0x800) unit = unit << 6 | (<u32>load<u8>(from++) & 0x3f);
    }
    store<u16>(entry, <u16>unit);
  }
  return true;
}

/**
 * Joins the filters of fields that are dates, written YYYY-MM-DD, of years from 1800 to 2199, months to 12 and
 * days to 31. `years` has the address (u32, 0: none yet) of the filter of a year up to and from its tenth month,
 * `days` that of each month of day 1, day 2 and so on. Spans are those of `joinNames`, records those of
 * `listNames`. Returns the number of the rows in `others`.
 */
export function joinDates(
  text: usize, fields: usize, fieldStep: usize, rows: i32, years: usize, days: usize, spans: usize,
  spanCount: i32, record: usize, recordStep: usize, others: usize,
): i32 {
  const spansEnd = spans + <usize>spanCount * 12;
  let count = 0;
  for (let row = 0; row < rows; row++, fields += fieldStep, record += recordStep) {
    const bytes = load<u32>(fields, 4) - load<u32>(fields);
    if (bytes == 0) continue;
    const at = text + <usize>load<u32>(fields);
    const year = 100 * twoDigits(at) + twoDigits(at + 2) - 1800;
    const month = twoDigits(at + 5) - 1;
    const day = twoDigits(at + 8) - 1;
    const isDate = bytes == 10 && load<u8>(at, 4) == 0x2d && load<u8>(at, 7) == 0x2d
      && year < 400 && month < 12 && day < 31;
    const first = isDate ? load<u32>(years + <usize>(2 * year + <u32>(month >= 9)) * 4) : 0;
    const second = isDate ? load<u32>(days + <usize>(12 * day + month) * 4) : 0;
    if (first == 0 || second == 0) {
      store<u32>(others + (<usize>count << 2), row);
      count++;
      continue;
    }
    for (let span = spans; span < spansEnd; span += 12) {
      const target = record + <usize>load<u32>(span, 4);
      join(target, <usize>(first + load<u32>(span)), <usize>load<u32>(span, 8));
      join(target, <usize>(second + load<u32>(span)), <usize>load<u32>(span, 8));
    }
  }
  return count;
}

/** The number of two digits; one of more than six digits where they are none. */
// @ts-ignore: decorator
@inline
function twoDigits(at: usize): u32 {
  const tens = <u32>load<u8>(at) - 0x30;
  const ones = <u32>load<u8>(at, 1) - 0x30;
  return tens <= 9 && ones <= 9 ? 10 * tens + ones : 1000000;
}

/**
 * Puts fields as messages of at most 55 bytes into blocks of 64 bytes, as `authenticate` takes them; of a longer
 * one, its first 55 bytes.
 */
export function putMessages(text: usize, fields: usize, fieldStep: usize, count: i32, blocks: usize): void {
  for (let i = 0; i < count; i++, fields += fieldStep, blocks += 64) {
    let from = text + <usize>load<u32>(fields);
    const bytes = min<u32>(load<u32>(fields, 4) - load<u32>(fields), 55);
    for (let at: usize = 0; at < 64; at += 16) v128.store(blocks + at, i64x2.splat(0));
    let to = blocks;
    for (const end = from + <usize>bytes; from < end; from++, to++) store<u8>(to, load<u8>(from));
    store<u8>(to, 0x80);
    // Bits of the block of the key and of the message, big endian.
    const bits = 8 * (64 + bytes);
    store<u8>(blocks, <u8>(bits >> 8), 62);
    store<u8>(blocks, <u8>bits, 63);
  }
}

/** Where the slot that a name has by its hash begins, counted from the first one. */
// @ts-ignore: decorator
@inline
function firstSlot(mask: u32, name: usize): u32 {
  let hash = mixed(load<u64>(name));
  hash = mixed(hash ^ load<u64>(name, 8));
  hash = mixed(hash ^ load<u64>(name, 16));
  hash = mixed(hash ^ <u64>load<u32>(name, 24));
  return (<u32>hash << 5) & mask;
}

// @ts-ignore: decorator
@inline
function mixed(hash: u64): u64 {
  hash *= 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}

/** Address of the slot that has the name, or that is free for it, from slot `slot` on. */
// @ts-ignore: decorator
@inline
function slotFrom(slots: usize, mask: u32, slot: u32, name: usize): usize {
  while (load<u32>(slots + slot, 28) != 0 && !isName(slots + slot, name)) slot = (slot + 32) & mask;
  return slots + slot;
}

// @ts-ignore: decorator
@inline
function isName(slot: usize, name: usize): bool {
  return load<u64>(slot) == load<u64>(name) && load<u64>(slot, 8) == load<u64>(name, 8)
    && load<u64>(slot, 16) == load<u64>(name, 16) && load<u32>(slot, 24) == load<u32>(name, 24);
}

/**
 * XORs columns: output column i, v128 number i at `out`, is the XOR of the `t` columns whose addresses are the
 * u32 number t * i .. t * i + t - 1 at `sets`.
 */
export function sumColumns(sets: usize, t: i32, count: i32, out: usize): void {
  const end = out + (<usize>count << 4);
  for (; out < end; out += 16) {
    let sum = i64x2.splat(0);
    let other = i64x2.splat(0);
    const unrolled = sets + (<usize>(t & ~3) << 2);
    const last = sets + (<usize>t << 2);
    for (; sets < unrolled; sets += 16) {
      sum = v128.xor(sum, v128.load(<usize>load<u32>(sets)));
      other = v128.xor(other, v128.load(<usize>load<u32>(sets, 4)));
      sum = v128.xor(sum, v128.load(<usize>load<u32>(sets, 8)));
      other = v128.xor(other, v128.load(<usize>load<u32>(sets, 12)));
    }
    for (; sets < last; sets += 4) sum = v128.xor(sum, v128.load(<usize>load<u32>(sets)));
    v128.store(out, v128.xor(sum, other));
  }
}

/**
 * Transposes 128 rows of 128 bits, bit 0 of a row the least significant of its first byte. Rows are
 * `fromStride` bytes apart at `from` and `toStride` at `to`; only the first `bytes` (1-16) of a row are
 * written. `scratch` has 2304 bytes.
 *
 * Rows 8 l + g, l = 0 to 15, are group g. First the bytes of each group are transposed, so that a v128 holds
 * byte j of its 16 rows; then, for each j, the bits of the eight groups' v128: bit b of group g goes to bit
 * g of v128 b, where the rows are in their order.
 */
export function transpose(
  from: usize, fromStride: usize, to: usize, toStride: usize, bytes: usize, scratch: usize,
): void {
  const halfway = scratch + 2048;
  const step = fromStride << 5;
  for (let group: usize = 0; group < 8; group++, from += fromStride) {
    let row = from;
    for (let i: usize = 0; i < 4; i++, row += fromStride << 3) {
      interleave(
        halfway + (i << 6), 16, v128.load(row), v128.load(row + step), v128.load(row + 2 * step),
        v128.load(row + 3 * step));
    }
    let at = halfway;
    for (let i: usize = 0; i < 4; i++, at += 16) {
      interleave(
        scratch + (i << 9) + (group << 4), 128, v128.load(at), v128.load(at, 64), v128.load(at, 128),
        v128.load(at, 192));
    }
  }
  for (let j: usize = 0; j < 16; j++, to += toStride << 3) {
    const at = scratch + (j << 7);
    if (bytes == 16) {
      transposeBits(at, to, toStride);
      continue;
    }
    transposeBits(at, at, 16);
    for (let bit: usize = 0; bit < 8; bit++) memory.copy(to + bit * toStride, at + (bit << 4), bytes);
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

/**
 * The first `words` words (u32, big endian; 1-8) of HMAC-SHA-256 (RFC 2104, FIPS 180-4) of short messages,
 * four at a time, one in each lane of a v128. `blocks` has `fours` times four blocks of 64 bytes, each a
 * message padded as the second block of a hash; `states` eight v128 after the inner key block and eight after
 * the outer one; `constants` the 64 round constants (u32). Codes follow each other at `out`. `scratch` has
 * 1152 bytes.
 */
export function authenticate(
  states: usize, constants: usize, blocks: usize, fours: i32, words: usize, out: usize, scratch: usize,
): void {
  const state = scratch + 1024;
  const codeBytes = words << 2;
  for (let four = 0; four < fours; four++, blocks += 256, out += codeBytes << 2) {
    for (let t: usize = 0; t < 64; t += 4) v128.store(scratch + (t << 2), wordsAt(blocks + t));
    memory.copy(state, states, 128);
    compress(state, constants, scratch);
    memory.copy(scratch, state, 128);
    v128.store(scratch + 128, i32x4.splat(0x80000000));
    memory.fill(scratch + 144, 0, 96);
    // Bits of the outer key block and of the inner digest.
    v128.store(scratch + 240, i32x4.splat(768));
    memory.copy(state, states + 128, 128);
    compress(state, constants, scratch);
    for (let word: usize = 0; word < words; word++) {
      const bytes = bigEndian(v128.load(state + (word << 4)));
      const at = out + (word << 2);
      v128.store32_lane(at, bytes, 0);
      v128.store32_lane(at + codeBytes, bytes, 1);
      v128.store32_lane(at + 2 * codeBytes, bytes, 2);
      v128.store32_lane(at + 3 * codeBytes, bytes, 3);
    }
  }
}

/** Goes on from four states with a block of each; the first 16 v128 of `schedule` are its words. */
export function compress(state: usize, constants: usize, schedule: usize): void {
  for (let at = schedule + 256; at < schedule + 1024; at += 16) {
    const x = v128.load(at - 240);
    const y = v128.load(at - 32);
    const s0 = v128.xor(v128.xor(rotated(x, 7), rotated(x, 18)), i32x4.shr_u(x, 3));
    const s1 = v128.xor(v128.xor(rotated(y, 17), rotated(y, 19)), i32x4.shr_u(y, 10));
    v128.store(at, i32x4.add(i32x4.add(v128.load(at - 256), s0), i32x4.add(v128.load(at - 112), s1)));
  }
  let a = v128.load(state);
  let b = v128.load(state, 16);
  let c = v128.load(state, 32);
  let d = v128.load(state, 48);
  let e = v128.load(state, 64);
  let f = v128.load(state, 80);
  let g = v128.load(state, 96);
  let h = v128.load(state, 112);
  for (let t: usize = 0; t < 64; t++) {
    const s1 = v128.xor(v128.xor(rotated(e, 6), rotated(e, 11)), rotated(e, 25));
    const choice = v128.xor(g, v128.and(e, v128.xor(f, g)));
    const word = i32x4.add(v128.load(schedule + (t << 4)), v128.load32_splat(constants + (t << 2)));
    const t1 = i32x4.add(i32x4.add(h, s1), i32x4.add(choice, word));
    const s0 = v128.xor(v128.xor(rotated(a, 2), rotated(a, 13)), rotated(a, 22));
    const majority = v128.xor(v128.and(a, v128.xor(b, c)), v128.and(b, c));
    h = g;
    g = f;
    f = e;
    e = i32x4.add(d, t1);
    d = c;
    c = b;
    b = a;
    a = i32x4.add(t1, i32x4.add(s0, majority));
  }
  addTo(state, a);
  addTo(state + 16, b);
  addTo(state + 32, c);
  addTo(state + 48, d);
  addTo(state + 64, e);
  addTo(state + 80, f);
  addTo(state + 96, g);
  addTo(state + 112, h);
}

// @ts-ignore: decorator
@inline
function rotated(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shr_u(x, bits), i32x4.shl(x, 32 - bits));
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, x: v128): void {
  v128.store(at, i32x4.add(v128.load(at), x));
}

/** The big-endian words at `at` of four blocks of 64 bytes. */
// @ts-ignore: decorator
@inline
function wordsAt(at: usize): v128 {
  let words = v128.load32_zero(at);
  words = v128.load32_lane(at, words, 1, 64);
  words = v128.load32_lane(at, words, 2, 128);
  words = v128.load32_lane(at, words, 3, 192);
  return bigEndian(words);
}

// @ts-ignore: decorator
@inline
function bigEndian(words: v128): v128 {
  return v128.shuffle<i8>(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/**
 * Two of the four rounds that transpose 16 x 16 bytes: each round interleaves rows i and i + 8. Engines have
 * one instruction for exactly these shuffles.
 */
// @ts-ignore: decorator
@inline
function interleave(to: usize, stride: usize, a: v128, b: v128, c: v128, d: v128): void {
  const lowAC = low(a, c);
  const lowBD = low(b, d);
  const highAC = high(a, c);
  const highBD = high(b, d);
  v128.store(to, low(lowAC, lowBD));
  v128.store(to + stride, high(lowAC, lowBD));
  v128.store(to + 2 * stride, low(highAC, highBD));
  v128.store(to + 3 * stride, high(highAC, highBD));
}

// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Bits of a pair that change places when the number of a v128 changes places with the number of a bit. */
// @ts-ignore: decorator
@inline
function exchanged(a: v128, b: v128, shift: i32, mask: v128): v128 {
  return v128.and(v128.xor(i64x2.shr_u(a, shift), b), mask);
}

/** Transposes the 8 x 8 bits in each of the 16 bytes of eight v128, one after the other at `at`. */
// @ts-ignore: decorator
@inline
function transposeBits(at: usize, to: usize, stride: usize): void {
  let a = v128.load(at);
  let b = v128.load(at, 16);
  let c = v128.load(at, 32);
  let d = v128.load(at, 48);
  let e = v128.load(at, 64);
  let f = v128.load(at, 80);
  let g = v128.load(at, 96);
  let h = v128.load(at, 112);
  const fours = i8x16.splat(0x0f);
  let t = exchanged(a, e, 4, fours);
  a = v128.xor(a, i64x2.shl(t, 4));
  e = v128.xor(e, t);
  t = exchanged(b, f, 4, fours);
  b = v128.xor(b, i64x2.shl(t, 4));
  f = v128.xor(f, t);
  t = exchanged(c, g, 4, fours);
  c = v128.xor(c, i64x2.shl(t, 4));
  g = v128.xor(g, t);
  t = exchanged(d, h, 4, fours);
  d = v128.xor(d, i64x2.shl(t, 4));
  h = v128.xor(h, t);
  const twos = i8x16.splat(0x33);
  t = exchanged(a, c, 2, twos);
  a = v128.xor(a, i64x2.shl(t, 2));
  c = v128.xor(c, t);
  t = exchanged(b, d, 2, twos);
  b = v128.xor(b, i64x2.shl(t, 2));
  d = v128.xor(d, t);
  t = exchanged(e, g, 2, twos);
  e = v128.xor(e, i64x2.shl(t, 2));
  g = v128.xor(g, t);
  t = exchanged(f, h, 2, twos);
  f = v128.xor(f, i64x2.shl(t, 2));
  h = v128.xor(h, t);
  storePair(to, stride, a, b);
  storePair(to + 2 * stride, stride, c, d);
  storePair(to + 4 * stride, stride, e, f);
  storePair(to + 6 * stride, stride, g, h);
}

// @ts-ignore: decorator
@inline
function storePair(to: usize, stride: usize, a: v128, b: v128): void {
  const t = exchanged(a, b, 1, i8x16.splat(0x55));
  v128.store(to, v128.xor(a, i64x2.shl(t, 1)));
  v128.store(to + stride, v128.xor(b, t));
}
