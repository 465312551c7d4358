/** A filter as one byte, 0 or 1, for each bit: the readable form that the hardening is defined on. */
export type Bits = Uint8Array;

/** Bit i is bit `7 - (i mod 8)` of byte `i >> 3`; the last byte is filled with zeros. */
export function packBits(bits: Bits): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i++) bytes[i >> 3] |= bits[i] << (7 - (i & 7));
  return bytes;
}

/** The first `length` bits of `bytes`. */
export function unpackBits(bytes: Uint8Array, length: number): Bits {
  return Uint8Array.from({ length }, (_, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1);
}
