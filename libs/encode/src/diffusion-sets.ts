import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bigEndian32 } from './token-positions.js';

/**
 * The index sets of a diffusion: `outputBits` sets of `t` different input bits. Drawn from `key` without
 * replacement before re-use: input bits come from a shuffled pile, and a new pile is shuffled
 * when one is used up, so that every input bit is used equally often (within one).
 */
export function diffusionSets(
  key: Uint8Array, inputBits: number, outputBits: number, t: number,
): Uint32Array[] {
  if (t > inputBits) throw new RangeError(`expected at most ${inputBits} input bits a set, got ${t}`);
  const below = uniformNumbers(key);
  let pile: number[] = [];
  return Array.from({ length: outputBits }, () => {
    const set: number[] = [];
    const held: number[] = [];
    while (set.length < t) {
      if (pile.length === 0) pile = shuffled(inputBits, below);
      const index = pile.pop() as number;
      // A set may straddle two piles; a bit twice in one set would cancel itself, so it waits for the next
      // set.
      (set.includes(index) ? held : set).push(index);
    }
    pile.push(...held);
    return Uint32Array.from(set);
  });
}

function shuffled(length: number, below: (limit: number) => number): number[] {
  const pile = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = below(i + 1);
    [pile[i], pile[j]] = [pile[j], pile[i]];
  }
  return pile;
}

/**
 * Unbiased numbers 0 .. limit-1 from the key stream HMAC-SHA-256(key, counter), 32 bits at a time, by
 * rejection.
 */
function uniformNumbers(key: Uint8Array): (limit: number) => number {
  const keyed = hmac.create(sha256, key);
  // The keyed state is copied into one that is used again: making a new one takes most of the time.
  const state = keyed.clone();
  const digest = new Uint8Array(keyed.outputLen);
  const block = new DataView(digest.buffer);
  let counter = 0;
  let offset = digest.length;
  const next = (): number => {
    if (offset === digest.length) {
      keyed._cloneInto(state).update(bigEndian32(counter++)).digestInto(digest);
      offset = 0;
    }
    offset += 4;
    return block.getUint32(offset - 4);
  };
  return (limit) => {
    const fair = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const number = next();
      if (number < fair) return number % limit;
    }
  };
}
