import type { Cardinality } from '#libs/record';

/**
 * Links between records of any registers, as columns. A record is numbered through all registers in order:
 * the first record of register r has the number `sum of the records of registers before r`.
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

export interface Entities {
  /** Entity of every record (numbered through all registers), 0-based in order of first appearance. */
  readonly entityOf: Uint32Array;
  readonly entities: number;
  /** Links inside the entities, as indices into the links that were given, likeliest first. */
  readonly accepted: Uint32Array;
  /** Links that reached the threshold and were refused, because two records of a unique register met. */
  readonly refused: number;
}

/** Unique registers are tracked in the bits of one number. */
const MOST_UNIQUE_REGISTERS = 30;

/**
 * Joins records into entities, likeliest link first, as long as no entity would hold two records of a
 * register that is unique per person. Ties: the link with the smaller record numbers first. Every record
 * is in exactly one entity; unlinked records are entities of their own.
 *
 * @param threshold links below this probability are not made.
 */
export function clusterRecords(
  registers: readonly ClusteredRegister[], links: RecordLinks, threshold: number,
): Entities {
  const records = registers.reduce((sum, register) => sum + register.records, 0);
  const parent = Uint32Array.from({ length: records }, (_, record) => record);
  const uniqueOf = uniqueRegisterBits(registers, records);
  const accepted: number[] = [];
  let refused = 0;
  for (const e of linksByProbability(links, threshold)) {
    const a = root(parent, links.recordsA[e]);
    const b = root(parent, links.recordsB[e]);
    if (a === b) {
      accepted.push(e);
    } else if (uniqueOf[a] & uniqueOf[b]) {
      refused++;
    } else {
      const [kept, joined] = a < b ? [a, b] : [b, a];
      parent[joined] = kept;
      uniqueOf[kept] |= uniqueOf[joined];
      accepted.push(e);
    }
  }
  return { ...numberEntities(parent), accepted: Uint32Array.from(accepted), refused };
}

function uniqueRegisterBits(registers: readonly ClusteredRegister[], records: number): Uint32Array {
  const bits = new Uint32Array(records);
  let first = 0;
  let unique = 0;
  for (const register of registers) {
    if (register.cardinality === 'unique') {
      if (unique === MOST_UNIQUE_REGISTERS) {
        throw new RangeError(`at most ${MOST_UNIQUE_REGISTERS} unique registers can be linked at once`);
      }
      bits.fill(1 << unique++, first, first + register.records);
    }
    first += register.records;
  }
  return bits;
}

function linksByProbability(links: RecordLinks, threshold: number): number[] {
  const wanted: number[] = [];
  for (let e = 0; e < links.length; e++) if (links.probabilities[e] >= threshold) wanted.push(e);
  return wanted.sort((x, y) => links.probabilities[y] - links.probabilities[x]
    || links.recordsA[x] - links.recordsA[y] || links.recordsB[x] - links.recordsB[y]);
}

/** Root of a record's tree, halving the path on the way. */
function root(parent: Uint32Array, record: number): number {
  let at = record;
  while (parent[at] !== at) {
    parent[at] = parent[parent[at]];
    at = parent[at];
  }
  return at;
}

function numberEntities(parent: Uint32Array): { entityOf: Uint32Array; entities: number } {
  const entityOf = new Uint32Array(parent.length);
  const numberOf = new Int32Array(parent.length).fill(-1);
  let entities = 0;
  for (let record = 0; record < parent.length; record++) {
    const top = root(parent, record);
    if (numberOf[top] < 0) numberOf[top] = entities++;
    entityOf[record] = numberOf[top];
  }
  return { entityOf, entities };
}
