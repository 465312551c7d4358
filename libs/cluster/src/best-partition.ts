/** Records that are decided by looking at every way to divide them; steps grow as 3 to their number. */
export const MOST_RECORDS_FOR_PARTITIONS = 10;

/** Steps that a search over all partitions of so many records takes. */
export function partitionSteps(records: number): number {
  return 3 ** records;
}

/**
 * Divides few records into groups of the highest sum of weights inside, none with two records of a unique
 * register: dynamic programming over subsets. The best division of a set is, for the best group of its
 * first record, that group and the best division of the rest.
 *
 * Of equal divisions the one whose group of the first record is smallest as a number (bit k is record k),
 * then that of the second, and so on.
 *
 * @param weights what each pair is worth inside a group (row by row, symmetric), in whole numbers.
 * @param uniqueBits a bit for each unique register, 0 for the other records.
 * @returns group of each record: its first record.
 */
export function bestPartition(weights: Float64Array, uniqueBits: ArrayLike<number>): Uint8Array {
  const records = uniqueBits.length;
  const worth = groupWorths(weights, uniqueBits);
  const best = new Float64Array(2 ** records);
  const groupOfFirst = new Uint32Array(2 ** records);
  for (let set = 1; set < best.length; set++) {
    const first = set & -set;
    const others = set ^ first;
    best[set] = -Infinity;
    let some = 0;
    do {
      const value = worth[first | some] + best[others ^ some];
      if (value > best[set]) {
        best[set] = value;
        groupOfFirst[set] = first | some;
      }
      some = (some - others) & others;
    } while (some !== 0);
  }
  const groups = new Uint8Array(records);
  for (let rest = best.length - 1; rest !== 0; rest ^= groupOfFirst[rest]) {
    const first = 31 - Math.clz32(rest & -rest);
    for (let record = first; record < records; record++) {
      if (groupOfFirst[rest] & (1 << record)) groups[record] = first;
    }
  }
  return groups;
}

/** Sum of the weights inside each set of records; minus infinity for one that a unique register forbids. */
function groupWorths(weights: Float64Array, uniqueBits: ArrayLike<number>): Float64Array {
  const records = uniqueBits.length;
  const worth = new Float64Array(2 ** records);
  const held = new Uint32Array(2 ** records);
  for (let set = 1; set < worth.length; set++) {
    const first = 31 - Math.clz32(set & -set);
    const others = set & (set - 1);
    held[set] = held[others] | uniqueBits[first];
    worth[set] = held[others] & uniqueBits[first] ? -Infinity : worth[others];
    for (let record = first + 1; record < records; record++) {
      if (others & (1 << record)) worth[set] += weights[first * records + record];
    }
  }
  return worth;
}
