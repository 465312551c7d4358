import fc from 'fast-check';
import { corroboratedPosterior, supportStates, type LinksOfRegisters } from './corroborated-posterior.js';
import { likeliestNeighbours } from './likeliest-neighbours.js';

const REGISTERS = 4;
const ROWS = 6;

interface Drawn {
  readonly a: number;
  readonly b: number;
  readonly probability: number;
}

const registerOf = Uint16Array.from({ length: REGISTERS * ROWS }, (_, record) => Math.floor(record / ROWS));

/** Links between any two different records, each pair once. */
const drawnLinks = fc.uniqueArray(
  fc.record({
    a: fc.nat(REGISTERS * ROWS - 2), b: fc.nat(REGISTERS * ROWS - 2),
    probability: fc.oneof(fc.constant(0.5), fc.double({ min: 0, max: 1, noNaN: true })),
  }).map(({ a, b, probability }): Drawn => (
    { a: Math.min(a, b), b: b < a ? a : b + 1, probability })),
  { selector: ({ a, b }) => `${a} ${b}`, maxLength: 80 });

function columnsOf(links: readonly Drawn[]): LinksOfRegisters {
  return {
    length: links.length,
    recordsA: Uint32Array.from(links, ({ a }) => a), recordsB: Uint32Array.from(links, ({ b }) => b),
    probabilities: Float64Array.from(links, ({ probability }) => probability),
  };
}

/** The states read off sets of records. */
function statesByDefinition(links: readonly Drawn[]): number[] {
  const linkedWith = (record: number): Set<number> => new Set(links
    .filter(({ a, b, probability }) => probability >= 0.5 && (a === record || b === record))
    .map(({ a, b }) => (a === record ? b : a)));
  return links.map(({ a, b }) => {
    const thirds = Array.from({ length: REGISTERS }, (_, register) => register)
      .filter((register) => register !== registerOf[a] && register !== registerOf[b]);
    const [ofA, ofB] = [linkedWith(a), linkedWith(b)];
    const holds = (records: Iterable<number>, register: number): boolean =>
      Array.from(records).some((record) => registerOf[record] === register);
    const common = Array.from(ofA).filter((record) => ofB.has(record));
    const both = thirds.filter((register) => holds(common, register));
    const one = thirds.filter((register) =>
      !both.includes(register) && (holds(ofA, register) || holds(ofB, register)));
    return both.length * REGISTERS + one.length;
  });
}

/** Log-likelihood of the shares of states among matches and others of links with these probabilities. */
function logLikelihood(
  probabilities: readonly number[], states: readonly number[], match: readonly number[],
  other: readonly number[],
): number {
  return probabilities.reduce((sum, p, e) =>
    sum + Math.log(p * match[states[e]] + (1 - p) * other[states[e]]), 0);
}

/** People in all of three registers, each with one doubtful link of its three; strangers are linked too. */
function simulated(people: number, strangers: number, sure: number, doubtful: number): {
  readonly links: LinksOfRegisters; readonly registerOf: Uint16Array; readonly isMatch: readonly boolean[];
} {
  const links: (Drawn & { isMatch: boolean })[] = [];
  const records = people + strangers;
  for (let person = 0; person < people; person++) {
    for (const [x, y] of [[0, 1], [0, 2], [1, 2]]) {
      const probability = (person + x + y) % 3 === 0 ? doubtful : sure;
      links.push({ a: x * records + person, b: y * records + person, probability, isMatch: true });
    }
  }
  for (let row = people; row < records; row++) {
    const [x, y] = [[0, 1], [0, 2], [1, 2]][row % 3];
    links.push({ a: x * records + row, b: y * records + row, probability: doubtful, isMatch: false });
  }
  return {
    links: columnsOf(links), isMatch: links.map(({ isMatch }) => isMatch),
    registerOf: Uint16Array.from({ length: 3 * records }, (_, record) => Math.floor(record / records)),
  };
}

describe('what the other registers say about a link', () => {
  it('is read off the neighbours as by its definition', () => {
    fc.assert(fc.property(drawnLinks, (links) => {
      expect(Array.from(supportStates(columnsOf(links), registerOf, REGISTERS)))
        .toEqual(statesByDefinition(links));
    }));
  });

  it('changes nothing where there are two registers that are unique per person', () => {
    fc.assert(fc.property(drawnLinks, (links) => {
      const two = links.filter(({ a, b }) => registerOf[a] === 0 && registerOf[b] === 1);
      const { probabilities, ...rest } = columnsOf(two);
      expect(corroboratedPosterior({ probabilities, ...rest }, registerOf, REGISTERS)).toEqual(probabilities);
    }));
  });

  it('keeps probabilities between 0 and 1, and those that are 0 or 1', () => {
    fc.assert(fc.property(drawnLinks, (links) => {
      const after = corroboratedPosterior(columnsOf(links), registerOf, REGISTERS);
      links.forEach(({ probability }, e) => {
        expect(after[e]).toBeGreaterThanOrEqual(0);
        expect(after[e]).toBeLessThanOrEqual(1);
        if (probability === 0 || probability === 1) expect(after[e]).toBe(probability);
      });
    }));
  });

  it('orders links of one state and one pair of registers as they were', () => {
    fc.assert(fc.property(drawnLinks, (links) => {
      const states = statesByDefinition(links);
      const after = corroboratedPosterior(columnsOf(links), registerOf, REGISTERS);
      const groupOf = (e: number): string =>
        [states[e], ...[registerOf[links[e].a], registerOf[links[e].b]].sort()].join(' ');
      links.forEach((one, e) => links.forEach((other, f) => {
        if (groupOf(e) !== groupOf(f) || one.probability > other.probability) return;
        expect(after[e]).toBeLessThanOrEqual(after[f] + 1e-12);
      }));
    }));
  });

  it('climbs to shares that no others beat by much', () => {
    const { links, registerOf: of } = simulated(2000, 1500, 0.97, 0.6);
    const inPair = Array.from(links.probabilities.keys()).filter((e) => of[links.recordsB[e]] === 1);
    const all = supportStates(links, of, 3);
    const states = inPair.map((e) => all[e]);
    const probabilities = inPair.map((e) => links.probabilities[e]);
    const after = corroboratedPosterior(links, of, 3);
    const shares = (weight: (e: number) => number): number[] => {
      const sums = Array<number>(9).fill(0);
      inPair.forEach((e, k) => { sums[states[k]] += weight(e); });
      const total = sums.reduce((sum, one) => sum + one, 0);
      return sums.map((one) => one / total);
    };
    const [match, other] = [shares((e) => after[e]), shares((e) => 1 - after[e])];
    const best = logLikelihood(probabilities, states, match, other);
    for (let from = 0; from < 9; from++) {
      for (let to = 0; to < 9; to++) {
        const moved = match.slice();
        const step = Math.min(0.02, moved[from]);
        moved[from] -= step;
        moved[to] += step;
        expect(logLikelihood(probabilities, states, moved, other)).toBeLessThan(best + 1);
      }
    }
  });

  it('tells a doubtful match that a third register confirms from a stranger of whom nobody else knows', () => {
    const { links, registerOf: of, isMatch } = simulated(2000, 1500, 0.97, 0.6);
    const after = corroboratedPosterior(links, of, 3);
    isMatch.forEach((is, e) => {
      if (is) expect(after[e]).toBeGreaterThan(0.9);
      else expect(after[e]).toBeLessThan(0.3);
    });
  });

  it('takes records that are known to be one person for a third register that agrees', () => {
    const rows = [0, 1, 2];
    const known = columnsOf(rows.map((row) => ({ a: ROWS + row, b: 2 * ROWS + row, probability: 0.9 })));
    const links = columnsOf([
      ...rows.map((row) => ({ a: row, b: 2 * ROWS + row, probability: 0.9 })),
      ...rows.map((row) => ({ a: row, b: ROWS + row, probability: row === 0 ? 0.5 : 0.9 })),
      { a: 4, b: ROWS + 4, probability: 0.3 },
      { a: 5, b: ROWS + 5, probability: 0.5 },
    ]);
    expect(Array.from(supportStates(links, registerOf, REGISTERS, known)).slice(3)).toEqual([4, 4, 4, 0, 0]);
    const after = corroboratedPosterior(links, registerOf, REGISTERS, known);
    expect(after[3]).toBeGreaterThan(0.5);
    expect(after[7]).toBeLessThan(0.5);
  });
});

describe('the likeliest neighbours', () => {
  it('are those of a sorted list', () => {
    fc.assert(fc.property(drawnLinks, fc.integer({ min: 1, max: 4 }), (links, most) => {
      const { starts, records } = likeliestNeighbours([columnsOf(links)], registerOf.length, 0.5, most);
      registerOf.forEach((_, record) => {
        const wanted = links
          .filter(({ a, b, probability }) => probability >= 0.5 && (a === record || b === record))
          .map(({ a, b, probability }) => ({ other: a === record ? b : a, probability }))
          .sort((x, y) => y.probability - x.probability || x.other - y.other)
          .slice(0, most).map(({ other }) => other);
        expect(Array.from(records.subarray(starts[record], starts[record + 1])).sort((x, y) => x - y))
          .toEqual(wanted.sort((x, y) => x - y));
      });
    }));
  });
});
