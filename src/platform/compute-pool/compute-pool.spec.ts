import { joinAll, joinByDefinition, type FilterTable, type JoinedPairs } from '#libs/compare';
import { chance, randomFilter } from '../../../test/support/encoded-extracts.js';
import { joinKernels } from '../kernels/join-kernel.js';
import { ComputePool } from './compute-pool.js';

const random = chance(4);
const tableOf = (records: number): FilterTable => ({
  bits: 128, records,
  filters: Uint8Array.from(Buffer.concat(
    Array.from({ length: records }, () => randomFilter(128, 0.4, random)))),
});
const [a, b] = [tableOf(1500), tableOf(700)];
const spec = { similarity: 0.55 };

const rowsOf = ({ length, rowsOfA, rowsOfB }: JoinedPairs): string =>
  Array.from({ length }, (_, k) => `${rowsOfA[k]}-${rowsOfB[k]}`).join();

function inOneThread(): JoinedPairs {
  const steps = joinAll(a, b, spec);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

async function withPool<Result>(
  threads: number, use: (pool: ComputePool) => Promise<Result>,
): Promise<Result> {
  const pool = new ComputePool(threads);
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

describe('the compute pool', () => {
  it.each([1, 2, 3])('joins with %d threads as one thread does, with every kernel', async (threads) => {
    const expected = rowsOf(inOneThread());
    expect(expected.split(',').length).toBeGreaterThan(1000);
    await withPool(threads, async (pool) => {
      for (const { name } of joinKernels()) {
        expect(rowsOf(await pool.join(a, b, spec, { kernel: name }))).toBe(expected);
      }
    });
  });

  it('joins within a table, and says how far it is', async () => {
    const told: number[] = [];
    const within = { similarity: 0.7, within: true };
    const found = await withPool(2, (pool) =>
      pool.join(b, b, within, { onProgress: (fraction) => told.push(fraction) }));
    expect(rowsOf(found)).toBe(rowsOf(joinByDefinition(b, b, within)));
    expect(told.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
  });

  it('refuses what one thread refuses, with the same code', async () => {
    await withPool(2, async (pool) => {
      await expect(pool.join(a, b, { ...spec, mostPairs: 10 })).rejects.toMatchObject({ code: 'JOIN_TOO_LARGE' });
      await expect(pool.join(a, b, { similarity: 2 })).rejects.toMatchObject({ code: 'LINKAGE_INPUT_INVALID' });
      expect((await pool.join(a, b, spec)).length).toBeGreaterThan(1000);
    });
  });

  it('ends with the reason of the signal, before it began and on the way', async () => {
    await withPool(2, async (pool) => {
      await expect(pool.join(a, b, spec, { signal: AbortSignal.abort(new Error('not wanted')) }))
        .rejects.toThrow('not wanted');
      const controller = new AbortController();
      const joining = pool.join(a, b, spec, { signal: controller.signal });
      controller.abort(new Error('no longer wanted'));
      await expect(joining).rejects.toThrow('no longer wanted');
    });
  });
});
