import { groupOfPair } from './expected-quality.js';

/** Precision, recall and F1 of pairs across registers, and F1 of entities that are equal as sets. */
export interface MeasuredQuality {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly exactEntityF1: number;
}

/**
 * Quality against labels, where somebody has them.
 *
 * A pair counts when its two records are of different registers. Entities are compared as sets of records
 * over all registers (an entity of one record counts too).
 *
 * @param registers register number of every record.
 * @param linked entity of every record.
 * @param truth label of every record; null where unknown: such a record is left out of both sides.
 */
export function measuredQuality(
  registers: Uint8Array, linked: Uint32Array, truth: readonly (string | null)[],
): MeasuredQuality {
  const known = Array.from(linked.keys()).filter((record) => truth[record] !== null);
  const linkedGroups = groupsBy(known, (record) => String(linked[record]));
  const trueGroups = groupsBy(known, (record) => truth[record] as string);
  let common = 0;
  let exact = 0;
  for (const records of linkedGroups.values()) {
    for (const part of groupsBy(records, (record) => truth[record] as string).values()) {
      common += crossPairs(part, registers);
    }
    const sameAsTruth = trueGroups.get(truth[records[0]] as string);
    if (sameAsTruth?.length === records.length
      && records.every((record) => truth[record] === truth[records[0]])) exact++;
  }
  const linkedPairs = sum(linkedGroups, registers);
  const truePairs = sum(trueGroups, registers);
  const precision = linkedPairs === 0 ? 1 : common / linkedPairs;
  const recall = truePairs === 0 ? 1 : common / truePairs;
  return {
    precision, recall, f1: f1(precision, recall),
    exactEntityF1: f1(exact / Math.max(1, linkedGroups.size), exact / Math.max(1, trueGroups.size)),
  };
}

function f1(precision: number, recall: number): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

function groupsBy(records: readonly number[], label: (record: number) => string): Map<string, number[]> {
  const result = new Map<string, number[]>();
  for (const record of records) {
    const group = result.get(label(record));
    if (group) group.push(record);
    else result.set(label(record), [record]);
  }
  return result;
}

function sum(all: Map<string, number[]>, registers: Uint8Array): number {
  let pairs = 0;
  for (const records of all.values()) pairs += crossPairs(records, registers);
  return pairs;
}

/** Pairs of records of different registers: all pairs less those within a register. */
function crossPairs(records: readonly number[], registers: Uint8Array): number {
  const byRegister = new Map<number, number>();
  for (const record of records) {
    byRegister.set(registers[record], (byRegister.get(registers[record]) ?? 0) + 1);
  }
  let pairs = (records.length * (records.length - 1)) / 2;
  for (const count of byRegister.values()) pairs -= (count * (count - 1)) / 2;
  return pairs;
}

/** Precision and recall of the pairs of one group; null where there is no such pair. */
export interface MeasuredGroup {
  readonly precision: number | null;
  readonly recall: number | null;
}

/**
 * Precision and recall by group, a pair being of the group that `groupOfPair` says.
 *
 * @param group of every record: 0 where it is not known, else 1 … `groups`.
 * @returns one for each group, from group 1 on.
 */
export function measuredByGroup(
  registers: Uint8Array, linked: Uint32Array, truth: readonly (string | null)[],
  group: Uint16Array, groups: number,
): MeasuredGroup[] {
  const known = Array.from(linked.keys()).filter((record) => truth[record] !== null);
  const count = (label: (record: number) => string): Float64Array => {
    const pairs = new Float64Array(groups + 1);
    for (const records of groupsBy(known, label).values()) addPairsByGroup(records, registers, group, pairs);
    return pairs;
  };
  const linkedPairs = count((record) => String(linked[record]));
  const truePairs = count((record) => truth[record] as string);
  const common = count((record) => `${linked[record]} ${truth[record]}`);
  return Array.from({ length: groups }, (_, g) => ({
    precision: linkedPairs[g + 1] === 0 ? null : common[g + 1] / linkedPairs[g + 1],
    recall: truePairs[g + 1] === 0 ? null : common[g + 1] / truePairs[g + 1],
  }));
}

function addPairsByGroup(
  records: readonly number[], registers: Uint8Array, group: Uint16Array, pairs: Float64Array,
): void {
  const cells = new Map<string, { register: number; group: number; records: number }>();
  for (const record of records) {
    const key = `${registers[record]} ${group[record]}`;
    const cell = cells.get(key) ?? { register: registers[record], group: group[record], records: 0 };
    cell.records++;
    cells.set(key, cell);
  }
  for (const a of cells.values()) {
    for (const b of cells.values()) {
      if (a.register >= b.register) continue;
      pairs[groupOfPair(a.register, a.group, b.register, b.group)] += a.records * b.records;
    }
  }
}
