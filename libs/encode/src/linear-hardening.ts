import { BATCH_RECORDS, type FilterKernel } from './filter-kernel.js';
import type { IndexSets } from './hardening-chain.js';

const COLUMN_BYTES = BATCH_RECORDS / 8;
const BLOCK_BYTES = BATCH_RECORDS * COLUMN_BYTES;
/**
 * Filters count bits from the most significant of a byte, the columns of a transposed matrix from the
 * least.
 */
const MSB_FIRST = 7;

/** One step in the memory of a kernel: where its columns come from, and its sets as addresses of columns. */
interface SlicedStep {
  readonly columns: number;
  readonly sets: number;
  readonly t: number;
  /** Columns that come out. */
  readonly count: number;
}

/**
 * A chain of linear hardening steps, bit-sliced: the filters of 128 records are transposed, so that a bit
 * of all of them is one SIMD register, and each output bit costs `t` instructions for 128 records.
 */
export class LinearHardening {
  private readonly steps: readonly SlicedStep[];
  private readonly inputBlocks: number;
  private readonly block: number;
  private readonly outputBytes: number;

  /** `steps` has at least one; `inputBits` is the length of the filters. */
  constructor(private readonly kernel: FilterKernel, steps: readonly IndexSets[], inputBits: number) {
    this.inputBlocks = Math.ceil(inputBits / BATCH_RECORDS);
    let bits = inputBits;
    this.steps = steps.map((sets) => {
      const step = this.place(sets, bits);
      bits = sets.length;
      return step;
    });
    this.block = kernel.allocate(BLOCK_BYTES);
    this.outputBytes = Math.ceil(bits / 8);
  }

  /**
   * Hardens 128 filters, `fromStride` bytes apart at `from`, into filters `toStride` bytes apart at `to`,
   * of which only whole bytes of the output are written. A filter of zeros gives zeros.
   */
  harden(from: number, fromStride: number, to: number, toStride: number): void {
    const { kernel: { run, scratch }, steps, block } = this;
    for (let i = 0; i < this.inputBlocks; i++) {
      run.transpose(
        from + i * COLUMN_BYTES, fromStride, steps[0].columns + i * BLOCK_BYTES, COLUMN_BYTES, COLUMN_BYTES,
        scratch);
    }
    for (let i = 0; i + 1 < steps.length; i++) {
      const { sets, t, count } = steps[i];
      run.sumColumns(sets, t, count, steps[i + 1].columns);
    }
    const { sets, t, count } = steps[steps.length - 1];
    for (let first = 0; first < count; first += BATCH_RECORDS) {
      const at = first / 8;
      run.sumColumns(sets + 4 * t * first, t, Math.min(BATCH_RECORDS, count - first), block);
      run.transpose(
        block, COLUMN_BYTES, to + at, toStride, Math.min(COLUMN_BYTES, this.outputBytes - at), scratch);
    }
  }

  private place(indexSets: IndexSets, inputBits: number): SlicedStep {
    const { kernel } = this;
    const inputs = Math.ceil(inputBits / BATCH_RECORDS) * BATCH_RECORDS;
    // One column more, which stays zero: what bits are summed from that only fill the last byte.
    const columns = kernel.allocate((inputs + 1) * COLUMN_BYTES);
    const count = Math.ceil(indexSets.length / 8) * 8;
    const t = indexSets[0].length;
    const sets = kernel.allocate(4 * t * count);
    for (let column = 0; column < count; column++) {
      const set = indexSets[column ^ MSB_FIRST];
      for (let i = 0; i < t; i++) {
        const from = set === undefined ? inputs : set[i] ^ MSB_FIRST;
        kernel.words[sets / 4 + t * column + i] = columns + from * COLUMN_BYTES;
      }
    }
    return { columns, sets, t, count };
  }
}
