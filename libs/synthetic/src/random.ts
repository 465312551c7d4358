/** What a stream of random numbers is for. Each purpose draws from its own stream. */
export const PURPOSES = {
  household: 1, person: 2, document: 3, populationRegister: 4, residencePermits: 5, borderCrossings: 6,
  recordIds: 7, vocabulary: 8,
} as const;
export type Purpose = keyof typeof PURPOSES;

/**
 * Finaliser of MurmurHash3 (A. Appleby, public domain): mixes 32 bits so that each input bit moves each
 * output bit.
 */
export function mix32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 32-bit hash of a list of non-negative safe integers; order matters. */
export function hashNumbers(values: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const value of values) {
    h = mix32(h ^ (value >>> 0));
    h = mix32(h + Math.floor(value / 0x100000000) + 0x6d2b79f5);
  }
  return h;
}

const rotateLeft = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/**
 * xoshiro128** 1.1 (D. Blackman and S. Vigna, https://prng.di.unimi.it), 32-bit integer arithmetic only, so
 * that every platform draws the same numbers. Not for secrets.
 */
export class RandomStream {
  private readonly s: Int32Array;

  /** State is derived from the key by MurmurHash3's finaliser; it is never all zero. */
  constructor(key: readonly number[]) {
    const root = hashNumbers(key);
    this.s = Int32Array.from([1, 2, 3, 4], (i) => mix32(root + Math.imul(i, 0x9e3779b9)) | 0);
    if (this.s.every((word) => word === 0)) this.s[0] = 1;
  }

  /** Uniform integer in 0..2^32-1. */
  uint32(): number {
    const s = this.s;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] = s[2] ^ s[0];
    s[3] = s[3] ^ s[1];
    s[1] = s[1] ^ s[2];
    s[0] = s[0] ^ s[3];
    s[2] = s[2] ^ shifted;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    return this.uint32() / 0x100000000;
  }

  /** Uniform integer in 0..bound-1. */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
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

/** The stream of one purpose for one household, person or document of one synthetic country. */
export function randomStream(seed: number, purpose: Purpose, ...key: readonly number[]): RandomStream {
  return new RandomStream([seed, PURPOSES[purpose], ...key]);
}
