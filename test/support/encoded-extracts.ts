import type { Cardinality, EncodedExtract } from '#libs/record';

/** Reproducible numbers in [0, 1): xorshift, George Marsaglia 2003. */
export function chance(seed: number): () => number {
  // Neighbouring seeds must not give neighbouring streams.
  let state = Math.imul(seed + 1, 0x9e3779b1) ^ 0x85ebca6b;
  state = Math.imul(state ^ (state >>> 16), 0xc2b2ae35) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/** A filter of `bits` bits, each set with probability `fill`. */
export function randomFilter(bits: number, fill: number, random: () => number): Uint8Array {
  const filter = new Uint8Array(bits / 8);
  for (let bit = 0; bit < bits; bit++) if (random() < fill) filter[bit >> 3] |= 128 >> (bit & 7);
  return filter;
}

/** A copy in which each bit is turned with probability `share`. */
export function turned(filter: Uint8Array, share: number, random: () => number): Uint8Array {
  const copy = Uint8Array.from(filter);
  for (let bit = 0; bit < 8 * filter.length; bit++) if (random() < share) copy[bit >> 3] ^= 128 >> (bit & 7);
  return copy;
}

/** Filters of every record, segment by segment, as an extract. */
export function extractOf(
  registerId: string, cardinality: Cardinality, segments: Readonly<Record<string, readonly Uint8Array[]>>,
): EncodedExtract {
  const [first] = Object.values(segments);
  return {
    registerId, cardinality, records: first.length,
    segments: Object.entries(segments).map(([name, rows]) =>
      ({ name, bits: 8 * rows[0].length, filters: Uint8Array.from(Buffer.concat(rows)) })),
  };
}
