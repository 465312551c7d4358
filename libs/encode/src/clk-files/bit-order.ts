/**
 * Which bit of a byte comes first. `msb`: bit i of a filter is bit `7 - (i mod 8)` of byte `i >> 3`, as
 * clkhash and extracts have it. `lsb`: bit `i mod 8` of that byte, as Java's `BitSet.toByteArray` has it,
 * which the linkage tools of Leipzig write; it also drops zero bytes at the end.
 */
export const BIT_ORDERS = ['msb', 'lsb'] as const;
export type BitOrder = (typeof BIT_ORDERS)[number];

/** How the filters of a file are written. */
export interface ClkForm {
  /** Length of a filter in bits, any positive number: the last byte is filled with zeros. */
  readonly bits: number;
  readonly bitOrder: BitOrder;
}

const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
});

/** Bytes of a filter of `bits` bits, the filled ones included. */
export function clkBytes(bits: number): number {
  return Math.ceil(bits / 8);
}

/**
 * A filter as extracts have it (most significant bit first, `clkBytes(bits)` bytes), or why it is none. Fewer
 * bytes are completed with zeros where the order is `lsb`, and refused where it is `msb`.
 */
export function readFilter(bytes: Uint8Array, { bits, bitOrder }: ClkForm): Uint8Array | string {
  const length = clkBytes(bits);
  const short = bytes.length < length && bitOrder === 'msb';
  if (short || bytes.length > length) {
    return `expected ${length} bytes for ${bits} bits, got ${bytes.length > length ? 'more' : String(bytes.length)}`;
  }
  const filter = new Uint8Array(length);
  filter.set(bitOrder === 'msb' ? bytes : bytes.map((byte) => REVERSED[byte]));
  const filled = length * 8 - bits;
  if ((filter[length - 1] & ((1 << filled) - 1)) === 0) return filter;
  return `expected zeros after bit ${bits}; is the bit order ${bitOrder === 'msb' ? 'lsb' : 'msb'}, or the filter longer?`;
}

/** The bytes of a filter (most significant bit first) in another order; the opposite of `readFilter`. */
export function writeFilter(filter: Uint8Array, bitOrder: BitOrder): Uint8Array {
  if (bitOrder === 'msb') return filter;
  const length = filter.findLastIndex((byte) => byte !== 0) + 1;
  return filter.slice(0, length).map((byte) => REVERSED[byte]);
}
