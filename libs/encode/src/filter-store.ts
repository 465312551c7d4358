import { FILTER_ALIGNMENT_BYTES, type FilterKernel } from './filter-kernel.js';

const LIST_PAIRS = 4096;
/** Exchanges the number of a bit in its byte from the most significant and from the least significant. */
const MSB_FIRST = 7;

/**
 * Filters of one length in the memory of a kernel. Joins are listed and done many at a time: a call into
 * the kernel for each would cost more than the join.
 */
export class FilterStore {
  /** Bytes from one filter to the next. */
  readonly filterBytes: number;
  private readonly list: number;
  private pairs = 0;

  constructor(readonly kernel: FilterKernel, bits: number) {
    this.filterBytes = Math.ceil(bits / 8 / FILTER_ALIGNMENT_BYTES) * FILTER_ALIGNMENT_BYTES;
    this.list = kernel.allocate(LIST_PAIRS * 8) / 4;
  }

  /** Address of so many filters one after the other, all zero. */
  allocate(filters: number): number {
    return this.kernel.allocate(filters * this.filterBytes);
  }

  /**
   * ORs the filter at `source` into the one at `target`, in the order of the calls, at the latest at
   * `flush`.
   */
  join(target: number, source: number): void {
    const { words } = this.kernel;
    const at = this.list + 2 * this.pairs;
    words[at] = target;
    words[at + 1] = source;
    if (++this.pairs === LIST_PAIRS) this.flush();
  }

  /** Does the joins that are listed. */
  flush(): void {
    if (this.pairs > 0) this.kernel.run.joinFilters(this.list * 4, this.pairs, this.filterBytes);
    this.pairs = 0;
  }

  /** Sets bit `position`, most significant first, of the filter at `at`; listed joins do not see it. */
  setBit(at: number, position: number): void {
    this.kernel.bytes[at + (position >>> 3)] |= 1 << ((position & 7) ^ MSB_FIRST);
  }

  /** Zeros filters one after the other; listed joins see it. */
  clear(at: number, filters: number): void {
    this.kernel.bytes.fill(0, at, at + filters * this.filterBytes);
  }
}
