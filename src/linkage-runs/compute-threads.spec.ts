import { link, type LinkageResult, type LinkageSpec } from '#libs/linkage';
import { chance, extractOf, randomFilter, turned } from '../../test/support/encoded-extracts.js';
import { testBlocking } from '../../test/support/linkage-spec.js';
import { candidateKernel, candidateKernels } from '../platform/kernels/candidate-kernel.js';
import { computeThreadsFor, openComputeThreads } from './compute-threads.js';

const SPEC: LinkageSpec = {
  ...testBlocking({ exhaustivePairs: 0, tablesPerSegment: 20, maxPairsInBucket: 2000 }),
  comparison: { sampledPairs: 20000, steps: 3 },
};

const ALL: LinkageSpec = { ...SPEC, blocking: { ...SPEC.blocking, exhaustivePairs: 1e9 } };
const withLittleRoom = (spec: LinkageSpec): LinkageSpec => (
  { ...spec, blocking: { ...spec.blocking, maxCandidatesOfRecord: 10 } });

const random = chance(1);
const people = Array.from({ length: 1500 }, () =>
  ({ name: randomFilter(512, 0.3, random), birth: randomFilter(256, 0.3, random) }));
// A third of all share a birth filter: a bucket that is too large, and is split.
people.forEach((person, p) => { if (p % 3 === 0) person.birth = people[0].birth; });

function register(registerId: string, cardinality: 'unique' | 'many', from: number, to: number, errors: number) {
  const chosen = people.slice(from, to);
  return extractOf(registerId, cardinality, {
    name: chosen.map(({ name }) => turned(name, errors, random)), birth: chosen.map(({ birth }) => birth),
  });
}

const extracts = [register('a', 'unique', 0, 1000, 0), register('b', 'many', 500, 1500, 0.02)];

async function linkedWith(threads: number, spec: LinkageSpec, kernel?: string): Promise<LinkageResult> {
  const compute = openComputeThreads(threads, kernel);
  try {
    return await link(extracts, spec, { compute });
  } finally {
    await compute.close();
  }
}

describe('compute threads', () => {
  it.each([['by tables', SPEC, 'hamming-lsh'], ['with all', ALL, 'exhaustive']] as const)(
    'give the same result however many they are, compared %s', async (_, spec, kind) => {
      const alone = await link(extracts, spec);
      expect(alone.models[0].model.plan.kind).toBe(kind);
      expect(alone.entities).toBeLessThan(1900);
      for (const threads of [1, 2, 3]) {
        expect(await linkedWith(threads, spec)).toEqual({ ...alone, kernel: candidateKernel().name });
      }
    });

  it.each([['by tables', SPEC], ['with all', ALL]])(
    'cut the same candidates of records that are alike, compared %s', async (_, spec) => {
      const alike = people.slice(0, 400).map((person, p) => (p < 30 ? people[0] : person));
      const hubs = (['unique', 'many'] as const).map((cardinality) => extractOf(cardinality, cardinality, {
        name: alike.map(({ name }) => name), birth: alike.map(({ birth }) => birth) }));
      const alone = await link(hubs, withLittleRoom(spec));
      expect(alone.models[0].model.cutCandidates).toBeGreaterThanOrEqual(30 * 30 - 10 * 10);
      for (const threads of [1, 3]) {
        const compute = openComputeThreads(threads);
        const shared = await link(hubs, withLittleRoom(spec), { compute });
        await compute.close();
        expect(shared).toEqual({ ...alone, kernel: compute.kernel });
      }
    });

  it('give the same result with every kernel that runs here', async () => {
    const alone = await link(extracts, SPEC);
    for (const { name } of candidateKernels()) {
      expect(await linkedWith(2, SPEC, name)).toEqual({ ...alone, kernel: name });
    }
  });

  it('stop at once when the run is cancelled', async () => {
    const compute = openComputeThreads(2);
    const controller = new AbortController();
    const reason = new Error('the board closed the project');
    const run = link(extracts, SPEC, {
      compute, signal: controller.signal, onProgress: () => controller.abort(reason),
    });
    await expect(run).rejects.toBe(reason);
    await compute.close();
  });

  it('whose thread ends in the middle fail the run, with no thread left waiting', async () => {
    const compute = openComputeThreads(2);
    const run = link(extracts, SPEC, { compute, onProgress: () => void compute.close() });
    await expect(run).rejects.toThrow(/a compute thread ended/);
  });

  it('are not started for a few records', () => {
    expect(computeThreadsFor([{ records: 1000 }, { records: 2000 }])).toBeUndefined();
  });
});
