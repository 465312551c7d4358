import type { KeyStream } from './keyed-hashing.js';

/**
 * The index sets of a diffusion: `outputBits` sets of `t` different input bits. Drawn from a key stream
 * without replacement before re-use: input bits come from a shuffled pile, and a new pile is shuffled
 * when one is used up, so that every input bit is used equally often (within one).
 */
export function diffusionSets(
  keyStream: KeyStream, inputBits: number, outputBits: number, t: number,
): Uint32Array[] {
  if (t > inputBits) throw new RangeError(`expected at most ${inputBits} input bits a set, got ${t}`);
  let pile: number[] = [];
  return Array.from({ length: outputBits }, () => {
    const set: number[] = [];
    const held: number[] = [];
    while (set.length < t) {
      if (pile.length === 0) pile = shuffled(inputBits, keyStream);
      const index = pile.pop() as number;
      // A set may straddle two piles; a bit twice in one set would cancel itself, so it waits for the next
      // set.
      (set.includes(index) ? held : set).push(index);
    }
    pile.push(...held);
    return Uint32Array.from(set);
  });
}

function shuffled(length: number, keyStream: KeyStream): number[] {
  const pile = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = numberBelow(i + 1, keyStream);
    const drawn = pile[j];
    pile[j] = pile[i];
    pile[i] = drawn;
  }
  return pile;
}

/** An unbiased number 0 .. limit-1 of a key stream, by rejection. */
function numberBelow(limit: number, keyStream: KeyStream): number {
  // 2^32 modulo the limit: so many of the highest numbers would favour the lowest remainders. Unsigned whole
  // numbers throughout, which engines divide many times faster than floating-point ones.
  const surplus = ((2 ** 32 - limit) >>> 0) % (limit >>> 0);
  for (;;) {
    const number = keyStream();
    if (number <= 0xffffffff - surplus) return (number >>> 0) % (limit >>> 0);
  }
}
