import { hashNumbers } from './random.js';

/** Record numbers of one register lie in 0..RECORD_NUMBERS-1. */
export const RECORD_NUMBERS = 1_000_000_000;
const HALF_BITS = 15;
const HALF_MASK = (1 << HALF_BITS) - 1;
const ROUNDS = 6;

/**
 * Keyed permutation of 0..RECORD_NUMBERS-1: a Feistel network on 30 bits, repeated until the value falls
 * inside the range (cycle walking; Black and Rogaway 2002). Local record ids are the images of 0, 1, 2,
 * ...: unique whatever the scale, and neither an id nor the order of ids tells which records belong to one
 * person.
 */
export function permuteRecordNumber(seed: number, register: number, sequence: number): number {
  let value = sequence;
  do value = feistel(seed, register, value); while (value >= RECORD_NUMBERS);
  return value;
}

function feistel(seed: number, register: number, value: number): number {
  let left = value >>> HALF_BITS;
  let right = value & HALF_MASK;
  for (let round = 0; round < ROUNDS; round++) {
    const next = left ^ (hashNumbers([seed, register, round, right]) & HALF_MASK);
    left = right;
    right = next;
  }
  return (left << HALF_BITS) | right;
}
