// Once: where the global object is a sandbox, as in tests, each look-up of Math outweighs the instruction.
const { imul } = Math;

/** Bits of a word; rows, and columns, of a block that is turned at once. */
export const WORD = 32;

/**
 * Turns 32 words of `words` from `at` on as a matrix of 32 x 32 bits: afterwards bit r of word c is what bit
 * c of word r was. Halves change places, then quarters, and so on (Warren, Hacker's Delight, section 7-3).
 */
export function turnBlock(words: Uint32Array, at: number): void {
  let mask = 0x0000ffff;
  for (let half = WORD / 2; half > 0; half >>= 1, mask ^= mask << half) {
    for (let upper = at; upper < at + WORD; upper += 2 * half) {
      for (let r = upper; r < upper + half; r++) {
        const swapped = ((words[r] >>> half) ^ words[r + half]) & mask;
        words[r + half] ^= swapped;
        words[r] ^= swapped << half;
      }
    }
  }
}

/**
 * Bits of a filter are counted from the highest of each byte, and words hold their lowest byte first
 * (every machine that Node runs on has that order): bit `p` of word `w` is this bit of the filter.
 */
export function filterBitOf(word: number, p: number): number {
  return word * WORD + (p ^ 7);
}

/** Number of ones of a word of 32 bits. */
export function onesOf(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
