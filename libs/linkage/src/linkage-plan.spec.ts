import type { EncodedExtract } from '#libs/record';
import { chance, extractOf, randomFilter } from '../../../test/support/encoded-extracts.js';
import { BLOCKED_LINKAGE_SPEC as BLOCKED, TEST_LINKAGE_SPEC as SPEC } from '../../../test/support/linkage-spec.js';
import { performTask, type ComputeResult, type ComputeTask, type ComputeThreads } from './compute-task.js';
import { link } from './link.js';
import { planLinkage } from './linkage-plan.js';
import { predictedMemory } from './predicted-memory.js';

const random = chance(1);
const people = Array.from({ length: 600 }, () =>
  ({ name: randomFilter(256, 0.3, random), birth: randomFilter(128, 0.3, random) }));
function register(registerId: string, from: number, to: number, cardinality: 'unique' | 'many'): EncodedExtract {
  const chosen = people.slice(from, to);
  return extractOf(registerId, cardinality, {
    name: chosen.map(({ name }) => name), birth: chosen.map(({ birth }) => birth) });
}
const [a, b] = [register('a', 0, 400, 'unique'), register('b', 200, 600, 'many')];
const few = [register('a', 0, 150, 'unique'), register('b', 50, 200, 'unique')];

/** In this thread, whatever the number of threads that is said. */
function doTask(task: ComputeTask): Promise<ComputeResult> {
  const steps = performTask(task);
  for (;;) {
    const step = steps.next();
    if (step.done) return Promise.resolve(step.value);
  }
}

/** Seconds of a comparison. */
const RATE = 1e-5;

/** A clock that work moves and nothing else: what the caller's thread does takes no time. */
function workClock(): { readonly now: () => number; readonly compute: ComputeThreads } {
  let seconds = 0;
  const run = async (task: ComputeTask): Promise<ComputeResult> => {
    const result = await doTask(task);
    // One table takes a hundredth of a second, whatever is in it.
    seconds += task.kind === 'tables' ? 0.01 * task.tables.length : result.comparisons * RATE;
    return result;
  };
  return { now: () => 1000 * seconds, compute: { threads: 1, kernel: 'wasm', run } };
}

describe('a plan', () => {
  it('names every comparison where all pairs are compared', async () => {
    const { registers, comparisons, threads } = await planLinkage([a, b], SPEC);
    const { models } = await link([a, b], SPEC);
    expect(registers.map((pair) => pair.registers)).toEqual(['a x b', 'b x b']);
    expect(registers.map(({ pairs }) => pairs)).toEqual(models.map(({ model }) => model.candidates));
    expect(registers).toMatchObject([{ blocking: 'exhaustive', pairCompleteness: 1, tables: 0 }, {}]);
    // The pairs of both, those within a, and random ones.
    expect(comparisons).toBe(400 * 400 + 2 * ((400 * 399) / 2) + 2 * 4000);
    expect(threads).toBe(1);
  });

  it('is that of the run where it plans tables', async () => {
    const { registers } = await planLinkage(few, BLOCKED);
    const { models } = await link(few, BLOCKED);
    for (const [t, { model: { plan } }] of models.entries()) {
      if (plan.kind !== 'hamming-lsh') throw new Error('no tables');
      expect(registers[t]).toMatchObject({
        blocking: 'hamming-lsh', pairs: plan.pairs, tables: plan.tables.length,
        pairCompleteness: plan.predicted.pairCompleteness,
      });
      expect(registers[t].comparisons).toBeGreaterThan(plan.predicted.comparisons);
    }
  });

  it('of more records, registers and threads asks for more memory', async () => {
    const of = async (extracts: EncodedExtract[], threads = 1): Promise<number> =>
      (await planLinkage(extracts, SPEC, { compute: { threads, kernel: 'wasm', run: doTask } })).memoryBytes;
    const one = await of([register('a', 0, 300, 'unique'), register('b', 0, 300, 'unique')]);
    const larger = await of([register('a', 0, 600, 'unique'), register('b', 0, 600, 'unique')]);
    const more = await of([register('a', 0, 600, 'unique'), register('b', 0, 600, 'unique'), a].map((extract, n) =>
      ({ ...extract, registerId: `r${n}` })));
    const threads = await of([register('a', 0, 300, 'unique'), register('b', 0, 300, 'unique')], 4);
    expect(one).toBeGreaterThan(40 * 2 ** 20);
    for (const other of [larger, more, threads]) expect(other).toBeGreaterThan(one);
    expect(more).toBeGreaterThan(larger);
  });

  it('does not ask for room for all pairs that might be kept', async () => {
    const extracts = [register('a', 0, 600, 'unique'), { ...register('b', 0, 600, 'unique') }];
    const { memoryBytes } = await planLinkage(extracts, SPEC);
    expect(memoryBytes).toBeLessThan(predictedMemory(extracts, [{ a: 0, b: 1 }], 1));
    expect(memoryBytes).toBeGreaterThan(predictedMemory(extracts, [{ a: 0, b: 1 }], 1, [600]));
  });

  it('says nothing of seconds without a clock', async () => {
    const { seconds, registers } = await planLinkage([a, b], SPEC);
    expect(seconds).toBeNull();
    expect(registers.map((pair) => pair.seconds)).toEqual([null, null]);
  });

  it('takes as many seconds for what is compared as comparisons took', async () => {
    const { seconds, registers, comparisons } = await planLinkage([a, b], SPEC, workClock());
    if (!seconds) throw new Error('no seconds');
    // Random pairs, then all; those of a unique register.
    expect(registers[0].seconds).toBeCloseTo((4000 + 400 * 400) * RATE, 9);
    expect(registers[1].seconds).toBeCloseTo((4000 + (400 * 399) / 2) * RATE, 9);
    expect(seconds.nonMatches).toBeCloseTo(((400 * 399) / 2) * RATE, 9);
    // One pair, for the thread to be at work.
    expect(seconds.preparing).toBeCloseTo(RATE, 9);
    expect(seconds.deciding).toBe(0);
    expect(seconds.total).toBeCloseTo((comparisons + 1) * RATE, 9);
  });

  it('takes as many seconds for tables as some of them took', async () => {
    const { registers: [planned] } = await planLinkage(few, BLOCKED, workClock());
    const before = (4000 + Math.ceil(0.25 * 150) * 150) * RATE;
    expect(planned.tables).toBeGreaterThanOrEqual(2);
    expect(((planned.seconds ?? 0) - before) / (0.01 * planned.tables)).toBeGreaterThan(0.8);
    expect(((planned.seconds ?? 0) - before) / (0.01 * planned.tables)).toBeLessThan(1.25);
  });

  it('is the same by the same clock, and the same but for seconds without', async () => {
    const first = await planLinkage(few, BLOCKED, workClock());
    expect(await planLinkage(few, BLOCKED, workClock())).toEqual(first);
    const without = await planLinkage(few, BLOCKED);
    const registers = first.registers.map((pair) => ({ ...pair, seconds: null }));
    expect({ ...first, seconds: null, registers }).toEqual(without);
  });

  it('leaves no trace of time in what a run gives', async () => {
    const { timings: none, ...bare } = await link(few, BLOCKED);
    const { timings, ...timed } = await link(few, BLOCKED, { ...workClock(), mostMemoryBytes: 2 ** 30 });
    expect(none).toEqual({});
    expect(Object.keys(timings)).not.toHaveLength(0);
    expect(timed).toEqual(bare);
  });

  it('that exceeds what is allowed is refused, and one that does not is not', async () => {
    const { memoryBytes } = await planLinkage([a, b], SPEC);
    const over = { mostMemoryBytes: memoryBytes - 1 };
    await expect(planLinkage([a, b], SPEC, over)).rejects.toMatchObject({ code: 'LINKAGE_OVER_BUDGET' });
    await expect(link([a, b], SPEC, over)).rejects.toMatchObject({ code: 'LINKAGE_OVER_BUDGET' });
    expect((await link([a, b], SPEC, { mostMemoryBytes: memoryBytes })).entities).toBeGreaterThan(500);
  });
});
