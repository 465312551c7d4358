// Once: where the global object is a sandbox, as in tests, each look-up of Math outweighs the instruction.
const { imul } = Math;

/** Where `hashFilter` puts the halves of the hash, unsigned and well mixed, then 0 for an empty filter. */
export type FilterHash = Uint32Array;

/** For `hashFilter`. */
export function filterHash(): FilterHash {
  return new Uint32Array(3);
}

/**
 * A hash of 64 bits of the filter in words `from` to `to` (exclusive), to tell filters apart; no secret is in
 * it. Two chains that do not wait for each other; every word is in both.
 */
export function hashFilter(words: Int32Array, from: number, to: number, into: FilterHash): void {
  let a = 0x9e3779b9 | 0;
  let b = 0x85ebca6b | 0;
  let any = 0;
  for (let w = from; w < to; w++) {
    const word = words[w];
    any |= word;
    a = imul(a ^ word, 0x9e3779b1);
    b = imul((b + word) | 0, 0x2c1b3c6d);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  into[0] = mixed(a ^ b);
  into[1] = mixed(b);
  into[2] = any;
}

/** The last step of MurmurHash3 (Austin Appleby, public domain): every bit reaches every other. */
export function mixed(hash: number): number {
  let x = hash ^ (hash >>> 16);
  x = imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
