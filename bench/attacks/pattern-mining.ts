import { mutualBest } from './beliefs.js';
import { nearestRows } from './candidate-lists.js';
import type { FeatureRows } from './node-features.js';
import { NOBODY, type Partners } from './partners.js';

/** Columns that one token sets together, and the rows that have (almost) all of them. */
export interface BitPattern {
  readonly columns: readonly number[];
  /** One byte for each row: 1 when it has the pattern. */
  readonly rows: Uint8Array;
  readonly count: number;
}

/** Mean phi with the columns of a group from which on a column belongs to it. */
const TOGETHER = 0.15;
/** Share of a pattern's columns that a row must have: a column of another token may have slipped in. */
const COMPLETE = 0.9;

/**
 * Groups the columns of a bit matrix by co-occurrence, after Christen, Vidanage, Ranbaduge and Schnell,
 * Pattern-mining based cryptanalysis of Bloom filters (PAKDD 2018), which looks for frequent sets of columns.
 * The column that goes best with its `bitsPerToken - 1` nearest opens a group; the nearest join as long as
 * they go with the whole group. Half-filled groups, and patterns that over 90 % of the rows have, say
 * nothing. `filters` holds `records` rows of `bits` bits. Most frequent pattern first.
 */
export function bitPatterns(
  filters: Uint8Array, bits: number, records: number, bitsPerToken: number,
): BitPattern[] {
  const columns = columnsOf(filters, bits, records);
  const phis = phiMatrix(columns, records);
  const nearest = columns.map((_, c) => [...columns.keys()].filter((d) => d !== c)
    .sort((d, e) => phis[c * bits + e] - phis[c * bits + d]).slice(0, 2 * bitsPerToken));
  const company = nearest.map((others, c) => others.slice(0, bitsPerToken - 1)
    .reduce((sum, d) => sum + phis[c * bits + d], 0));
  const free = new Set(columns.keys());
  const patterns: BitPattern[] = [];
  for (const c of [...columns.keys()].sort((d, e) => company[e] - company[d])) {
    if (!free.has(c)) continue;
    const group = [c];
    for (const d of nearest[c]) {
      const mean = group.reduce((sum, e) => sum + phis[d * bits + e], 0) / group.length;
      if (free.has(d) && group.length < bitsPerToken && mean > TOGETHER) group.push(d);
    }
    // What one column says alone is no pattern, whatever the number of bits of a token.
    if (group.length < Math.max(2, bitsPerToken / 2)) continue;
    group.forEach((d) => free.delete(d));
    const rows = rowsWithMost(group.map((d) => columns[d]), records);
    const count = rows.reduce((sum, row) => sum + row, 0);
    if (count > 0 && count < 0.9 * records) patterns.push({ columns: group, rows, count });
  }
  return patterns.sort((p, q) => q.count - p.count);
}

function phiMatrix(columns: readonly Uint32Array[], records: number): Float32Array {
  const bits = columns.length;
  const counts = columns.map((column) => onesInBoth(column, column));
  const phis = new Float32Array(bits * bits);
  for (let c = 0; c < bits; c++) {
    for (let d = c + 1; d < bits; d++) {
      const value = phi(onesInBoth(columns[c], columns[d]), counts[c], counts[d], records);
      phis[c * bits + d] = value;
      phis[d * bits + c] = value;
    }
  }
  return phis;
}

/**
 * Reads patterns as tokens by frequency rank and compares each record's tokens with those of the known
 * people; `tokens` holds the token set of each known person. A record and a person that are each other's
 * nearest, with nobody else as near, are a match.
 */
export function matchByPatterns(
  patterns: readonly BitPattern[], records: number, tokens: readonly ReadonlySet<string>[],
): Partners {
  const counts = new Map<string, number>();
  for (const set of tokens) for (const token of set) counts.set(token, (counts.get(token) ?? 0) + 1);
  const scale = records / tokens.length;
  const free = new Set(
    [...counts].filter(([, count]) => count < 0.9 * tokens.length).map(([token]) => token));
  const readings = patterns.flatMap((pattern) => {
    const gap = (token: string): number => distanceTo(pattern.count, (counts.get(token) ?? 0) * scale);
    const [token] = [...free].sort((a, b) => gap(a) - gap(b));
    if (token === undefined) return [];
    free.delete(token);
    return [{ pattern, token }];
  });
  const width = readings.length;
  if (width === 0) return new Int32Array(records).fill(NOBODY);
  const a: FeatureRows = { width, values: new Float32Array(records * width) };
  const b: FeatureRows = { width, values: new Float32Array(tokens.length * width) };
  readings.forEach(({ pattern, token }, c) => {
    for (let i = 0; i < records; i++) a.values[i * width + c] = pattern.rows[i];
    tokens.forEach((set, j) => { b.values[j * width + c] = set.has(token) ? 1 : 0; });
  });
  return withoutTies(a, b, records, tokens.length);
}

function withoutTies(a: FeatureRows, b: FeatureRows, rowsA: number, rowsB: number): Partners {
  const lists = nearestRows(a, b, 2, new Uint8Array(rowsA).fill(1), new Uint8Array(rowsB).fill(1));
  const node = lists.node.map((j, k) => (
    k % 2 === 0 && lists.value[k] < lists.value[k + 1] ? j : NOBODY));
  return mutualBest({ width: 2, node, value: lists.value.map((distance) => 1 / (1 + distance)) }, rowsB);
}

function distanceTo(count: number, expected: number): number {
  return Math.abs(Math.log((count + 1) / (expected + 1)));
}

function phi(both: number, a: number, b: number, n: number): number {
  const variance = a * (n - a) * b * (n - b);
  return variance === 0 ? 0 : (n * both - a * b) / Math.sqrt(variance);
}

function columnsOf(filters: Uint8Array, bits: number, records: number): Uint32Array[] {
  const columns = Array.from({ length: bits }, () => new Uint32Array(Math.ceil(records / 32)));
  for (let row = 0; row < records; row++) {
    for (let bit = 0; bit < bits; bit++) {
      const byte = filters[(row * bits) / 8 + (bit >> 3)];
      if ((byte >> (7 - (bit & 7))) & 1) columns[bit][row >> 5] |= 1 << (row & 31);
    }
  }
  return columns;
}

function rowsWithMost(columns: readonly Uint32Array[], records: number): Uint8Array {
  return Uint8Array.from({ length: records }, (_, row) => {
    const set = columns.filter((column) => (column[row >> 5] >>> (row & 31)) & 1).length;
    return set >= COMPLETE * columns.length ? 1 : 0;
  });
}

function onesInBoth(a: Uint32Array, b: Uint32Array): number {
  let ones = 0;
  for (let w = 0; w < a.length; w++) {
    let x = a[w] & b[w];
    x -= (x >>> 1) & 0x55555555;
    x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
    ones += Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return ones;
}
