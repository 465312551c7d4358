import type { TableIndex } from './table-index.js';

/** What joining a table did. */
export interface BucketCounts {
  /** Pairs that were handed over. */
  readonly candidates: number;
  /** Pairs in buckets above the limit, which were handed to `oversized`. */
  readonly oversizedPairs: number;
}

export interface BucketJoin {
  /** Pairs within one register: rows of A and of B are numbered alike, and each pair comes once, i < j. */
  readonly within: boolean;
  /** A bucket with more pairs is not joined. */
  readonly maxPairsInBucket: number;
  /** Where pairs are put, row of A and row of B in turn; `take` is told how many there are. */
  readonly batch: Uint32Array;
  readonly take: (pairs: number) => void;
  /** Told of every bucket that is not joined, with its rows (ascending); the arrays are views. */
  readonly oversized: (rowsOfA: Uint32Array, rowsOfB: Uint32Array) => void;
}

/**
 * Hands over every pair of rows that share a key, bucket after bucket in the order of keys. Yields after some
 * thousand rows, so that a caller can give way to other work.
 */
export function* joinBuckets(a: TableIndex, b: TableIndex, join: BucketJoin): Generator<void, BucketCounts> {
  const joiner = new BucketJoiner(a, b, join);
  while (joiner.step()) yield;
  return joiner;
}

/** Pairs and buckets between two yields: some milliseconds. */
const PAIRS_A_STEP = 1 << 19;
const BUCKETS_A_STEP = 1 << 16;

class BucketJoiner implements BucketCounts {
  candidates = 0;
  oversizedPairs = 0;
  private atA = 0;
  private atB = 0;
  private filled = 0;

  constructor(
    private readonly a: TableIndex, private readonly b: TableIndex, private readonly join: BucketJoin,
  ) {}

  /** Joins some buckets; false when all are done. */
  step(): boolean {
    const keysA = this.a.keys;
    const keysB = this.b.keys;
    const pairsLimit = this.candidates + PAIRS_A_STEP;
    for (let buckets = 0; buckets < BUCKETS_A_STEP && this.candidates < pairsLimit; buckets++) {
      if (this.atA >= keysA.length || this.atB >= keysB.length) {
        this.flush();
        return false;
      }
      const keyA = keysA[this.atA];
      const keyB = keysB[this.atB];
      if (keyA < keyB) this.atA = endOfRun(keysA, this.atA);
      else if (keyA > keyB) this.atB = endOfRun(keysB, this.atB);
      else this.bucket(endOfRun(keysA, this.atA), endOfRun(keysB, this.atB));
    }
    return true;
  }

  private bucket(endA: number, endB: number): void {
    const { within, maxPairsInBucket, oversized } = this.join;
    const ofA = endA - this.atA;
    const ofB = endB - this.atB;
    const pairs = within ? (ofA * (ofA - 1)) / 2 : ofA * ofB;
    if (pairs > maxPairsInBucket) {
      this.oversizedPairs += pairs;
      oversized(this.a.rows.subarray(this.atA, endA), this.b.rows.subarray(this.atB, endB));
    } else {
      this.handOver(endA, endB);
      this.candidates += pairs;
    }
    this.atA = endA;
    this.atB = endB;
  }

  private handOver(endA: number, endB: number): void {
    const { within, batch } = this.join;
    const rowsA = this.a.rows;
    const rowsB = this.b.rows;
    for (let x = this.atA; x < endA; x++) {
      const i = rowsA[x];
      for (let y = this.atB; y < endB; y++) {
        if (within && rowsB[y] <= i) continue;
        batch[this.filled] = i;
        batch[this.filled + 1] = rowsB[y];
        this.filled += 2;
        if (this.filled === batch.length) this.flush();
      }
    }
  }

  private flush(): void {
    if (this.filled > 0) this.join.take(this.filled / 2);
    this.filled = 0;
  }
}

/** Place behind the keys that equal the one at `start`. */
export function endOfRun(keys: Uint32Array, start: number): number {
  const key = keys[start];
  let end = start + 1;
  while (end < keys.length && keys[end] === key) end++;
  return end;
}
