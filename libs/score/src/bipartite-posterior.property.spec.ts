import fc from 'fast-check';
import { bipartitePosterior, type BipartiteSides, type CandidateLinks } from './bipartite-posterior.js';

interface Edge { readonly a: number; readonly b: number; readonly ratio: number }

const SIDES: readonly [string, boolean, boolean][] = [
  ['both registers unique', true, true], ['only the first unique', false, true], ['only the second unique', true, false],
];
const RECORDS = 7;
const MATCHES = 3;

function columns(edges: readonly Edge[]): CandidateLinks {
  return {
    length: edges.length,
    rowsOfA: Uint32Array.from(edges, ({ a }) => a), rowsOfB: Uint32Array.from(edges, ({ b }) => b),
    likelihoodRatios: Float64Array.from(edges, ({ ratio }) => ratio),
  };
}

function sides(oneMatchForA: boolean, oneMatchForB: boolean): BipartiteSides {
  return { recordsOfA: RECORDS, recordsOfB: RECORDS, oneMatchForA, oneMatchForB };
}

/** Odds of a pair against both records free of each other, worked out for 7 and 7 records, 3 matches. */
function oddsOf(oneMatchForA: boolean, oneMatchForB: boolean): number {
  if (oneMatchForA && oneMatchForB) return 3 / (4 * 4);
  return oneMatchForA || oneMatchForB ? 3 / (4 * 7) : 3 / (49 - 3);
}

/** Every set of edges that the sides allow, weighted by the product of odds times ratio. */
function posteriorByEnumeration(
  edges: readonly Edge[], oneMatchForA: boolean, oneMatchForB: boolean,
): number[] {
  const odds = oddsOf(oneMatchForA, oneMatchForB);
  const sums = edges.map(() => 0);
  let total = 0;
  const takenA = new Set<number>();
  const takenB = new Set<number>();
  const chosen: number[] = [];
  const visit = (e: number, weight: number): void => {
    if (e === edges.length) {
      total += weight;
      for (const c of chosen) sums[c] += weight;
      return;
    }
    visit(e + 1, weight);
    const { a, b, ratio } = edges[e];
    if ((oneMatchForA && takenA.has(a)) || (oneMatchForB && takenB.has(b))) return;
    const [freshA, freshB] = [!takenA.has(a), !takenB.has(b)];
    takenA.add(a);
    takenB.add(b);
    chosen.push(e);
    visit(e + 1, weight * odds * ratio);
    chosen.pop();
    if (freshA) takenA.delete(a);
    if (freshB) takenB.delete(b);
  };
  visit(0, 1);
  return sums.map((sum) => sum / total);
}

const ratio = fc.integer({ min: -4, max: 12 }).map((exponent) => 2 ** exponent);
const ratios = fc.array(ratio, { minLength: 13, maxLength: 13 });
const allEdges = Array.from({ length: RECORDS * RECORDS }, (_, k) =>
  ({ a: Math.floor(k / RECORDS), b: k % RECORDS }));

/** Edges in random order, each kept when it closes no circle. */
const forests = fc.tuple(fc.shuffledSubarray(allEdges, { maxLength: 13 }), ratios)
  .map(([pairs, ofPairs]) => {
    const parent = Array.from({ length: 2 * RECORDS }, (_, node) => node);
    const root = (node: number): number => (parent[node] === node ? node : root(parent[node]));
    const edges: Edge[] = [];
    for (const { a, b } of pairs) {
      if (root(a) === root(RECORDS + b)) continue;
      parent[root(a)] = root(RECORDS + b);
      edges.push({ a, b, ratio: ofPairs[edges.length] });
    }
    return edges;
  });

/** Up to 12 of the 16 edges between four and four records: circles all over. */
const graphs = fc.tuple(
  fc.shuffledSubarray(allEdges.filter(({ a, b }) => a < 4 && b < 4), { maxLength: 12 }), ratios,
).map(([pairs, ofPairs]) => pairs.map(({ a, b }, e): Edge => ({ a, b, ratio: ofPairs[e] })));

describe.each(SIDES)('bipartite posterior, %s', (_, oneMatchForB, oneMatchForA) => {
  const given = sides(oneMatchForA, oneMatchForB);

  it('is that of all matchings on graphs without a circle', () => {
    fc.assert(fc.property(forests, (edges) => {
      const expected = posteriorByEnumeration(edges, oneMatchForA, oneMatchForB);
      const found = bipartitePosterior(columns(edges), given, MATCHES);
      for (const [e, probability] of expected.entries()) expect(found[e]).toBeCloseTo(probability, 5);
    }), { numRuns: 100 });
  });

  it('is near that of all matchings on dense graphs, and exact where one side is free', () => {
    let furthest = 0;
    fc.assert(fc.property(graphs, (edges) => {
      const expected = posteriorByEnumeration(edges, oneMatchForA, oneMatchForB);
      const found = bipartitePosterior(columns(edges), given, MATCHES);
      for (const [e, probability] of expected.entries()) {
        furthest = Math.max(furthest, Math.abs(found[e] - probability));
      }
    }), { numRuns: 150, seed: 1 });
    expect(furthest).toBeLessThan(oneMatchForA && oneMatchForB ? 0.1 : 1e-5);
  });

  it('never matches a record of a limited side more than once', () => {
    fc.assert(fc.property(graphs, (edges) => {
      const found = bipartitePosterior(columns(edges), given, MATCHES);
      for (let record = 0; record < 4; record++) {
        const sumOver = (side: 'a' | 'b'): number =>
          edges.reduce((sum, edge, e) => sum + (edge[side] === record ? found[e] : 0), 0);
        if (oneMatchForA) expect(sumOver('a')).toBeLessThanOrEqual(1 + 1e-5);
        if (oneMatchForB) expect(sumOver('b')).toBeLessThanOrEqual(1 + 1e-5);
      }
    }), { numRuns: 100 });
  });
});

describe('bipartite posterior', () => {
  it('lets two equal candidates of one record share', () => {
    const equal = [{ a: 0, b: 0, ratio: 1e8 }, { a: 0, b: 1, ratio: 1e8 }];
    const [one, other] = bipartitePosterior(columns(equal), sides(true, true), MATCHES);
    expect(one).toBeCloseTo(0.5, 5);
    expect(other).toBe(one);
  });

  it('raises a modest candidate whose rivals are taken', () => {
    const modest = { a: 0, b: 0, ratio: 100 };
    const rival = { a: 0, b: 1, ratio: 100 };
    const taker = { a: 1, b: 1, ratio: 1e7 };
    const alone = bipartitePosterior(columns([modest, rival]), sides(true, true), MATCHES)[0];
    const relieved = bipartitePosterior(columns([modest, rival, taker]), sides(true, true), MATCHES)[0];
    expect(alone).toBeLessThan(0.5);
    expect(relieved).toBeGreaterThan(0.9);
  });

  it('is pair by pair where no register is unique', () => {
    const edges = [{ a: 0, b: 0, ratio: 46 / 3 }, { a: 0, b: 1, ratio: 3 * (46 / 3) }];
    const found = bipartitePosterior(columns(edges), sides(false, false), MATCHES);
    expect(found[0]).toBeCloseTo(0.5, 12);
    expect(found[1]).toBeCloseTo(0.75, 12);
  });

  it('stays a probability for ratios of nothing and of infinity', () => {
    const edges = [{ a: 0, b: 0, ratio: Infinity }, { a: 0, b: 1, ratio: 0 }, { a: 1, b: 0, ratio: 1e300 }];
    for (const probability of bipartitePosterior(columns(edges), sides(true, true), RECORDS)) {
      expect(probability).toBeGreaterThanOrEqual(0);
      expect(probability).toBeLessThan(1);
    }
  });
});
