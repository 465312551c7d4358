import { DisjointSets } from './disjoint-sets.js';
import type { RecordLayout } from './record-layout.js';
import type { RecordLinks } from './record-links.js';

/** A link between two records of a component. */
export interface ComponentLink { readonly a: number; readonly b: number }

/** Records that links join, directly or through others. */
export interface Component {
  /** Ascending. */
  readonly records: readonly number[];
  /** Likeliest first. */
  readonly links: readonly ComponentLink[];
}

/**
 * Components of the links that may be made, in order of their first records.
 *
 * @param made links that reach the threshold, likeliest first.
 * @returns the components where something is to be decided, and the number of those that are an entity as a
 *   whole: each of their records is linked with each other, of registers that differ or are not unique.
 */
export function openComponents(
  { records, uniqueBits }: RecordLayout, links: RecordLinks, made: readonly number[],
): { readonly components: readonly Component[]; readonly whole: number } {
  const sets = new DisjointSets(records);
  const possible = made.filter((e) => !(uniqueBits[links.recordsA[e]] & uniqueBits[links.recordsB[e]]));
  for (const e of possible) sets.join(links.recordsA[e], links.recordsB[e]);
  const rootOf = sets.roots();
  const sizes = new Uint32Array(records);
  const linked = new Uint32Array(records);
  for (const root of rootOf) sizes[root]++;
  for (const e of possible) linked[rootOf[links.recordsA[e]]]++;
  let whole = 0;
  const open = new Map<number, { records: number[]; links: ComponentLink[] }>();
  for (let record = 0; record < records; record++) {
    const root = rootOf[record];
    if (sizes[root] === 1) continue;
    const complete = 2 * linked[root] === sizes[root] * (sizes[root] - 1);
    if (complete) whole += Number(record === root);
    else if (record === root) open.set(root, { records: [record], links: [] });
    else open.get(root)?.records.push(record);
  }
  for (const e of possible) {
    open.get(rootOf[links.recordsA[e]])?.links.push({ a: links.recordsA[e], b: links.recordsB[e] });
  }
  return { components: [...open.values()], whole };
}
