import { shareFilters, type ComparisonScheme, type SharedFilters } from '#libs/compare';
import type { BlockingTable, TablePlan } from '#libs/block';
import { chance, extractOf, randomFilter } from '../../../test/support/encoded-extracts.js';
import { testBlocking } from '../../../test/support/linkage-spec.js';
import { performTask, type ComputeResult, type ComputeTask } from './compute-task.js';
import { Compute } from './compute.js';
import { chooseScheme } from './run-scheme.js';
import { Stopwatch } from './stopwatch.js';
import { probedTables, secondsOfTableTasks } from './table-probe.js';
import { TaskLog } from './task-log.js';

const random = chance(3);
const extracts = ['a', 'b'].map((registerId) => extractOf(registerId, 'unique', {
  name: Array.from({ length: 60 }, () => randomFilter(256, 0.4, random)) }));
const spec = testBlocking({ exhaustivePairs: 0 });
const scheme: ComparisonScheme = chooseScheme(extracts, [{ a: 0, b: 1 }], spec);

function filters(): SharedFilters {
  const steps = shareFilters(extracts, scheme, 1);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function sampled(first: number): BlockingTable {
  const columns = Uint16Array.from({ length: 6 }, (_, k) => first + k);
  return {
    kind: 'sampled', segment: 0, columns, finer: new Uint16Array(0), drawnFrom: 256, line: 0,
    mostInHalf: 60, mostInLine: 120,
  };
}

/** Seconds that pass are the costs of the tables that are joined, times `rate`: nothing else takes time. */
async function predicted(plan: TablePlan, rates: Readonly<Record<string, number>>): Promise<{
  readonly seconds: readonly number[]; readonly joined: readonly BlockingTable[];
}> {
  let clock = 0;
  const joined: BlockingTable[] = [];
  const log = new TaskLog(new Stopwatch(() => 1000 * clock));
  const run = (task: ComputeTask): Promise<ComputeResult> => {
    if (task.kind === 'tables') {
      joined.push(...task.tables);
      for (const table of task.tables) clock += plan.costs[plan.tables.indexOf(table)] * rates[table.kind];
    }
    const steps = performTask(task);
    for (;;) {
      const step = steps.next();
      if (step.done) return Promise.resolve(step.value);
    }
  };
  const shared = filters();
  const compute = new Compute(shared, { compute: { threads: 1, kernel: 'wasm', run } }, log);
  const task = { filters: shared, a: 0, b: 1, scheme, blocking: spec.blocking, sampledPairs: 1000, seed: 1 };
  const cap = { most: 10, places: new Uint32Array(scheme.vectors) };
  const seconds = await secondsOfTableTasks(task, plan, new Uint8Array(scheme.vectors), cap, compute, log);
  return { seconds, joined };
}

const SAMPLED = 60;
const plan: TablePlan = {
  kind: 'hamming-lsh', pairs: 3600, bits: [256],
  tables: [{ kind: 'equal', segment: 0 }, ...Array.from({ length: SAMPLED }, (_, t) => sampled(t))],
  costs: [40, ...Array.from({ length: SAMPLED }, (_, t) => (t < 30 ? 10 : 100))],
  predicted: { looks: 0, comparisons: 0, cost: 3340, pairCompleteness: 0.99 },
};

describe('seconds of the tables of a plan', () => {
  it('are predicted from a few of them, by what each costs', async () => {
    const { seconds, joined } = await predicted(plan, { equal: 0.5, sampled: 0.01 });
    // The equal one, then eight at a time.
    expect(seconds).toHaveLength(1 + Math.ceil(SAMPLED / 8));
    expect(seconds[0]).toBeCloseTo(20, 9);
    expect(seconds[1]).toBeCloseTo(8 * 0.1, 9);
    expect(seconds.slice(1).reduce((sum, one) => sum + one, 0)).toBeCloseTo(30 * 0.1 + 30 * 1, 9);
    expect(joined.length).toBeLessThan(SAMPLED / 10);
  });

  it('are timed again where hardly any pass, and not for ever', async () => {
    const once = await predicted(plan, { equal: 1, sampled: 1 });
    const again = await predicted(plan, { equal: 0.0001, sampled: 0.0001 });
    expect(again.joined.length).toBeGreaterThan(once.joined.length);
    expect(again.seconds[0]).toBeCloseTo(40 * 0.0001, 9);
    const never = await predicted(plan, { equal: 0, sampled: 0 });
    expect(never.seconds.every((one) => one === 0)).toBe(true);
  });
});

describe('the tables that are timed', () => {
  it('are those on which most is spent, the first equal one, and all where they are few', () => {
    const probes = probedTables(plan, 1);
    expect(probes[0]).toBe(0);
    // Ten elevenths of the costs of sampled tables lie in the second half.
    expect(probes.filter((t) => t > 30).length).toBeGreaterThanOrEqual(probes.length - 2);
    const few = { tables: plan.tables.slice(0, 3), costs: plan.costs.slice(0, 3) };
    expect(probedTables(few, 2)).toEqual([0, 1, 2]);
    expect(probedTables({ tables: plan.tables.slice(0, 1), costs: [1] }, 2)).toEqual([0]);
  });

  it('are more where there are more workers, within bounds', () => {
    const sizes = [1, 2, 4, 40].map((workers) => probedTables(plan, workers).length);
    expect(sizes).toEqual([1 + 3, 1 + 4, 1 + 8, 1 + SAMPLED]);
  });
});
