import { clusterRecords } from './entities.js';
import type { ClusteredRegister, RecordLinks } from './record-links.js';

function columns(
  pairs: readonly (readonly [number, number])[], probability: (k: number) => number,
): RecordLinks {
  return {
    length: pairs.length,
    recordsA: Uint32Array.from(pairs, ([a]) => a), recordsB: Uint32Array.from(pairs, ([, b]) => b),
    probabilities: Float64Array.from(pairs, (_, k) => probability(k)),
  };
}

/** Every record with the next ones at some distances, in a ring: one component. */
function ring(records: number, distances: readonly number[]): [number, number][] {
  return Array.from({ length: records }, (_, a) => distances.map((distance): [number, number] => {
    const b = (a + distance) % records;
    return a < b ? [a, b] : [b, a];
  })).flat();
}

const uneven = (k: number): number => 0.5 + ((k * 7919) % 1000) / 2100;

describe('one giant component', () => {
  it.each<[string, ClusteredRegister[], 'moves' | 'assignment', number]>([
    ['many records a person', [{ records: 10000, cardinality: 'many' }], 'moves', 1],
    ['two unique registers', [1, 2].map(() => ({ records: 5000, cardinality: 'unique' })), 'assignment', 0],
    ['five unique registers', Array.from({ length: 5 }, () => ({ records: 2000, cardinality: 'unique' })),
      'moves', 1],
  ])('of %s is divided with all its records in it', (_, registers, rule, unfinished) => {
    const links = columns(ring(10000, [1, 17, 1999, 2000, 4999, 5000 - 3]), uneven);
    const { entityOf, decided, entities } = clusterRecords(registers, links, 0.5);
    expect(new Set(entityOf).size).toBe(entities);
    expect(entities).toBeLessThan(7000);
    expect(decided).toEqual({ whole: 0, assignment: 0, partition: 0, moves: 0, unfinished, [rule]: 1 });
  });

  it('of equal links between all records ends within the work allowed', () => {
    const records = 600;
    const all = Array.from({ length: records * records }, (_, k): [number, number] =>
      [Math.floor(k / records), records + (k % records)]);
    const registers = [1, 2].map(() => ({ records, cardinality: 'unique' as const }));
    expect(clusterRecords(registers, columns(all, () => 0.6), 0.5).entities).toBe(records);
    const many = [{ records, cardinality: 'unique' as const }, { records, cardinality: 'many' as const }];
    const { entityOf, entities } = clusterRecords(many, columns(all, () => 0.6), 0.5);
    expect(new Set(entityOf).size).toBe(entities);
  });
});
