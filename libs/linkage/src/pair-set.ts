/**
 * Pairs with their vectors, each pair once, in the order of their first arrival: a hash table with open
 * addressing over three columns, so that millions of pairs need no object each.
 */
export class PairSet {
  private length = 0;
  private columns: Uint32Array;
  /** Number of a pair plus one; 0 is a free place. */
  private places: Uint32Array;

  constructor(expected = 1024) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(1024, expected)));
    this.columns = new Uint32Array(3 * capacity);
    this.places = new Uint32Array(2 * capacity);
  }

  get size(): number {
    return this.length;
  }

  /** Adds those of `rows` (row of A, row of B and vector in turn) whose pair is new. */
  add(rows: Uint32Array): void {
    for (let k = 0; k < rows.length; k += 3) {
      if (3 * this.length === this.columns.length) this.grow();
      const mask = this.places.length - 1;
      let place = hashOfPair(rows[k], rows[k + 1]) & mask;
      for (;;) {
        const number = this.places[place];
        if (number === 0) {
          this.append(place, rows[k], rows[k + 1], rows[k + 2]);
          break;
        }
        if (this.columns[3 * number - 3] === rows[k] && this.columns[3 * number - 2] === rows[k + 1]) break;
        place = (place + 1) & mask;
      }
    }
  }

  has(i: number, j: number): boolean {
    const mask = this.places.length - 1;
    for (let place = hashOfPair(i, j) & mask; this.places[place] !== 0; place = (place + 1) & mask) {
      const at = 3 * this.places[place] - 3;
      if (this.columns[at] === i && this.columns[at + 1] === j) return true;
    }
    return false;
  }

  /** Row of A, row of B and vector of each pair in turn; a view until the next `add`. */
  rows(): Uint32Array {
    return this.columns.subarray(0, 3 * this.length);
  }

  private append(place: number, i: number, j: number, vector: number): void {
    const at = 3 * this.length;
    this.columns[at] = i;
    this.columns[at + 1] = j;
    this.columns[at + 2] = vector;
    this.places[place] = ++this.length;
  }

  private grow(): void {
    const columns = new Uint32Array(2 * this.columns.length);
    columns.set(this.columns);
    this.columns = columns;
    this.places = new Uint32Array(2 * this.places.length);
    const mask = this.places.length - 1;
    for (let number = 0; number < this.length; number++) {
      let place = hashOfPair(columns[3 * number], columns[3 * number + 1]) & mask;
      while (this.places[place] !== 0) place = (place + 1) & mask;
      this.places[place] = number + 1;
    }
  }
}

function hashOfPair(i: number, j: number): number {
  let hash = Math.imul(i, 0x9e3779b1) ^ Math.imul(j, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
