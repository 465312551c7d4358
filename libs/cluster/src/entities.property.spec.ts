import fc from 'fast-check';
import { clusterRecords } from './entities.js';
import { linkWeight, unlinkedWeight } from './pair-weights.js';
import type { ClusteredRegister, RecordLinks } from './record-links.js';

interface PlainLink { readonly a: number; readonly b: number; readonly probability: number }

function columns(links: readonly PlainLink[]): RecordLinks {
  return {
    length: links.length,
    recordsA: Uint32Array.from(links, ({ a }) => a), recordsB: Uint32Array.from(links, ({ b }) => b),
    probabilities: Float64Array.from(links, ({ probability }) => probability),
  };
}

function registerOfRecords(registers: readonly ClusteredRegister[]): number[] {
  return registers.flatMap(({ records }, register) => Array<number>(records).fill(register));
}

type Partition = readonly (readonly number[])[];

/** Sum over the pairs inside entities, minus infinity where two records of a unique register meet. */
function worthByDefinition(
  partition: Partition, registers: readonly ClusteredRegister[], links: readonly PlainLink[],
  threshold: number,
): number {
  const registerOf = registerOfRecords(registers);
  let sum = 0;
  for (const entity of partition) {
    for (const [k, a] of entity.entries()) {
      for (const b of entity.slice(k + 1)) {
        const link = links.find((one) => one.a === a && one.b === b);
        if (registerOf[a] === registerOf[b] && registers[registerOf[a]].cardinality === 'unique') return -Infinity;
        const unlinked = unlinkedWeight({ registerOf }, a, b);
        sum += link ? linkWeight(link.probability, threshold, unlinked) : unlinked;
      }
    }
  }
  return sum;
}

/** Every way to divide records, one record after the other. */
function partitionsOf(records: number): Partition[] {
  let partitions: Partition[] = [[]];
  for (let record = 0; record < records; record++) {
    partitions = partitions.flatMap((partition) => [
      ...partition.map((entity) => partition.map((one) => (one === entity ? [...one, record] : one))),
      [...partition, [record]],
    ]);
  }
  return partitions;
}

/** Likeliest link first, entities as sets, joined one link after the other. */
function greedily(
  registers: readonly ClusteredRegister[], links: readonly PlainLink[], threshold: number,
): Partition {
  const registerOf = registerOfRecords(registers);
  let entities: Partition = registerOf.map((_, record) => [record]);
  const likeliestFirst = links.filter(({ probability }) => probability >= threshold)
    .sort((x, y) => y.probability - x.probability || x.a - y.a || x.b - y.b);
  for (const link of likeliestFirst) {
    const touched = entities.filter((entity) => entity.includes(link.a) || entity.includes(link.b));
    const joined = touched.flat().sort((x, y) => x - y);
    if (worthByDefinition([joined], registers, [], threshold) > -Infinity) {
      entities = [...entities.filter((entity) => !touched.includes(entity)), joined];
    }
  }
  return entities;
}

function partitionOf(entityOf: Uint32Array): Partition {
  const entities: number[][] = [];
  entityOf.forEach((entity, record) => { (entities[entity] ??= []).push(record); });
  return entities;
}

const graphsOf = (mostRecords: number, mostLinks: number) => fc.array(fc.record({
  records: fc.integer({ min: 1, max: mostRecords }), cardinality: fc.constantFrom('unique' as const, 'many' as const),
}), { minLength: 1, maxLength: 4 }).chain((registers) => {
  const last = registerOfRecords(registers).length - 1;
  const link = fc.record({
    a: fc.nat(last), b: fc.nat(last),
    probability: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
  }).filter(({ a, b }) => a < b);
  const links = fc.uniqueArray(link, { maxLength: last === 0 ? 0 : mostLinks, selector: ({ a, b }) => `${a}-${b}` });
  return fc.record({ registers: fc.constant(registers), links, threshold: fc.constantFrom(0, 0.3, 0.5, 1) });
});

const graphs = graphsOf(8, 40);
const smallGraphs = graphsOf(3, 20)
  .filter(({ registers }) => registers.reduce((sum, { records }) => sum + records, 0) <= 8);

const uniquePairs = fc.record({
  registers: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })).map((sizes) =>
    sizes.map((records) => ({ records, cardinality: 'unique' as const }))),
  weights: fc.array(fc.integer({ min: -3, max: 10 }), { minLength: 16, maxLength: 16 }),
}).map(({ registers, weights }) => ({
  registers, threshold: 0.4,
  links: weights.flatMap((tenths, at) => {
    const [a, b] = [Math.floor(at / 4), at % 4];
    if (tenths < 0 || a >= registers[0].records || b >= registers[1].records) return [];
    return [{ a, b: registers[0].records + b, probability: tenths / 10 }];
  }),
}));

describe('entities', () => {
  it.each([['of any registers', smallGraphs], ['of two unique registers', uniquePairs]])(
    '%s are worth as much as the best of all partitions', (_, some) => {
      fc.assert(fc.property(some, ({ registers, links, threshold }) => {
        const worth = (partition: Partition): number =>
          worthByDefinition(partition, registers, links, threshold);
        const best = partitionsOf(registerOfRecords(registers).length).map(worth)
          .reduce((one, other) => Math.max(one, other));
        expect(worth(partitionOf(clusterRecords(registers, columns(links), threshold).entityOf))).toBe(best);
      }), { numRuns: 150 });
    });

  it('are worth no less than those of joining likeliest link first', () => {
    fc.assert(fc.property(graphs, ({ registers, links, threshold }) => {
      const { entityOf } = clusterRecords(registers, columns(links), threshold);
      expect(worthByDefinition(partitionOf(entityOf), registers, links, threshold))
        .toBeGreaterThanOrEqual(
          worthByDefinition(greedily(registers, links, threshold), registers, links, threshold));
    }), { numRuns: 300 });
  });

  it('hold the accepted links, and the others that reach the threshold are refused', () => {
    fc.assert(fc.property(graphs, ({ registers, links, threshold }) => {
      const { entityOf, accepted, refused } = clusterRecords(registers, columns(links), threshold);
      const made = links.filter(({ probability }) => probability >= threshold)
        .sort((x, y) => y.probability - x.probability || x.a - y.a || x.b - y.b);
      const inside = made.filter(({ a, b }) => entityOf[a] === entityOf[b]);
      expect(Array.from(accepted, (e) => links[e])).toEqual(inside);
      expect(refused).toBe(made.length - inside.length);
    }), { numRuns: 300 });
  });

  it('hold every record once, and none holds two records of a unique register', () => {
    fc.assert(fc.property(graphs, ({ registers, links, threshold }) => {
      const { entityOf, entities } = clusterRecords(registers, columns(links), threshold);
      const registerOf = registerOfRecords(registers);
      expect(entityOf).toHaveLength(registerOf.length);
      expect([...new Set(entityOf)]).toEqual(Array.from({ length: entities }, (_, entity) => entity));
      const ofUnique = registerOf.flatMap((register, record) =>
        (registers[register].cardinality === 'unique' ? [`${register}: ${entityOf[record]}`] : []));
      expect(new Set(ofUnique).size).toBe(ofUnique.length);
    }), { numRuns: 300 });
  });

  it('do not depend on the order of the links', () => {
    fc.assert(fc.property(graphs, fc.infiniteStream(fc.nat()), ({ registers, links, threshold }, keys) => {
      const shuffled = links.map((link) => ({ link, key: keys.next().value as number }))
        .sort((x, y) => x.key - y.key).map(({ link }) => link);
      const given = clusterRecords(registers, columns(links), threshold);
      const other = clusterRecords(registers, columns(shuffled), threshold);
      expect(other.entityOf).toEqual(given.entityOf);
      expect(Array.from(other.accepted, (e) => shuffled[e]))
        .toEqual(Array.from(given.accepted, (e) => links[e]));
      expect(other.refused).toBe(given.refused);
    }));
  });

  it('take the likeliest link, and of equal ones that of the first records', () => {
    const registers = [{ records: 2, cardinality: 'unique' }, { records: 2, cardinality: 'unique' }] as const;
    const likeliest = [{ a: 0, b: 2, probability: 0.7 }, { a: 0, b: 3, probability: 0.8 }];
    expect(clusterRecords(registers, columns(likeliest), 0.5)).toEqual({
      entityOf: Uint32Array.of(0, 1, 2, 0), entities: 3, accepted: Uint32Array.of(1), refused: 1,
      decided: { whole: 0, assignment: 1, partition: 0, moves: 0, unfinished: 0 },
    });
    const equal = [{ a: 1, b: 3, probability: 0.8 }, { a: 1, b: 2, probability: 0.8 }];
    expect(Array.from(clusterRecords(registers, columns(equal), 0.5).accepted)).toEqual([1]);
  });

  it('give up a likeliest link for two others that are worth more together', () => {
    const registers = [{ records: 2, cardinality: 'unique' }, { records: 2, cardinality: 'unique' }] as const;
    const links = [{ a: 0, b: 2, probability: 0.95 }, { a: 0, b: 3, probability: 0.9 },
      { a: 1, b: 2, probability: 0.9 }];
    expect(Array.from(clusterRecords(registers, columns(links), 0.5).accepted)).toEqual([1, 2]);
  });

  it('keep a chain without a link of its ends when its links are sure, and divide it when not', () => {
    const registers = Array.from({ length: 3 }, () => ({ records: 1, cardinality: 'unique' as const }));
    const chain = (probability: number) =>
      columns([{ a: 0, b: 1, probability }, { a: 1, b: 2, probability }]);
    expect(clusterRecords(registers, chain(0.9), 0.5).entities).toBe(1);
    expect(clusterRecords(registers, chain(0.6), 0.5).entities).toBe(2);
  });

  it('are refused for more unique registers than can be tracked', () => {
    const registers = (length: number) => Array.from({ length }, () => ({ records: 1, cardinality: 'unique' as const }));
    const pair = columns([{ a: 28, b: 29, probability: 0.9 }]);
    expect(clusterRecords(registers(30), pair, 0.5).entities).toBe(29);
    expect(() => clusterRecords(registers(31), pair, 0.5)).toThrow('at most 30 unique registers');
  });
});
