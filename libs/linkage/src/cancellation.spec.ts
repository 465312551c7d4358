import { chance, extractOf, randomFilter } from '../../../test/support/encoded-extracts.js';
import { testBlocking } from '../../../test/support/linkage-spec.js';
import { performTask, type ComputeThreads } from './compute-task.js';
import { link } from './link.js';

const SPEC = testBlocking({ exhaustivePairs: 0, tablesPerSegment: 20 });
const random = chance(1);
const people = Array.from({ length: 300 }, () =>
  ({ name: randomFilter(256, 0.3, random), birth: randomFilter(128, 0.3, random) }));
const register = (registerId: string, cardinality: 'unique' | 'many', from: number, to: number) => {
  const chosen = people.slice(from, to);
  return extractOf(registerId, cardinality, {
    name: chosen.map(({ name }) => name), birth: chosen.map(({ birth }) => birth),
  });
};
const extracts = [register('a', 'unique', 0, 200), register('b', 'many', 100, 300)];
const THREADS = 2;

/** Does the tasks for real, in this thread, and counts what is begun. */
class CountingThreads implements ComputeThreads {
  readonly threads = THREADS;
  readonly kernel = 'wasm';
  begun = 0;

  constructor(private readonly onTask: (begun: number) => void = () => undefined) {}

  async run(task: Parameters<ComputeThreads['run']>[0]): ReturnType<ComputeThreads['run']> {
    this.onTask(++this.begun);
    await Promise.resolve();
    const steps = performTask(task);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }
}

async function tasksOfWholeRun(): Promise<number> {
  const compute = new CountingThreads();
  await link(extracts, SPEC, { compute });
  return compute.begun;
}

describe('a run that is cancelled', () => {
  it('begins no task after it, at whatever task that happens', async () => {
    const all = await tasksOfWholeRun();
    expect(all).toBeGreaterThan(8);
    for (const at of [1, 2, Math.floor(all / 2), all - 1, all]) {
      const controller = new AbortController();
      const reason = new Error(`at task ${at}`);
      const compute = new CountingThreads((begun) => { if (begun === at) controller.abort(reason); });
      await expect(link(extracts, SPEC, { compute, signal: controller.signal })).rejects.toBe(reason);
      // Those of the other threads may have been begun before.
      expect(compute.begun).toBeLessThanOrEqual(at + THREADS - 1);
      await new Promise((resolve) => setTimeout(resolve));
      expect(compute.begun).toBeLessThanOrEqual(at + THREADS - 1);
    }
  });

  it('reports nothing more after it, in whatever stage that happens', async () => {
    const stages: number[] = [];
    await link(extracts, SPEC, { onProgress: ({ fraction }) => { stages.push(fraction); } });
    // The last report but one starts clustering, which is one piece of bounded work.
    for (const at of [0, Math.floor(stages.length / 2), stages.length - 4]) {
      const controller = new AbortController();
      let seen = 0;
      const run = link(extracts, SPEC, {
        signal: controller.signal, onProgress: () => { if (seen++ === at) controller.abort(); },
      });
      await expect(run).rejects.toMatchObject({ name: 'AbortError' });
      expect(seen - 1 - at).toBeLessThanOrEqual(1);
    }
  });
});
