import type { FilterKernel } from './filter-kernel.js';
import type { JoinList } from './join-list.js';

/** Exchanges the number of a bit in its byte from the most significant and from the least significant. */
const MSB_FIRST = 7;

/** Filters of one length, whole SIMD registers, in the memory of a kernel. */
export class FilterStore {
  readonly kernel: FilterKernel;

  /** @param filterBytes bytes from one filter to the next, a multiple of `FILTER_ALIGNMENT_BYTES` */
  constructor(readonly joins: JoinList, readonly filterBytes: number) {
    this.kernel = joins.kernel;
  }

  /** Address of so many filters one after the other, all zero. */
  allocate(filters: number): number {
    return this.kernel.allocate(filters * this.filterBytes);
  }

  /** Lists the join of the whole filter at `source` into the one at `target`. */
  join(target: number, source: number): void {
    this.joins.join(target, source, this.filterBytes);
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
