import { packBits, type Bits } from './bits.js';
import type { BitStep } from './hardening-chain.js';

/**
 * A chain of linear hardening steps as a matrix over GF(2): the output of a filter is the XOR of the
 * columns of its ones. Columns come from the steps themselves, applied to each single bit.
 */
export class LinearMap {
  private readonly outputWords: number;
  /** Words from one column to the next: outputs in groups of `GROUP` words, the last filled with zeros. */
  private readonly stride: number;
  private readonly columns: Uint32Array;
  private readonly ones: Uint32Array;
  private readonly padded: Uint32Array;

  constructor(steps: readonly BitStep[], inputBits: number, outputBits: number) {
    this.outputWords = outputBits / 32;
    this.stride = Math.ceil(this.outputWords / GROUP) * GROUP;
    this.columns = new Uint32Array(inputBits * this.stride);
    this.ones = new Uint32Array(inputBits);
    this.padded = new Uint32Array(this.stride);
    const unit = new Uint8Array(inputBits);
    for (let bit = 0; bit < inputBits; bit++) {
      unit[bit] = 1;
      const bytes = packBits(steps.reduce<Bits>((bits, step) => step.apply(bits), unit));
      unit[bit] = 0;
      const view = new DataView(bytes.buffer);
      for (let word = 0; word < this.outputWords; word++) {
        this.columns[bit * this.stride + word] = view.getUint32(4 * word);
      }
    }
  }

  /** XORs the output of `input` into `output`. Both are 32-bit words, the first bit the most significant. */
  addTo(input: Uint32Array, output: Uint32Array): void {
    const count = this.listOnes(input);
    if (count === 0) return;
    for (let word = 0; word < this.stride; word += GROUP) this.sumGroup(word, count);
    for (let word = 0; word < this.outputWords; word++) output[word] ^= this.padded[word];
  }

  private listOnes(input: Uint32Array): number {
    const { ones, stride } = this;
    let count = 0;
    for (let word = 0; word < input.length; word++) {
      let rest = input[word];
      while (rest !== 0) {
        const bit = Math.clz32(rest);
        rest ^= 0x80000000 >>> bit;
        ones[count++] = (word * 32 + bit) * stride;
      }
    }
    return count;
  }

  /** The sums of eight words stay in registers over all columns: twice the speed of one word at a time. */
  private sumGroup(word: number, count: number): void {
    const { columns, ones, padded } = this;
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
    padded[word] = a;
    padded[word + 1] = b;
    padded[word + 2] = c;
    padded[word + 3] = d;
    padded[word + 4] = e;
    padded[word + 5] = f;
    padded[word + 6] = g;
    padded[word + 7] = h;
  }
}

const GROUP = 8;
