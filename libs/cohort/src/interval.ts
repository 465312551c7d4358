import type { Day } from './calendar.js';

/** Days from `from` up to and without `to`; the bounds may be infinite. Empty when `to <= from`. */
export interface Interval { readonly from: Day; readonly to: Day }

/** The same days as disjoint intervals in order, none of them touching the next. */
export function union(intervals: readonly Interval[]): Interval[] {
  const result: { from: Day; to: Day }[] = [];
  for (const { from, to } of intervals.filter((i) => i.to > i.from).sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

/** The days of `whole` that no interval of `removed` holds, as `union` writes them. */
export function difference(whole: readonly Interval[], removed: readonly Interval[]): Interval[] {
  let rest = union(whole);
  for (const hole of union(removed)) {
    rest = rest.flatMap(({ from, to }) => [
      { from, to: Math.min(to, hole.from) }, { from: Math.max(from, hole.to), to },
    ].filter((i) => i.to > i.from));
  }
  return rest;
}

/** The days of `whole` inside the bounds. */
export function clip(whole: readonly Interval[], bounds: Interval): Interval[] {
  return union(whole.map(({ from, to }) => ({
    from: Math.max(from, bounds.from), to: Math.min(to, bounds.to),
  })));
}
