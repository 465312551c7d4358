/** Sets of records that are joined step by step; the root of a set is its smallest record. */
export class DisjointSets {
  private readonly parent: Uint32Array;

  constructor(records: number) {
    this.parent = Uint32Array.from({ length: records }, (_, record) => record);
  }

  /** Root of the record's set, halving the path on the way. */
  root(record: number): number {
    const { parent } = this;
    let at = record;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  }

  /** Joins the sets of two records and returns the new root. */
  join(one: number, other: number): number {
    const [a, b] = [this.root(one), this.root(other)];
    const [kept, joined] = a < b ? [a, b] : [b, a];
    this.parent[joined] = kept;
    return kept;
  }

  /** Root of every record. */
  roots(): Uint32Array {
    return this.parent.map((_, record) => this.root(record));
  }
}
