/**
 * A small deterministic generator for drawing columns and sample pairs (mulberry32; T. Ettinger, public
 * domain). Not for secrets: which columns a table uses is public.
 *
 * @returns a function giving numbers in [0, 1).
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Random pairs (row of A, row of B in turn), drawn with replacement. Within one extract (`within`) no row
 * is paired with itself, and the smaller row comes first.
 */
export function randomPairs(
  recordsOfA: number, recordsOfB: number, length: number, seed: number, within = false,
): Uint32Array {
  const random = seededRandom(seed);
  const pairs = new Uint32Array(2 * length);
  for (let p = 0; p < length; p++) {
    const i = Math.floor(random() * recordsOfA);
    let j = Math.floor(random() * (within ? recordsOfB - 1 : recordsOfB));
    if (within && j >= i) j++;
    pairs[2 * p] = within ? Math.min(i, j) : i;
    pairs[2 * p + 1] = within ? Math.max(i, j) : j;
  }
  return pairs;
}
