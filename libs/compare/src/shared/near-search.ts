/** Which pairs of a bucket are near: both limits hold, and the filters are not equal (by their hash). */
export interface NearLook {
  readonly segment: number;
  /** Which 512 columns of the filter are looked at, 0-based. */
  readonly line: number;
  /** At most this many of the first 256 of them differ … */
  readonly mostInHalf: number;
  /** … and this many of all. */
  readonly mostInLine: number;
}

export const JOB_FIELDS = 28;
/** Pairs between two answers: some milliseconds. */
export const LOOKS_A_STEP = 1 << 22;

/** Fields of a job, see kernel/near.as. */
export const FIELD = {
  keysA: 3, rowsA: 4, rowsB: 7, hashesA: 18, hashesB: 27, placeA: 19, placeB: 20, state: 23,
  endA: 24, endB: 25, looked: 26,
} as const;
const OVERSIZED = 2;
const DONE = 1;

/** A bucket that is too large: its rows of both sides, ascending. */
export interface OversizedBucket {
  readonly rowsOfA: Uint32Array;
  readonly rowsOfB: Uint32Array;
}

/** A search for near pairs that is under way, in the workspace of its kernel. */
export class NearSearch {
  /** Pairs that were looked at so far. */
  looked = 0;
  done = false;
  /** The bucket at which the last step stopped. */
  oversized: OversizedBucket | null = null;

  constructor(
    private readonly memory: SharedArrayBuffer, private readonly job: Uint32Array,
    private readonly joinNear: () => number,
  ) {}

  /** Goes on for some milliseconds; returns how many pairs now lie in `SharedKernel.pairs`. */
  next(): number {
    this.oversized = null;
    const pairs = this.joinNear();
    this.looked += this.job[FIELD.looked];
    const state = this.job[FIELD.state];
    this.done = state === DONE;
    if (state === OVERSIZED) {
      this.oversized = {
        rowsOfA: this.rows(FIELD.rowsA, FIELD.placeA, FIELD.endA),
        rowsOfB: this.rows(FIELD.rowsB, FIELD.placeB, FIELD.endB),
      };
      this.job[FIELD.placeA] = this.job[FIELD.endA];
      this.job[FIELD.placeB] = this.job[FIELD.endB];
    }
    return pairs;
  }

  private rows(array: number, place: number, end: number): Uint32Array {
    const [from, to] = [this.job[place], this.job[end]];
    return new Uint32Array(this.memory, this.job[array] + 4 * from, to - from).slice();
  }
}
