import fc from 'fast-check';
import { Stopwatch } from './stopwatch.js';
import { secondsAComparison, secondsFromFirstToLast, secondsOnWorkers, TaskLog } from './task-log.js';

describe('seconds on workers', () => {
  it('are those of the worker that is done last', () => {
    expect(secondsOnWorkers([], 2)).toBe(0);
    expect(secondsOnWorkers([3, 1, 1, 1], 1)).toBe(6);
    expect(secondsOnWorkers([3, 1, 1, 1], 2)).toBe(3);
    // The order is kept: the long one comes last and the other worker has nothing left.
    expect(secondsOnWorkers([1, 1, 1, 3], 2)).toBe(5 - 1);
    expect(secondsOnWorkers([2, 2], 5)).toBe(2);
  });

  it('lie between an even share and Graham\'s bound', () => {
    const givenTasks = fc.array(fc.nat(1000), { minLength: 1 });
    fc.assert(fc.property(givenTasks, fc.integer({ min: 1, max: 9 }), (tasks, workers) => {
      const sum = tasks.reduce((all, one) => all + one, 0);
      const longest = Math.max(...tasks);
      const seconds = secondsOnWorkers(tasks, workers);
      expect(seconds).toBeGreaterThanOrEqual(Math.max(longest, sum / workers) - 1e-9);
      expect(seconds).toBeLessThanOrEqual(sum / workers + longest * (1 - 1 / workers) + 1e-9);
    }));
  });
});

describe('a log of tasks', () => {
  it('tells seconds a comparison, and those from first to last, of the kind that is taken', () => {
    let milliseconds = 0;
    const log = new TaskLog(new Stopwatch(() => milliseconds));
    const first = log.start({ kind: 'rows' });
    milliseconds = 1000;
    const second = log.start({ kind: 'rows' });
    const other = log.start({ kind: 'tables' });
    milliseconds = 4000;
    second(100);
    first(400);
    other(7);
    const rows = log.take('rows');
    expect(rows.map(({ started, ended }) => [started, ended])).toEqual([[1, 4], [0, 4]]);
    expect(secondsAComparison(rows)).toBe(7 / 500);
    expect(secondsFromFirstToLast(rows)).toBe(4);
    expect(log.take('rows')).toEqual([]);
    expect(log.take('tables')).toHaveLength(1);
    expect([secondsAComparison([]), secondsFromFirstToLast([])]).toEqual([0, 0]);
  });
});
