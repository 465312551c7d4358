import type { Bits } from './bits.js';

/**
 * Hardening steps on filters, one bit a byte. XOR-fold, Rule 90 and diffusion are linear over GF(2):
 * the step of an XOR is the XOR of the steps. The fast encoder rests on that.
 */

/** Left half XOR right half; an odd length gets one 0 bit at its end first (Schnell and Borgs 2016). */
export function xorFold(bits: Bits): Bits {
  const half = Math.ceil(bits.length / 2);
  return Uint8Array.from({ length: half }, (_, i) => bits[i] ^ (bits[half + i] ?? 0));
}

/** Each bit becomes the XOR of its two neighbours, in a ring (Schnell and Borgs 2018). */
export function rule90(bits: Bits): Bits {
  const n = bits.length;
  return Uint8Array.from({ length: n }, (_, i) => bits[(i + n - 1) % n] ^ bits[(i + 1) % n]);
}

/** The filter followed by its complement, so that every filter has the same weight. */
export function balance(bits: Bits): Bits {
  const balanced = new Uint8Array(2 * bits.length);
  balanced.set(bits);
  bits.forEach((bit, i) => { balanced[bits.length + i] = 1 - bit; });
  return balanced;
}

/**
 * Bit j becomes the XOR of the bits listed in `indexSets[j]` (Armknecht, Heng and Schnell 2023, algorithm
 * 1).
 */
export function diffuse(bits: Bits, indexSets: readonly ArrayLike<number>[]): Bits {
  const output = new Uint8Array(indexSets.length);
  for (let j = 0; j < indexSets.length; j++) {
    const set = indexSets[j];
    for (let i = 0; i < set.length; i++) output[j] ^= bits[set[i]];
  }
  return output;
}

/**
 * Randomised response: flips bit i when number i of `noise`, uniform over 0 .. 2^32-1, is below f/2 of the
 * range. `noise` has to be fresh for each record; equal noise for equal filters would protect nothing.
 */
export function blip(bits: Bits, f: number, noise: Uint32Array): Bits {
  const limit = (f / 2) * 2 ** 32;
  return Uint8Array.from(bits, (bit, i) => (noise[i] < limit ? 1 - bit : bit));
}

/** Privacy loss of one bit under BLIP with parameter `f`: ln((1 - f/2) / (f/2)). */
export function blipEpsilonPerBit(f: number): number {
  return Math.log((1 - f / 2) / (f / 2));
}
