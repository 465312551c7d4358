import { PairSet } from './pair-set.js';

/**
 * How many candidates a record keeps. Where it has more, it keeps those that come first: by the place of
 * their vector in an order, then by the number of the other record.
 */
export interface CandidateCap {
  /** Of a record, at least 1. */
  readonly most: number;
  /** Place of each vector, 0 for the first to be kept. */
  readonly places: Uint32Array;
}

/** Which record of a pair must have room for it; `either`: both, pairs are within one register. */
export type CappedSide = 'a' | 'b' | 'either';

/**
 * Keeps the pairs that are among the first of their record on a side; the order of what is kept stays.
 * Each pair comes once. Where nothing is cut, `rows` is given back as it is.
 *
 * @param cut gets the number of cut pairs added, by vector.
 */
export function firstOfEachRecord(
  rows: Uint32Array, side: CappedSide, { most, places }: CandidateCap, cut: Float64Array,
): Uint32Array {
  const columns = side === 'either' ? [0, 1] : [side === 'a' ? 0 : 1];
  const crowds = pairsOfCrowdedRecords(rows, columns, most);
  if (crowds.length === 0) return rows;
  const isCut = new Uint8Array(rows.length / 3);
  for (const crowd of crowds) {
    const otherOf = (place: number): number => rows[place - (place % 3) + (1 - (place % 3))];
    const placeOf = (place: number): number => places[rows[place - (place % 3) + 2]];
    crowd.sort((x, y) => placeOf(x) - placeOf(y) || otherOf(x) - otherOf(y));
    for (const place of crowd.subarray(most)) isCut[Math.floor(place / 3)] = 1;
  }
  const kept = new Uint32Array(rows.length - 3 * isCut.reduce((sum, one) => sum + one, 0));
  let at = 0;
  for (let pair = 0; pair < isCut.length; pair++) {
    if (isCut[pair]) cut[rows[3 * pair + 2]]++;
    else kept.set(rows.subarray(3 * pair, 3 * pair + 3), at++ * 3);
  }
  return kept;
}

/** Of every record with more than `most` pairs: where in `rows` it stands. */
function pairsOfCrowdedRecords(
  rows: Uint32Array, columns: readonly number[], most: number,
): Uint32Array[] {
  let records = 0;
  for (let k = 0; k < rows.length; k += 3) {
    for (const column of columns) records = Math.max(records, rows[k + column] + 1);
  }
  const counts = new Uint32Array(records);
  for (let k = 0; k < rows.length; k += 3) for (const column of columns) counts[rows[k + column]]++;
  const crowds: Uint32Array[] = [];
  const crowdOf = new Map<number, { readonly places: Uint32Array; filled: number }>();
  counts.forEach((count, record) => {
    if (count <= most) return;
    const places = new Uint32Array(count);
    crowds.push(places);
    crowdOf.set(record, { places, filled: 0 });
  });
  if (crowds.length === 0) return crowds;
  for (let k = 0; k < rows.length; k += 3) {
    for (const column of columns) {
      const crowd = crowdOf.get(rows[k + column]);
      if (crowd) crowd.places[crowd.filled++] = k + column;
    }
  }
  return crowds;
}

/** Pairs that are taken in before those beyond the cap are thrown out, if those that stay are fewer. */
const LEAST_PAIRS_BETWEEN_CUTS = 1 << 18;

/**
 * Collects pairs of which each record of A keeps the first of all that come, whatever their order: with
 * memory for about twice what is kept.
 */
export class CappedPairs {
  /** Pairs that were thrown out, by vector; whole after `rows`. */
  readonly cut: Float64Array;
  private pairs: PairSet | PairColumns;
  private cutAt: number;

  /**
   * @param comeOnce no pair comes again; else each is kept once, and one that was cut may be cut again.
   * @param leastBetweenCuts pairs that are taken in before any is thrown out.
   */
  constructor(
    private readonly cap: CandidateCap, private readonly comeOnce: boolean,
    private readonly leastBetweenCuts = LEAST_PAIRS_BETWEEN_CUTS,
  ) {
    this.cutAt = leastBetweenCuts;
    this.cut = new Float64Array(cap.places.length);
    this.pairs = this.none();
  }

  /** Takes row of A, row of B and vector in turn. */
  add(rows: Uint32Array): void {
    for (let from = 0; from < rows.length;) {
      const to = Math.min(rows.length, from + 3 * (this.cutAt - this.pairs.size));
      this.pairs.add(rows.subarray(from, to));
      from = to;
      if (this.pairs.size < this.cutAt) continue;
      this.throwOut();
      this.cutAt = Math.max(this.leastBetweenCuts, 2 * this.pairs.size);
    }
  }

  /** The pairs that stay, in the order of their first arrival; a view until the next `add`. */
  rows(): Uint32Array {
    this.throwOut();
    return this.pairs.rows();
  }

  private throwOut(): void {
    const rows = this.pairs.rows();
    const kept = firstOfEachRecord(rows, 'a', this.cap, this.cut);
    if (kept.length === rows.length) return;
    this.pairs = this.none();
    this.pairs.add(kept);
  }

  private none(): PairSet | PairColumns {
    return this.comeOnce ? new PairColumns() : new PairSet();
  }
}

/** Growing columns: row of A, row of B and vector in turn. */
export class PairColumns {
  private length = 0;
  private columns = new Uint32Array(3 * 1024);

  get size(): number {
    return this.length / 3;
  }

  add(rows: Uint32Array): void {
    if (this.length + rows.length > this.columns.length) {
      const larger = new Uint32Array(2 * Math.max(this.columns.length, this.length + rows.length));
      larger.set(this.columns.subarray(0, this.length));
      this.columns = larger;
    }
    this.columns.set(rows, this.length);
    this.length += rows.length;
  }

  rows(): Uint32Array {
    return this.columns.subarray(0, this.length);
  }
}
