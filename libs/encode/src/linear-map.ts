import { packBits, type Bits } from './bits.js';
import type { BitStep } from './hardening-chain.js';

/**
 * A chain of linear hardening steps as a matrix over GF(2): the output of a filter is the XOR of the
 * columns of its ones. Columns come from the steps themselves, applied to each single bit.
 */
export class LinearMap {
  readonly outputWords: number;
  private readonly columns: Uint32Array;
  private readonly ones: Uint32Array;

  constructor(steps: readonly BitStep[], inputBits: number, outputBits: number) {
    this.outputWords = outputBits / 32;
    this.columns = new Uint32Array(inputBits * this.outputWords);
    this.ones = new Uint32Array(inputBits);
    const unit = new Uint8Array(inputBits);
    for (let bit = 0; bit < inputBits; bit++) {
      unit[bit] = 1;
      const bytes = packBits(steps.reduce<Bits>((bits, step) => step.apply(bits), unit));
      unit[bit] = 0;
      const view = new DataView(bytes.buffer);
      for (let word = 0; word < this.outputWords; word++) {
        this.columns[bit * this.outputWords + word] = view.getUint32(4 * word);
      }
    }
  }

  /** Both filters are 32-bit words, the first bit the most significant. */
  apply(input: Uint32Array, output: Uint32Array): void {
    const { columns, ones, outputWords } = this;
    let count = 0;
    for (let word = 0; word < input.length; word++) {
      let rest = input[word];
      while (rest !== 0) {
        const bit = Math.clz32(rest);
        rest ^= 0x80000000 >>> bit;
        ones[count++] = (word * 32 + bit) * outputWords;
      }
    }
    // Two words at a time stay in registers; filter lengths are multiples of 64 bits.
    for (let word = 0; word < outputWords; word += 2) {
      let left = 0;
      let right = 0;
      for (let i = 0; i < count; i++) {
        const at = ones[i] + word;
        left ^= columns[at];
        right ^= columns[at + 1];
      }
      output[word] = left;
      output[word + 1] = right;
    }
  }
}
