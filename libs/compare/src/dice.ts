/** Number of ones in a 32-bit word. */
export function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}

/** Number of ones of each filter: `records` numbers, from packed rows of `bits / 8` bytes. */
export function weights(filters: Uint8Array, bits: number, records: number): Uint16Array {
  const bytes = bits / 8;
  const result = new Uint16Array(records);
  for (let row = 0; row < records; row++) {
    let weight = 0;
    for (let k = row * bytes; k < (row + 1) * bytes; k++) weight += ones(filters[k]);
    result[row] = weight;
  }
  return result;
}

/** Ones that row `i` of `a` and row `j` of `b` have in common. */
export function intersection(
  a: Uint8Array, i: number, b: Uint8Array, j: number, bits: number,
): number {
  const bytes = bits / 8;
  let count = 0;
  for (let k = 0; k < bytes; k++) {
    count += ones((a[i * bytes + k]) & (b[j * bytes + k]));
  }
  return count;
}

/**
 * Dice (1945) similarity of two filters, `2 |A and B| / (|A| + |B|)`, in [0, 1].
 * Undefined where a filter is empty: the caller treats that as missing; here it is NaN.
 */
export function dice(common: number, weightA: number, weightB: number): number {
  return weightA === 0 || weightB === 0 ? Number.NaN : (2 * common) / (weightA + weightB);
}
