import type { EventKind, Register } from '#libs/record';
import { isoDate, type Day } from './calendar.js';
import { permuteRecordNumber } from './record-numbering.js';
import type { Sex } from './name-cultures.js';

/** The three registers, in the order of the files. */
export const REGISTERS = [
  { registerId: 'population-register', cardinality: 'unique' },
  { registerId: 'residence-permits', cardinality: 'many' },
  { registerId: 'border-crossings', cardinality: 'many' },
] as const satisfies readonly Register[];
export type RegisterId = (typeof REGISTERS)[number]['registerId'];

/** A dated fact in a register; `country` may be empty. Never after the reference date. */
export interface RecordEvent {
  readonly kind: EventKind;
  /** ISO 8601 date. */
  readonly date: string;
  readonly country: string;
}

/** One row of a register, as its custodian holds it. Empty string: not held. */
export interface RegisterRecord {
  readonly registerId: RegisterId;
  /** Local id; tells nothing about the person. */
  readonly recordId: string;
  readonly givenNames: string;
  readonly familyName: string;
  /** `YYYY-MM-DD`; `YYYY` where a travel document leaves day and month open. */
  readonly birthDate: string;
  readonly sex: Sex;
  readonly countryOfBirth: string;
  readonly citizenship: string;
  readonly locality: string;
  readonly postalCode: string;
  readonly street: string;
  readonly documentNumber: string;
  /** In order of date. */
  readonly events: readonly RecordEvent[];
}

const ID_PREFIX: Readonly<Record<RegisterId, string>> = {
  'population-register': 'P', 'residence-permits': 'RP', 'border-crossings': 'BC',
};
const ID_DIGITS = 9;

/**
 * Local ids of one register, in order of generation: images of 0, 1, 2, ... under the register's
 * permutation.
 */
export class RecordIdSequence {
  private next = 0;
  private readonly register: number;

  constructor(private readonly seed: number, private readonly registerId: RegisterId) {
    this.register = REGISTERS.findIndex((register) => register.registerId === registerId);
  }

  take(): string {
    const number = permuteRecordNumber(this.seed, this.register, this.next++);
    return ID_PREFIX[this.registerId] + String(number).padStart(ID_DIGITS, '0');
  }
}

export function recordEvent(kind: EventKind, day: Day, country = ''): RecordEvent {
  return { kind, date: isoDate(day), country };
}
