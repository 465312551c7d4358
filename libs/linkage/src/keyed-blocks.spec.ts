import { createHash } from 'node:crypto';
import type { BlockingPlan } from '#libs/block';
import type { EncodedExtract } from '#libs/record';
import { chance, extractOf, randomFilter, turned } from '../../../test/support/encoded-extracts.js';
import { testBlocking } from '../../../test/support/linkage-spec.js';
import { performTask, type ComputeResult, type ComputeTask } from './compute-task.js';
import { link, type LinkageResult } from './link.js';
import type { LinkageSpec } from './linkage-spec.js';
import { planLinkage } from './linkage-plan.js';
import { linkageManifest } from './run-manifest.js';

const PEOPLE = 900;
/** So many columns are turned on each side that sampled tables see hardly anything of a match. */
const NOISE = 0.26;
/** Keys that are the same on both sides, and those that are missing. */
const SAME = 0.9;
const MISSING = 0.1;

function keyOf(value: number): Uint8Array {
  return createHash('sha256').update(String(value)).digest().subarray(0, 8);
}

interface Person { readonly name: Uint8Array; readonly birth: Uint8Array; readonly block: number }

const everybody = ((): Person[] => {
  const random = chance(5);
  return Array.from({ length: PEOPLE }, (_, i) => ({
    name: randomFilter(512, 0.5, random), birth: randomFilter(512, 0.5, random), block: i % 180,
  }));
})();

/** Rows as in `everybody`; the keys of `extract` are of the person unless `random` says otherwise. */
function register(registerId: string, seed: number): EncodedExtract {
  const random = chance(seed);
  const { segments, ...whole } = extractOf(registerId, 'unique', {
    name: everybody.map(({ name }) => turned(name, NOISE, random)),
    birth: everybody.map(({ birth }) => turned(birth, NOISE, random)),
    nameYear: everybody.map(({ block }, i) => {
      const draw = random();
      if (draw < MISSING) return new Uint8Array(8);
      return keyOf(draw < MISSING + (1 - SAME) / 2 ? 1000 + i : block);
    }),
  });
  return {
    ...whole, segments: segments.map((segment, s) => (s === 2 ? { ...segment, block: true } : segment)),
  };
}

const withKeys = [register('a', 1), register('b', 2)];
const withoutKeys = withKeys.map((extract) => ({ ...extract, segments: extract.segments.slice(0, 2) }));
/** Few sampled tables, so that keys have something to add. */
const SPEC: LinkageSpec = {
  ...testBlocking({ exhaustivePairs: 0, comparisonsPerRecord: 10, pairCompleteness: 0.99 }),
  comparison: { sampledPairs: 20000, steps: 8 },
};

function shareFound({ entityOf: [a, b] }: LinkageResult): number {
  return everybody.filter((_, row) => a[row] === b[row]).length / PEOPLE;
}

function tablesOf(plan: BlockingPlan): string[] {
  return plan.kind === 'exhaustive' ? [] : plan.tables.map(({ kind }) => kind);
}

let tasks = 0;
/** Two of three tasks are done a while after those that came later. */
async function doTask(task: ComputeTask): Promise<ComputeResult> {
  if (tasks++ % 3 > 0) await new Promise((done) => { setImmediate(done); });
  const steps = performTask(task);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe('linking with block keys', () => {
  let keyed: LinkageResult;
  let plain: LinkageResult;
  beforeAll(async () => {
    keyed = await link(withKeys, SPEC);
    plain = await link(withoutKeys, SPEC);
  });

  it('compares who shares a key, and finds matches that the filters hide from tables', () => {
    const [{ model }] = keyed.models;
    expect(tablesOf(model.plan)).toContain('keyed');
    expect(tablesOf(plain.models[0].model.plan)).not.toContain('keyed');
    expect(shareFound(keyed)).toBeGreaterThan(shareFound(plain) + 0.2);
    // Keys are missing or other on either side: (1 - .1 - .05)^2, and more by sampled tables.
    expect(shareFound(keyed)).toBeGreaterThan(0.7);
    expect(model.pairCompleteness).toBeGreaterThan(plain.models[0].model.pairCompleteness);
    expect(keyed.estimated.recall).toBeCloseTo(shareFound(keyed), 1);
  });

  it('gives one result, whatever the number of threads and the order in which they end', async () => {
    const threads = await link(withKeys, SPEC, { compute: { threads: 3, kernel: 'wasm', run: doTask } });
    expect(threads.entityOf).toEqual(keyed.entityOf);
    expect(threads.probability).toEqual(keyed.probability);
  });

  it('finds with them who is twice in a register', async () => {
    const half = (extract: EncodedExtract): EncodedExtract => ({
      ...extract, records: PEOPLE / 2,
      segments: extract.segments.map((segment) => (
        { ...segment, filters: segment.filters.slice(0, segment.filters.length / 2) })),
    });
    const [one, other] = withKeys.map(half);
    const twice: EncodedExtract = {
      ...one, cardinality: 'many', records: PEOPLE,
      segments: one.segments.map((segment, s) => ({
        ...segment, filters: Uint8Array.from([...segment.filters, ...other.segments[s].filters]),
      })),
    };
    const { models, entityOf: [entities] } = await link([twice, half(register('c', 3))], SPEC);
    const within = models.find(({ registers }) => registers === 'a x a');
    expect(tablesOf(within!.model.plan)).toContain('keyed');
    const found = everybody.slice(0, PEOPLE / 2)
      .filter((_, row) => entities[row] === entities[PEOPLE / 2 + row]);
    expect(found.length).toBeGreaterThan(0.6 * PEOPLE / 2);
  });

  it('never takes a key for a similarity', () => {
    expect(keyed.scheme.segments.map(({ name }) => name)).toEqual(['name', 'birth']);
  });

  it('changes nothing where every pair is compared', async () => {
    const exhaustive = testBlocking({ exhaustivePairs: 1e7 });
    const [one, other] = [await link(withKeys, exhaustive), await link(withoutKeys, exhaustive)];
    expect(one.entityOf).toEqual(other.entityOf);
    expect(one.probability).toEqual(other.probability);
  });

  it('is named in plan and manifest', async () => {
    const { registers: [planned] } = await planLinkage(withKeys, SPEC);
    expect(planned.keyedBlocks).toEqual(['nameYear']);
    const manifest = linkageManifest(withKeys, SPEC, keyed, { engine: 'x', sha256: () => '' });
    expect(manifest.keyedBlocks).toEqual([{ registers: 'a x b', rules: ['nameYear'] }]);
    expect(manifest.inputs[0].segments[2]).toEqual({ name: 'nameYear', bits: 64, block: true, sha256: '' });
  });

  it.each<[string, readonly EncodedExtract[], RegExp]>([
    ['only one of the two has', [withKeys[0], withoutKeys[1]], /nameYear:64 block keys/],
    ['are a filter in the other', [withKeys[0], {
      ...withKeys[1], segments: withKeys[1].segments.map(({ block: _, ...segment }) => segment),
    }], /nameYear:64, the first one has .*nameYear:64 block keys/],
    ['stand before a filter', withKeys.map((extract) => ({ ...extract, segments: [...extract.segments].reverse() })),
      /come after all filters/],
    ['are all that there is', withKeys.map((extract) => ({ ...extract, segments: extract.segments.slice(2) })),
      /1 to 10 segments, got 0/],
  ])('refuses keys that %s', async (_why, extracts, message) => {
    await expect(link(extracts, SPEC)).rejects.toThrow(message);
  });
});
