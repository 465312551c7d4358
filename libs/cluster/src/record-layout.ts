import type { ClusteredRegister } from './record-links.js';

/** Unique registers are tracked in the bits of one number. */
export const MOST_UNIQUE_REGISTERS = 30;

/** Which records exclude each other, numbered through all registers. */
export interface RecordLayout {
  readonly records: number;
  readonly registerOf: Uint16Array;
  /** A bit of its own for the records of each unique register, 0 for those of the others. */
  readonly uniqueBits: Uint32Array;
}

/** @throws RangeError for more than 30 unique registers. */
export function recordLayout(registers: readonly ClusteredRegister[]): RecordLayout {
  const records = registers.reduce((sum, register) => sum + register.records, 0);
  const registerOf = new Uint16Array(records);
  const uniqueBits = new Uint32Array(records);
  let first = 0;
  let unique = 0;
  for (const [r, register] of registers.entries()) {
    registerOf.fill(r, first, first + register.records);
    if (register.cardinality === 'unique') {
      if (unique === MOST_UNIQUE_REGISTERS) {
        throw new RangeError(`at most ${MOST_UNIQUE_REGISTERS} unique registers can be linked at once`);
      }
      uniqueBits.fill(1 << unique++, first, first + register.records);
    }
    first += register.records;
  }
  return { records, registerOf, uniqueBits };
}
