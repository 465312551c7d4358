import fc from 'fast-check';
import { clusterRecords, type ClusteredRegister, type RecordLinks } from './entities.js';

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

/** The same from the definition: entities as sets, joined one link after the other. */
function clusterByDefinition(
  registers: readonly ClusteredRegister[], links: readonly PlainLink[], threshold: number,
): { entityOf: number[]; accepted: PlainLink[]; refused: number } {
  const registerOf = registerOfRecords(registers);
  let entities = registerOf.map((_, record) => [record]);
  const accepted: PlainLink[] = [];
  let refused = 0;
  const likeliestFirst = links.filter(({ probability }) => probability >= threshold)
    .sort((x, y) => y.probability - x.probability || x.a - y.a || x.b - y.b);
  for (const link of likeliestFirst) {
    const touched = entities.filter((entity) => entity.includes(link.a) || entity.includes(link.b));
    const joined = touched.flat();
    const twice = registers.some(({ cardinality }, register) =>
      cardinality === 'unique' && joined.filter((record) => registerOf[record] === register).length > 1);
    if (twice) refused++;
    else {
      entities = [...entities.filter((entity) => !touched.includes(entity)), joined];
      accepted.push(link);
    }
  }
  const inOrder = entities.map((entity) => Math.min(...entity)).sort((x, y) => x - y);
  return {
    accepted, refused,
    entityOf: registerOf.map((_, record) => inOrder.indexOf(
      Math.min(...(entities.find((entity) => entity.includes(record)) as number[])))),
  };
}

const graphs = fc.array(fc.record({
  records: fc.integer({ min: 1, max: 8 }), cardinality: fc.constantFrom('unique' as const, 'many' as const),
}), { minLength: 1, maxLength: 4 }).chain((registers) => {
  const last = registerOfRecords(registers).length - 1;
  const link = fc.record({
    a: fc.nat(last), b: fc.nat(last),
    probability: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
  }).filter(({ a, b }) => a < b);
  const links = fc.uniqueArray(link, { maxLength: last === 0 ? 0 : 40, selector: ({ a, b }) => `${a}-${b}` });
  return fc.record({ registers: fc.constant(registers), links, threshold: fc.constantFrom(0, 0.3, 0.5, 1) });
});

describe('entities', () => {
  it('are those of the definition, on random graphs', () => {
    fc.assert(fc.property(graphs, ({ registers, links, threshold }) => {
      const expected = clusterByDefinition(registers, links, threshold);
      const entities = clusterRecords(registers, columns(links), threshold);
      expect(Array.from(entities.entityOf)).toEqual(expected.entityOf);
      expect(Array.from(entities.accepted, (e) => links[e])).toEqual(expected.accepted);
      expect(entities.refused).toBe(expected.refused);
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
    });
    const equal = [{ a: 1, b: 3, probability: 0.8 }, { a: 1, b: 2, probability: 0.8 }];
    expect(Array.from(clusterRecords(registers, columns(equal), 0.5).accepted)).toEqual([1]);
  });

  it('grow as a chain of many thousand records without a deep recursion', () => {
    const registers = [{ records: 50000, cardinality: 'many' }] as const;
    const chain = Array.from({ length: 49999 }, (_, k) => ({ a: 49998 - k, b: 49999 - k, probability: 0.9 }));
    expect(clusterRecords(registers, columns(chain), 0.5).entities).toBe(1);
  });

  it('are refused for more unique registers than can be tracked', () => {
    const registers = (length: number) => Array.from({ length }, () => ({ records: 1, cardinality: 'unique' as const }));
    const pair = columns([{ a: 28, b: 29, probability: 0.9 }]);
    expect(clusterRecords(registers(30), pair, 0.5).entities).toBe(29);
    expect(() => clusterRecords(registers(31), pair, 0.5)).toThrow('at most 30 unique registers');
  });
});
