import { VinculumError } from '#libs/record';

/** Filters of one length, packed row after row: `records * bits / 8` bytes. */
export interface FilterTable {
  readonly records: number;
  /** A positive multiple of 8, at most `MOST_JOIN_BITS`. */
  readonly bits: number;
  readonly filters: Uint8Array;
}

export interface JoinSpec {
  /** Dice similarity that a pair has to reach, in (0, 1]; 1 asks for equal filters. */
  readonly similarity: number;
  /** Every pair i < j of `a` (pass it as `b` too); otherwise every record of `a` with every one of `b`. */
  readonly within?: boolean;
  /** A join that finds more pairs is refused; 1 to 10^9, `DEFAULT_MOST_PAIRS` when absent. */
  readonly mostPairs?: number;
  /** One of `PREFIX_LENGTHS` that fits; the sample decides when absent. The pairs do not depend on it. */
  readonly prefixWords?: number;
}

/** Weights are kept in 16 bits. */
export const MOST_JOIN_BITS = 65528;
/** 400 MB of row numbers: a threshold that lets more through is too low to be of use. */
export const DEFAULT_MOST_PAIRS = 5e7;

/** Pairs of rows, by row of A, then row of B. */
export interface JoinedPairs {
  readonly length: number;
  readonly rowsOfA: Uint32Array;
  readonly rowsOfB: Uint32Array;
}

/** @throws VinculumError `LINKAGE_INPUT_INVALID` when tables and spec do not fit together. */
export function assertJoinable(a: FilterTable, b: FilterTable, spec: JoinSpec): void {
  const { similarity, within, mostPairs = DEFAULT_MOST_PAIRS } = spec;
  const refuse = (message: string): never => {
    throw new VinculumError('LINKAGE_INPUT_INVALID', message);
  };
  if (!(similarity > 0 && similarity <= 1)) refuse(`a join needs a similarity in (0, 1], got ${similarity}`);
  if (!(mostPairs >= 1 && mostPairs <= 1e9)) refuse(`a join finds 1 to 10^9 pairs at most, got ${mostPairs}`);
  if (within && a !== b) refuse('a join within a table needs the same table on both sides');
  if (a.bits !== b.bits) refuse(`a join needs filters of one length, got ${a.bits} and ${b.bits} bits`);
  for (const { bits, records, filters } of [a, b]) {
    if (!Number.isInteger(bits) || bits < 8 || bits % 8 !== 0 || bits > MOST_JOIN_BITS) {
      refuse(`a join takes filters of 8 to ${MOST_JOIN_BITS} bits, a multiple of 8, got ${bits}`);
    }
    if (filters.length !== (records * bits) / 8) {
      refuse(`${records} filters of ${bits} bits are ${(records * bits) / 8} bytes, got ${filters.length}`);
    }
  }
}

/** The refusal of a join that finds too many pairs. */
export function tooManyPairs(most: number): VinculumError {
  return new VinculumError('JOIN_TOO_LARGE',
    `more than ${most} pairs reach the similarity: raise it, or join a part of the records at a time`);
}
