import { mix32, type RandomStream } from './random.js';

/** Values drawn with given weights, by binary search over the running sums. */
export class FrequencyTable {
  private readonly running: Float64Array;

  constructor(readonly values: readonly string[], weights: readonly number[]) {
    if (values.length === 0 || values.length !== weights.length) {
      throw new RangeError(`a frequency table has one weight a value, got ${weights.length} for ${values.length}`);
    }
    this.running = new Float64Array(values.length);
    let sum = 0;
    weights.forEach((weight, i) => { this.running[i] = sum += weight; });
  }

  draw(random: RandomStream): string {
    const target = random.fraction() * this.running[this.running.length - 1];
    let low = 0;
    let high = this.running.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.running[middle] > target) high = middle;
      else low = middle + 1;
    }
    return this.values[low];
  }
}

/**
 * Zipf-Mandelbrot weights `1 / (rank + offset)`, rank from 1. The exponent is 1 because division is exact
 * to the last bit on every platform and a general power is not.
 */
export function zipfTable(values: readonly string[], offset: number): FrequencyTable {
  return new FrequencyTable(values, values.map((_, i) => 1 / (i + 1 + offset)));
}

/**
 * A Zipf head and a long flat tail, as surnames have: `tailShare` of all draws come from the tail.
 * Values of the tail that the head holds already are dropped.
 */
export function headAndTailTable(
  head: readonly string[], offset: number, tail: readonly string[], tailShare: number,
): FrequencyTable {
  const known = new Set(head);
  const rest = tail.filter((value) => !known.has(value));
  const headWeights = head.map((_, i) => 1 / (i + 1 + offset));
  const headSum = headWeights.reduce((sum, weight) => sum + weight, 0);
  const each = rest.length === 0 ? 0 : (headSum * tailShare) / (1 - tailShare) / rest.length;
  return new FrequencyTable([...head, ...rest], [...headWeights, ...rest.map(() => each)]);
}

/**
 * Distinct values in an order that looks random but never changes: word lists come in alphabetical order,
 * and rank must not follow the alphabet.
 */
export function ranked(values: Iterable<string>): string[] {
  const distinct = [...new Set([...values].map((value) => value.normalize('NFC').trim()))].filter(Boolean);
  return distinct.map((value) => ({ value, rank: hashText(value) }))
    .sort((a, b) => a.rank - b.rank || (a.value < b.value ? -1 : 1))
    .map((entry) => entry.value);
}

function hashText(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = mix32(h ^ text.charCodeAt(i));
  return h;
}
