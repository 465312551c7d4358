/** What a stream of random numbers is for. Each purpose draws from its own stream. */
export const PURPOSES = {
  household: 1, person: 2, document: 3, populationRegister: 4, residencePermits: 5, borderCrossings: 6,
} as const;
export type Purpose = keyof typeof PURPOSES;

// Taken once: looking a global up in the innermost loop is slow where globals are guarded,
// as in a test's sandbox.
const { imul, floor } = Math;

/**
 * Finaliser of MurmurHash3 (A. Appleby, public domain): mixes 32 bits so that each input bit moves each
 * output bit.
 */
export function mix32(value: number): number {
  let h = value >>> 0;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 32-bit hash of a list of non-negative safe integers; order matters. */
export function hashNumbers(values: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const value of values) {
    h = mix32(h ^ (value >>> 0));
    h = mix32(h + floor(value / 0x100000000) + 0x6d2b79f5);
  }
  return h;
}

const rotateLeft = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/**
 * xoshiro128** 1.1 (D. Blackman and S. Vigna, https://prng.di.unimi.it), 32-bit integer arithmetic only, so
 * that every platform draws the same numbers. Not for secrets.
 */
export class RandomStream {
  // Four plain fields: a typed array costs more to make than most streams draw.
  private s0: number;
  private s1: number;
  private s2: number;
  private s3: number;

  /** Four 32-bit words, not all zero. */
  constructor(s0: number, s1: number, s2: number, s3: number) {
    [this.s0, this.s1, this.s2, this.s3] = [s0 | 0, s1 | 0, s2 | 0, s3 | 0];
  }

  /** Uniform integer in 0..2^32-1. */
  uint32(): number {
    const result = imul(rotateLeft(imul(this.s1, 5), 7), 9) >>> 0;
    const shifted = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= shifted;
    this.s3 = rotateLeft(this.s3, 11);
    return result;
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    return this.uint32() / 0x100000000;
  }

  /** Uniform integer in 0..bound-1. */
  below(bound: number): number {
    return floor(this.fraction() * bound);
  }

  /** Uniform integer in low..high, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with this probability. Always takes one number, so that a changed rate moves nothing behind it. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  /** Index drawn with the given relative weights. */
  weighted(weights: readonly number[]): number {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let rest = this.fraction() * total;
    for (let i = 0; i < weights.length - 1; i++) {
      rest -= weights[i];
      if (rest < 0) return i;
    }
    return weights.length - 1;
  }
}

/**
 * The stream of one purpose for one household, person or document of one synthetic country.
 *
 * Keys of one number below 2^32 never share a state: each step of the hash is a bijection of its last
 * number, so no two households of a country are copies of each other, however many there are.
 */
export function randomStream(seed: number, purpose: Purpose, ...key: readonly number[]): RandomStream {
  const root = hashNumbers([seed, PURPOSES[purpose], ...key]);
  // The finaliser is a bijection and its four inputs differ, so at most one word is zero.
  return new RandomStream(
    mix32(root + 0x9e3779b9), mix32(root + 0x3c6ef372), mix32(root + 0xdaa66d2b), mix32(root + 0x78dde6e4));
}
