import type { Bits } from './bits.js';
import type { BitStep } from './hardening-chain.js';
import { listOnes, setBit } from './filter-words.js';

/**
 * A chain of linear hardening steps as a matrix over GF(2): the output of a filter is the XOR of the
 * columns of its ones. Columns come from the steps themselves, applied to each single bit.
 */
export class LinearMap {
  /** Words of an output: those of its bits, filled with zeros to whole groups of `GROUP`. */
  readonly stride: number;
  private readonly columns: Uint32Array;
  private readonly ones: Uint32Array;

  constructor(steps: readonly BitStep[], private readonly inputBits: number, outputBits: number) {
    this.stride = Math.ceil(outputBits / 32 / GROUP) * GROUP;
    this.columns = new Uint32Array(inputBits * this.stride);
    this.ones = new Uint32Array(inputBits);
    // The steps only XOR, so the eight bits of a byte go through them as eight filters at once.
    const slices = new Uint8Array(inputBits);
    for (let first = 0; first < inputBits; first += 8) {
      for (let slice = 0; slice < 8; slice++) slices[first + slice] = 1 << slice;
      this.setColumns(first, steps.reduce<Bits>((bits, step) => step.apply(bits), slices));
      slices.fill(0, first, first + 8);
    }
  }

  /** Bit `slice` of each byte of `outputs` belongs to the column of input bit `first + slice`. */
  private setColumns(first: number, outputs: Bits): void {
    for (let position = 0; position < outputs.length; position++) {
      let rest = outputs[position];
      for (let slice = 0; rest !== 0; slice++, rest >>= 1) {
        if ((rest & 1) !== 0) setBit(this.columns, (first + slice) * this.stride, position);
      }
    }
  }

  /** XORs the output of the filter at word `from` into the `stride` words at `to`. */
  add(words: Uint32Array, from: number, to: number): void {
    let count = 0;
    for (let word = 0; word < this.inputBits / 32; word++) {
      count = listOnes(words[from + word], word, this.stride, this.ones, count);
    }
    this.addColumns(count, words, to);
  }

  /**
   * Joins filter and output at `from` to those at `at`: filters by OR, outputs so that they stay the output
   * of the filter. A linear map L has L(a or b) = L(a) xor L(b) xor L(a and b), and few bits are in both:
   * that, and not the map of the whole filter, is the work left for each record.
   */
  join(target: Uint32Array, at: number, source: Uint32Array, from: number): void {
    const { stride, ones } = this;
    const inputWords = this.inputBits / 32;
    let count = 0;
    for (let word = 0; word < inputWords; word++) {
      const added = source[from + word];
      if (added === 0) continue;
      const present = target[at + word];
      target[at + word] = present | added;
      if ((present & added) !== 0) count = listOnes(present & added, word, stride, ones, count);
    }
    const to = at + inputWords;
    const image = from + inputWords;
    for (let word = 0; word < stride; word++) target[to + word] ^= source[image + word];
    this.addColumns(count, target, to);
  }

  /** The sums of eight words stay in registers over all columns: twice the speed of one word at a time. */
  private addColumns(count: number, target: Uint32Array, to: number): void {
    if (count === 0) return;
    const { columns, ones, stride } = this;
    for (let word = 0; word < stride; word += GROUP) {
      let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let i = 0; i < count; i++) {
        const at = ones[i] + word;
        a ^= columns[at];
        b ^= columns[at + 1];
        c ^= columns[at + 2];
        d ^= columns[at + 3];
        e ^= columns[at + 4];
        f ^= columns[at + 5];
        g ^= columns[at + 6];
        h ^= columns[at + 7];
      }
      const out = to + word;
      target[out] ^= a;
      target[out + 1] ^= b;
      target[out + 2] ^= c;
      target[out + 3] ^= d;
      target[out + 4] ^= e;
      target[out + 5] ^= f;
      target[out + 6] ^= g;
      target[out + 7] ^= h;
    }
  }
}

const GROUP = 8;
