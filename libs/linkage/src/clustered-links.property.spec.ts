import fc from 'fast-check';
import type { ClusteredRegister, RecordLinks } from '#libs/cluster';
import { clusterOnce, clusterRound } from './clustered-links.js';
import { NEW_RECORD, previousRecords, type PreviousEntities, type PreviousRecords } from './previous-entities.js';

const THRESHOLD = 0.5;
const RECORDS = 6;
const cardinality = fc.constantFrom<'unique' | 'many'>('unique', 'many');

interface Scene { readonly registers: readonly ClusteredRegister[]; readonly links: RecordLinks }

function columns(links: readonly { a: number; b: number; p: number }[]): RecordLinks {
  return {
    length: links.length, recordsA: Uint32Array.from(links, ({ a }) => a),
    recordsB: Uint32Array.from(links, ({ b }) => b), probabilities: Float64Array.from(links, ({ p }) => p),
  };
}

const registerOf = (record: number): number => Math.floor(record / RECORDS);

/** Three registers of six records with links anywhere that their cardinalities allow. */
const scenes = fc.record({
  cardinalities: fc.tuple(cardinality, cardinality, cardinality),
  probabilities: fc.array(fc.option(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { freq: 1 }),
    { minLength: 153, maxLength: 153 }),
}).map(({ cardinalities, probabilities }): Scene => {
  const links: { a: number; b: number; p: number }[] = [];
  for (let a = 0, k = 0; a < 3 * RECORDS; a++) {
    for (let b = a + 1; b < 3 * RECORDS; b++, k++) {
      const p = probabilities[k];
      const excluded = registerOf(a) === registerOf(b) && cardinalities[registerOf(a)] === 'unique';
      if (p !== null && !excluded && k % 3 === 0) links.push({ a, b, p });
    }
  }
  return {
    registers: cardinalities.map((of) => ({ records: RECORDS, cardinality: of })), links: columns(links),
  };
});

function linksThat(links: RecordLinks, wanted: (a: number, b: number) => boolean): RecordLinks {
  const chosen = Array.from({ length: links.length }, (_, e) => (
    { a: links.recordsA[e], b: links.recordsB[e], p: links.probabilities[e] }));
  return columns(chosen.filter(({ a, b }) => wanted(a, b)));
}

const settled = (record: number): boolean => registerOf(record) < 2;

/** What linking the first two registers gave; the third is new. */
function firstRound({ registers, links }: Scene): PreviousRecords {
  const old = linksThat(links, (a, b) => settled(a) && settled(b));
  const one = clusterOnce(registers.slice(0, 2), old, THRESHOLD);
  const { entityOf, entities } = one.clusters;
  const sizes = new Uint32Array(entities);
  for (const entity of entityOf) sizes[entity]++;
  const part = <T extends Uint32Array | Float64Array>(all: T, x: number): T =>
    all.slice(x * RECORDS, (x + 1) * RECORDS) as T;
  const previous: PreviousEntities = {
    sizes, settled: [true, true, false],
    entityOf: [part(entityOf, 0), part(entityOf, 1), new Uint32Array(RECORDS).fill(NEW_RECORD)],
    probability: [part(one.probability, 0), part(one.probability, 1), new Float64Array(RECORDS)],
  };
  return previousRecords(previous, [0, RECORDS, 2 * RECORDS]);
}

const ofRound = (links: RecordLinks): RecordLinks => linksThat(links, (a, b) => !settled(a) || !settled(b));

describe('a round', () => {
  it('loses no record, keeps to the cardinalities, and leaves what it does not touch', () => {
    fc.assert(fc.property(scenes, (scene) => {
      const before = firstRound(scene);
      const links = ofRound(scene.links);
      const { clusters, probability, succession } = clusterRound(scene.registers, links, THRESHOLD, before);
      const { entityOf, entities } = clusters;
      expect([...new Set(entityOf)]).toEqual(Array.from({ length: entities }, (_, n) => n));
      scene.registers.forEach((register, x) => {
        const own = entityOf.slice(x * RECORDS, (x + 1) * RECORDS);
        if (register.cardinality === 'unique') expect(new Set(own).size).toBe(RECORDS);
      });
      const { unchanged, extended, split, merged, fresh } = succession!;
      expect(unchanged + extended + split + merged + fresh).toBe(entities);
      const strong = Array.from({ length: links.length }, (_, e) => e)
        .filter((e) => links.probabilities[e] >= THRESHOLD)
        .flatMap((e) => [links.recordsA[e], links.recordsB[e]]);
      const touched = new Set(strong.filter(settled).map((record) => before.entityOf[record]));
      for (let record = 0; record < 2 * RECORDS; record++) {
        const was = before.entityOf[record];
        if (touched.has(was)) continue;
        const recordsOf = (all: Uint32Array, entity: number): number[] =>
          Array.from(all.keys()).filter((other) => all[other] === entity);
        const members = recordsOf(entityOf, entityOf[record]);
        expect(members).toEqual(recordsOf(before.entityOf, was));
        expect(succession!.continues[entityOf[record]]).toBe(was);
        if (members.length > 1) expect(probability[record]).toBe(before.probability[record]);
      }
      expect(probability.every((value) => value >= 0 && value <= 1)).toBe(true);
    }));
  });

  it('changes nothing when nothing is new', () => {
    fc.assert(fc.property(scenes, (scene) => {
      const before = firstRound(scene);
      const old: PreviousRecords = {
        sizes: before.sizes, entityOf: before.entityOf.slice(0, 2 * RECORDS),
        probability: before.probability.slice(0, 2 * RECORDS), settled: before.settled.slice(0, 2 * RECORDS),
      };
      const round = clusterRound(scene.registers.slice(0, 2), columns([]), THRESHOLD, old);
      expect(round.clusters.entityOf).toEqual(old.entityOf);
      expect(round.probability).toEqual(old.probability);
      expect(round.succession).toMatchObject({ unchanged: before.sizes.length, gone: 0, fresh: 0 });
    }));
  });

  it('ends as linking all at once would where that makes no old entity anew', () => {
    let compared = 0;
    fc.assert(fc.property(scenes, (scene) => {
      const before = firstRound(scene);
      const whole = clusterOnce(scene.registers, scene.links, THRESHOLD);
      const round = clusterRound(scene.registers, ofRound(scene.links), THRESHOLD, before);
      // Entities of records of the third register alone do not depend on the others.
      const own = linksThat(scene.links, (a, b) => settled(a) === settled(b));
      const apart = clusterRound(scene.registers, ofRound(own), THRESHOLD, before);
      expect(apart.clusters.entityOf).toEqual(clusterOnce(scene.registers, own, THRESHOLD).clusters.entityOf);
      compared += Number(String(whole.clusters.entityOf) === String(round.clusters.entityOf));
    }), { numRuns: 200 });
    expect(compared).toBeGreaterThan(60);
  });
});
