/**
 * Records of one entity and the accepted links among them, for expected quality.
 * `registers[k]` is the register of the entity's k-th record.
 */
export interface EntityEvidence {
  readonly registers: readonly number[];
  /** Accepted links: positions of both records within the entity, and the match probability. */
  readonly links: readonly { readonly a: number; readonly b: number; readonly probability: number }[];
}

export interface ExpectedPairs {
  /** Pairs of records of two different registers that the entities imply. */
  pairs: number;
  /** Expected number of matches among them. */
  matches: number;
}

/** Entities above this size are rated by their weakest link, which takes neither cubic nor quadratic time. */
const MOST_RECORDS_FOR_PATHS = 100;

/**
 * Adds the pairs across registers that an entity implies, by register pair (`key(registerA, registerB)`).
 * A pair without a link of its own is as probable as its best chain of links (product of probabilities).
 */
export function addExpectedPairs(
  entity: EntityEvidence, byRegisterPair: Map<string, ExpectedPairs>,
): void {
  if (entity.registers.length > MOST_RECORDS_FOR_PATHS) {
    addPairsOfLargeEntity(entity, byRegisterPair);
    return;
  }
  const size = entity.registers.length;
  const probability = bestChains(entity);
  for (let a = 0; a < size; a++) {
    for (let b = a + 1; b < size; b++) {
      if (entity.registers[a] === entity.registers[b]) continue;
      add(byRegisterPair, entity.registers[a], entity.registers[b], 1, probability(a, b));
    }
  }
}

/** The same with every pair as probable as the weakest link, so that pairs need not be visited. */
function addPairsOfLargeEntity(
  { registers, links }: EntityEvidence, byRegisterPair: Map<string, ExpectedPairs>,
): void {
  const weakest = links.reduce((least, { probability }) => Math.min(least, probability), 1);
  const records = new Map<number, number>();
  for (const register of registers) records.set(register, (records.get(register) ?? 0) + 1);
  for (const [a, ofA] of records) {
    for (const [b, ofB] of records) {
      if (a < b) add(byRegisterPair, a, b, ofA * ofB, ofA * ofB * weakest);
    }
  }
}

function add(
  byRegisterPair: Map<string, ExpectedPairs>, a: number, b: number, pairs: number, matches: number,
): void {
  const key = registerPairKey(a, b);
  const sums = byRegisterPair.get(key) ?? { pairs: 0, matches: 0 };
  sums.pairs += pairs;
  sums.matches += matches;
  byRegisterPair.set(key, sums);
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
