import type { Cardinality } from '#libs/record';

/**
 * Links between records of any registers, as columns. A record is numbered through all registers in order:
 * the first record of register r has the number `sum of the records of registers before r`. Two records
 * have at most one link.
 */
export interface RecordLinks {
  readonly length: number;
  readonly recordsA: Uint32Array;
  readonly recordsB: Uint32Array;
  readonly probabilities: Float64Array;
}

export interface ClusteredRegister {
  readonly records: number;
  readonly cardinality: Cardinality;
}
