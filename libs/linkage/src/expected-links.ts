import type { EncodedExtract } from '#libs/record';
import type { Entities, RecordLinks } from '#libs/cluster';
import {
  addExpectedPairs, addExpectedPairsOfGroups, ALL_REGISTERS, errorRates, groupOfPair, groupQuality,
  missedByGroup, noExpectedPairs, registerPairKey,
  type EntityEvidence, type ErrorRates, type ExpectedPairs, type GroupQuality, type RecordCategory,
} from '#libs/quality';
import type { LinkageTask } from './linkage-tasks.js';
import type { CorroboratedLinks } from './corroborated-links.js';

/** Expected quality of the links between two registers. */
export interface RegisterPairQuality extends ErrorRates {
  readonly registerA: string;
  readonly registerB: string;
  /** Pairs of records across the two registers inside the same entities. */
  readonly pairs: number;
  /** Expected number of matches between them. */
  readonly matches: number;
}

/** Expected quality by the groups of a category. */
export interface CategoryQuality {
  readonly category: string;
  readonly groups: readonly GroupQuality[];
}

export interface ExpectedLinkQuality {
  /**
   * Expected precision and recall of the pairs across registers that the entities imply; in a round, of those
   * registers that were compared in it.
   */
  readonly estimated: ErrorRates;
  readonly byRegisterPair: readonly RegisterPairQuality[];
  /** For each category that was given. */
  readonly bySubgroup: readonly CategoryQuality[];
}

/** What was linked, and how. */
export interface DecidedLinks {
  readonly extracts: readonly EncodedExtract[];
  readonly tasks: readonly LinkageTask[];
  readonly results: readonly CorroboratedLinks[];
  readonly links: RecordLinks;
  readonly clusters: Entities;
  /** Number of the first record of each extract. */
  readonly first: readonly number[];
}

/** Expected quality over all registers, by register pair and by the groups of each category. */
export function expectedLinkQuality(
  decided: DecidedLinks, categories: readonly RecordCategory[],
): ExpectedLinkQuality {
  const { extracts, tasks, results } = decided;
  const entities = entityEvidence(decided);
  const sums = new Map<string, ExpectedPairs>();
  const counts = comparedRegisters(decided);
  for (const { evidence } of entities) addExpectedPairs(evidence, sums, counts);
  const byRegisterPair: RegisterPairQuality[] = [];
  const unmade = unmadeMatches(decided);
  let missedInAll = 0;
  tasks.forEach(({ a, b }, t) => {
    if (a === b) return;
    const linked = sums.get(registerPairKey(a, b)) ?? noExpectedPairs();
    const missed = missedMatches(results[t], linked.matches, unmade[t]);
    missedInAll += missed;
    byRegisterPair.push({
      registerA: extracts[a].registerId, registerB: extracts[b].registerId,
      pairs: linked.pairs, matches: linked.matches + missed, ...ratesOf(linked, missed),
    });
  });
  const all = sums.get(ALL_REGISTERS) ?? noExpectedPairs();
  return {
    estimated: ratesOf(all, missedInAll), byRegisterPair,
    bySubgroup: categories.map((category) => ({
      category: category.name, groups: ofCategory(decided, entities, category, all, missedInAll),
    })),
  };
}

/**
 * Matches that no entity holds: links that were not made, and what is out of reach. Of that, entities hold
 * the pairs that a third register joins.
 */
function missedMatches(
  { matches, matchesOutOfReach }: CorroboratedLinks, inEntities: number, unmade: number,
): number {
  const made = matches - matchesOutOfReach - unmade;
  return unmade + Math.max(0, matchesOutOfReach - Math.max(0, inEntities - made));
}

/** For each task, the matches that are expected among its links that are in no entity. */
function unmadeMatches({ tasks, results, links, clusters: { entityOf } }: DecidedLinks): Float64Array {
  const unmade = new Float64Array(tasks.length);
  let e = 0;
  results.forEach(({ pairs }, t) => {
    for (const end = e + pairs.length; e < end; e++) {
      if (entityOf[links.recordsA[e]] !== entityOf[links.recordsB[e]]) unmade[t] += links.probabilities[e];
    }
  });
  return unmade;
}

/** Pairs of two registers that were not compared in this run are another's to rate. */
function comparedRegisters({ tasks }: DecidedLinks): (registerA: number, registerB: number) => boolean {
  const compared = new Set(tasks.flatMap(({ a, b }) => [`${a} ${b}`, `${b} ${a}`]));
  return (registerA, registerB) => compared.has(`${registerA} ${registerB}`);
}

function ratesOf(linked: ExpectedPairs, missed: number): ErrorRates {
  return errorRates({
    pairs: linked.pairs, matches: linked.matches, missed,
    pairsOfEntity: linked.pairs === 0 ? 1 : linked.squaredByEntity / linked.pairs,
    pairsOfRecord: pairsOfRecord(linked),
  });
}

/** Each pair is counted from both of its records. */
function pairsOfRecord({ pairs, squaredByRecord }: ExpectedPairs): number {
  return pairs === 0 ? 1 : squaredByRecord / (2 * pairs);
}

interface LinkedEntity {
  readonly evidence: EntityEvidence;
  /** Numbers of its records, through all registers. */
  readonly records: readonly number[];
}

function ofCategory(
  decided: DecidedLinks, entities: readonly LinkedEntity[],
  { groups, groupOf }: RecordCategory, all: ExpectedPairs, missed: number,
): GroupQuality[] {
  const { extracts, links, clusters: { entityOf }, first } = decided;
  const counts = comparedRegisters(decided);
  const group = new Uint16Array(entityOf.length);
  extracts.forEach(({ records }, x) => group.set(groupOf[x].subarray(0, records), first[x]));
  const linked = Array.from({ length: groups.length + 1 }, noExpectedPairs);
  for (const { evidence, records } of entities) {
    addExpectedPairsOfGroups(evidence, (position) => group[records[position]], groups.length, linked, counts);
  }
  const unmade = Array<number>(groups.length + 1).fill(0);
  for (let e = 0; e < links.length; e++) {
    const [a, b] = [links.recordsA[e], links.recordsB[e]];
    const [registerA, registerB] = [registerOf(a, first), registerOf(b, first)];
    if (registerA === registerB || entityOf[a] === entityOf[b]) continue;
    unmade[groupOfPair(registerA, group[a], registerB, group[b])] += links.probabilities[e];
  }
  // What belongs to no group keeps its share of what is missed.
  linked[0].matches = Math.max(0, all.matches - linked.reduce((sum, { matches }) => sum + matches, 0));
  const missing = missedByGroup(missed, unmade, linked.map(({ matches }) => matches));
  const records = Array<number>(groups.length + 1).fill(0);
  for (const one of group) records[one]++;
  const evidence = groups.map((name, g) => (
    { group: name, records: records[g + 1], linked: linked[g + 1], missed: missing[g + 1] }));
  return groupQuality(evidence, pairsOfRecord(all));
}

/** The entities of two or more records, with their accepted links. */
function entityEvidence({ links, clusters: { entityOf, accepted }, first }: DecidedLinks): LinkedEntity[] {
  type Members = { records: number[]; links: { a: number; b: number; probability: number }[] };
  const members = new Map<number, Members>();
  const position = new Uint32Array(entityOf.length);
  const linked = new Uint8Array(entityOf.length);
  for (const e of accepted) linked[links.recordsA[e]] = linked[links.recordsB[e]] = 1;
  for (let record = 0; record < entityOf.length; record++) {
    if (!linked[record]) continue;
    const entity = members.get(entityOf[record]) ?? { records: [], links: [] };
    position[record] = entity.records.push(record) - 1;
    members.set(entityOf[record], entity);
  }
  for (const e of accepted) {
    members.get(entityOf[links.recordsA[e]])?.links.push({
      a: position[links.recordsA[e]], b: position[links.recordsB[e]], probability: links.probabilities[e],
    });
  }
  return Array.from(members.values(), ({ records, links: own }) => (
    { records, evidence: { registers: records.map((record) => registerOf(record, first)), links: own } }));
}

function registerOf(record: number, first: readonly number[]): number {
  let register = first.length - 1;
  while (first[register] > record) register--;
  return register;
}
