/**
 * Filters as 32-bit words over the same memory as their bytes, so that a finished filter is copied and not
 * converted. Where bit i stands in its word depends on the byte order of the machine.
 */
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Exchanges the number of a bit in its word, from the least significant, and its place in the filter. */
const PLACE = LITTLE_ENDIAN ? 7 : 31;

/** Sets bit `position` of the filter that starts at word `at`. */
export function setBit(words: Uint32Array, at: number, position: number): void {
  words[at + (position >>> 5)] |= 1 << ((position & 31) ^ PLACE);
}

/**
 * Lists the ones of word number `index` of a filter: writes `position * scale` of each to `list` from
 * `count` on and returns the new count.
 */
export function listOnes(
  word: number, index: number, scale: number, list: Uint32Array, count: number,
): number {
  let rest = word;
  let listed = count;
  while (rest !== 0) {
    const bit = 31 - Math.clz32(rest);
    rest ^= 1 << bit;
    list[listed++] = (index * 32 + (bit ^ PLACE)) * scale;
  }
  return listed;
}
