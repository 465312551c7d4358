/**
 * The counts nearest to `counts` (in likelihood) whose ratio to `chance` never falls from one level to the
 * next: isotonic regression of `counts / chance` with weights `chance` by pooling adjacent violators (Barlow
 * et al. 1972). The two last levels stay as they are: the missing one, and the highest, which holds equal
 * values: common values are equal by chance, so that an equal name can say less than a nearly equal one.
 *
 * @param counts expected matches by level, ascending similarity, missing last; at least 0.
 * @param chance u by level, in the same order; levels with u = 0 take part with a share of almost nothing.
 * @returns counts with the same sum over the observed levels.
 */
export function risingRatios(counts: Float64Array, chance: Float64Array): Float64Array {
  const observed = counts.length - 2;
  const blocks: { count: number; chance: number; levels: number }[] = [];
  for (let level = 0; level < observed; level++) {
    let block = { count: counts[level], chance: Math.max(chance[level], LEAST_CHANCE), levels: 1 };
    for (;;) {
      const before = blocks.at(-1);
      if (!before || before.count * block.chance <= block.count * before.chance) break;
      blocks.pop();
      block = {
        count: before.count + block.count, chance: before.chance + block.chance,
        levels: before.levels + block.levels,
      };
    }
    blocks.push(block);
  }
  const result = Float64Array.from(counts);
  let level = 0;
  for (const block of blocks) {
    for (let k = 0; k < block.levels; k++, level++) {
      result[level] = (block.count * Math.max(chance[level], LEAST_CHANCE)) / block.chance;
    }
  }
  return result;
}

/** Keeps ratios finite. */
const LEAST_CHANCE = 1e-300;
