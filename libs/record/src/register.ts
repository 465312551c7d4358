/**
 * A register: a source of records and its custodian.
 *
 * `unique`: at most one record a person (a population register).
 * `many`: any number of records a person (residence permits, border crossings).
 */
export type Cardinality = 'unique' | 'many';

export interface Register {
  /** Short stable identifier, `[a-z][a-z0-9-]{0,63}`, for example `population-register`. */
  readonly registerId: string;
  readonly cardinality: Cardinality;
}

/** Shape of a register identifier. */
export const REGISTER_ID_PATTERN = /^[a-z][a-z0-9-]{0,63}$/;
