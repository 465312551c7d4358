/**
 * Records of one entity and the accepted links among them, for expected quality.
 * `registers[k]` is the register of the entity's k-th record.
 */
export interface EntityEvidence {
  readonly registers: readonly number[];
  /** Accepted links: positions of both records within the entity, and the match probability. */
  readonly links: readonly { readonly a: number; readonly b: number; readonly probability: number }[];
}

/** Sums over pairs of records of two different registers that the entities imply. */
export interface ExpectedPairs {
  pairs: number;
  /** Expected number of matches among them. */
  matches: number;
  /** Sum over entities of the square of their pairs: what an error that joins two people adds up to. */
  squaredByEntity: number;
  /** Sum over records of the square of their pairs: what a record that is missed adds up to. */
  squaredByRecord: number;
}

/** Entities above this size are rated by their weakest link, which takes neither cubic nor quadratic time. */
const MOST_RECORDS_FOR_PATHS = 100;

/** Whether the pairs of two registers count. */
export type CountedRegisters = (registerA: number, registerB: number) => boolean;

/** Key of the sums over all register pairs. */
export const ALL_REGISTERS = 'all';

/**
 * Adds the pairs across registers that an entity implies, by register pair (`registerPairKey`) and over all
 * (`ALL_REGISTERS`).
 * A pair without a link of its own is as probable as its best chain of links (product of probabilities).
 *
 * @param counts whether pairs of two registers count; all do without.
 */
export function addExpectedPairs(
  entity: EntityEvidence, byRegisterPair: Map<string, ExpectedPairs>,
  counts: CountedRegisters = () => true,
): void {
  const own = new Map<string, { pairs: number; matches: number }>();
  visitPairs(entity, (position) => entity.registers[position], (a, b, pairs, matches) => {
    if (!counts(a, b)) return;
    for (const key of [registerPairKey(a, b), ALL_REGISTERS]) {
      const sums = own.get(key) ?? { pairs: 0, matches: 0 };
      own.set(key, { pairs: sums.pairs + pairs, matches: sums.matches + matches });
    }
  });
  const squares = squaresByRecord(entity.registers);
  for (const [key, { pairs, matches }] of own) {
    const sums = sumsOf(byRegisterPair, key);
    sums.pairs += pairs;
    sums.matches += matches;
    sums.squaredByEntity += pairs * pairs;
    sums.squaredByRecord += squares.get(key) ?? 0;
  }
}

/**
 * The same by subgroup: a pair counts for the group of the record whose register comes first, where that
 * one's group is not known for the group of the other, and for none where neither is.
 *
 * @param groupOf group of each record of the entity: 0 where it is not known, else 1 … `groups`.
 */
export function addExpectedPairsOfGroups(
  entity: EntityEvidence, groupOf: (position: number) => number, groups: number, byGroup: ExpectedPairs[],
  counts: CountedRegisters = () => true,
): void {
  const cells = groups + 1;
  const own = new Map<number, { pairs: number; matches: number }>();
  const cellOf = (position: number): number => entity.registers[position] * cells + groupOf(position);
  visitPairs(entity, cellOf, (a, b, pairs, matches) => {
    if (!counts(Math.floor(a / cells), Math.floor(b / cells))) return;
    const group = groupOfPair(Math.floor(a / cells), a % cells, Math.floor(b / cells), b % cells);
    if (group === 0) return;
    const sums = own.get(group) ?? { pairs: 0, matches: 0 };
    own.set(group, { pairs: sums.pairs + pairs, matches: sums.matches + matches });
  }, (cell) => Math.floor(cell / cells));
  for (const [group, { pairs, matches }] of own) {
    const sums = byGroup[group];
    sums.pairs += pairs;
    sums.matches += matches;
    sums.squaredByEntity += pairs * pairs;
  }
}

/** Group of a pair: of the record whose register comes first; of the other where it is not known (0). */
export function groupOfPair(registerA: number, groupA: number, registerB: number, groupB: number): number {
  const [first, second] = registerA <= registerB ? [groupA, groupB] : [groupB, groupA];
  return first === 0 ? second : first;
}

export function noExpectedPairs(): ExpectedPairs {
  return { pairs: 0, matches: 0, squaredByEntity: 0, squaredByRecord: 0 };
}

function sumsOf(all: Map<string, ExpectedPairs>, key: string): ExpectedPairs {
  const known = all.get(key);
  if (known) return known;
  const sums = noExpectedPairs();
  all.set(key, sums);
  return sums;
}

type VisitPairs = (cellA: number, cellB: number, pairs: number, matches: number) => void;

/** Pairs across registers by the cells of their records; those of large entities cell by cell. */
function visitPairs(
  entity: EntityEvidence, cellOf: (position: number) => number, visit: VisitPairs,
  registerOfCell: (cell: number) => number = (cell) => cell,
): void {
  const { registers, links } = entity;
  const size = registers.length;
  if (size <= MOST_RECORDS_FOR_PATHS) {
    const probability = bestChains(entity);
    for (let a = 0; a < size; a++) {
      for (let b = a + 1; b < size; b++) {
        if (registers[a] !== registers[b]) visit(cellOf(a), cellOf(b), 1, probability(a, b));
      }
    }
    return;
  }
  // Every pair as probable as the weakest link, so that pairs need not be visited.
  const weakest = links.reduce((least, { probability }) => Math.min(least, probability), 1);
  const records = new Map<number, number>();
  for (let position = 0; position < size; position++) {
    records.set(cellOf(position), (records.get(cellOf(position)) ?? 0) + 1);
  }
  for (const [a, ofA] of records) {
    for (const [b, ofB] of records) {
      if (registerOfCell(a) < registerOfCell(b)) visit(a, b, ofA * ofB, ofA * ofB * weakest);
    }
  }
}

/** Sum over the records of the square of their pairs, by register pair and over all. */
function squaresByRecord(registers: readonly number[]): Map<string, number> {
  const records = new Map<number, number>();
  for (const register of registers) records.set(register, (records.get(register) ?? 0) + 1);
  const squares = new Map<string, number>();
  let all = 0;
  for (const [a, ofA] of records) {
    all += ofA * (registers.length - ofA) ** 2;
    for (const [b, ofB] of records) if (a < b) squares.set(registerPairKey(a, b), ofA * ofB * (ofA + ofB));
  }
  return squares.set(ALL_REGISTERS, all);
}

/** `smaller-larger` of two register numbers. */
export function registerPairKey(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}

type PairProbability = (a: number, b: number) => number;

/** Largest product over the chains between every two records (Floyd and Warshall in the max-product form). */
function bestChains({ registers, links }: EntityEvidence): PairProbability {
  const size = registers.length;
  const best = new Float64Array(size * size);
  for (const { a, b, probability } of links) {
    best[a * size + b] = Math.max(best[a * size + b], probability);
    best[b * size + a] = best[a * size + b];
  }
  for (let via = 0; via < size; via++) {
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) {
        const chain = best[a * size + via] * best[via * size + b];
        if (chain > best[a * size + b]) best[a * size + b] = chain;
      }
    }
  }
  return (a, b) => best[a * size + b];
}
