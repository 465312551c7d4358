import type { FilterKernel } from './filter-kernel.js';

const LIST_JOINS = 4096;
const JOIN_WORDS = 3;

/**
 * Joins of filters that wait and are done many at a time, in the order of their listing: a call into the
 * kernel for each would cost more than the join.
 */
export class JoinList {
  private readonly list: number;
  private readonly end: number;
  private at: number;

  constructor(readonly kernel: FilterKernel) {
    this.list = this.at = kernel.allocate(LIST_JOINS * JOIN_WORDS * 4) / 4;
    this.end = this.list + LIST_JOINS * JOIN_WORDS;
  }

  /**
   * ORs the `bytes` (whole SIMD registers) at the address `source` into those at `target`, at the latest at
   * `flush`.
   */
  join(target: number, source: number, bytes: number): void {
    const { kernel: { words }, at } = this;
    words[at] = target;
    words[at + 1] = source;
    words[at + 2] = bytes;
    this.at = at + JOIN_WORDS;
    if (this.at === this.end) this.flush();
  }

  /** Does the joins that are listed. */
  flush(): void {
    const joins = (this.at - this.list) / JOIN_WORDS;
    if (joins > 0) this.kernel.run.joinFilters(this.list * 4, joins);
    this.at = this.list;
  }
}
