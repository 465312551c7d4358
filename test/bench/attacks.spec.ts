import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { attackedProfile } from '../../bench/attacks/attacked-profiles.js';
import { MISSING } from '../../bench/attacks/equal-filters.js';
import { matchByEquality } from '../../bench/attacks/equality-structure.js';
import { alignFrequencies } from '../../bench/attacks/frequency-alignment.js';
import { NOBODY, scoreOf } from '../../bench/attacks/partners.js';
import { scenarioOf } from '../../bench/attacks/victims.js';

/** The program as it is built: the attacks run many times slower inside the test runner. */
function attacks(people: number, overlap: number, profiles: string, names: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    join(process.cwd(), 'dist/bench/attacks.js'), '--people', String(people), '--overlap', String(overlap),
    '--profiles', profiles, '--attacks', names, '--seed', '1', '--json',
  ], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const { outcomes } = JSON.parse(stdout.trim().split('\n').at(-1) as string) as {
    outcomes: {
      attack: string; profile: string; right: number; named: number; possible: number; share: number;
    }[];
  };
  return outcomes;
}

describe('the attacks break what is known to be weak', () => {
  test('graph matching names most of an unhardened register, pattern mining some of it', () => {
    const [pattern, graph] = attacks(300, 1, 'unhardened', 'pattern,graph');
    expect(graph.share).toBeGreaterThan(0.8);
    expect(pattern.share).toBeGreaterThan(0.02);
  });

  test.each([1, 0.5])('at an overlap of %p, equal addresses and birth dates name people', (overlap) => {
    const outcomes = attacks(1000, overlap, 'separate-t2,separate-t30', 'equality');
    for (const { share, named, right, possible } of outcomes) {
      expect(possible).toBe(1000 * overlap);
      expect(share).toBeGreaterThan(0.005);
      expect(right).toBe(named);
    }
  });

  test('frequency alignment reads the values of a field that stands alone', () => {
    const encoded = Int32Array.from([7, 7, 7, 8, 8, 9, MISSING, MISSING, MISSING, MISSING]);
    const known = Int32Array.from([1, 2, 2, 0, 0, 0]);
    expect([...alignFrequencies(encoded, known)])
      .toEqual([0, 0, 0, 2, 2, ...Array<number>(5).fill(NOBODY)]);
  });

  test('frequencies that two values share say nothing', () => {
    expect([...alignFrequencies(Int32Array.from([1, 1, 2, 2]), Int32Array.from([5, 5, 6, 6]))])
      .toEqual(Array(4).fill(NOBODY));
  });
});

describe('the attacks do not cheat', () => {
  test('they name hardly anybody when the attacker knows other people', () => {
    const outcomes = [
      ...attacks(300, 0, 'unhardened', 'frequency,pattern,equality,graph'),
      ...attacks(300, 0, 'separate-t10', 'equality,graph'),
    ];
    expect(outcomes).toHaveLength(6);
    for (const { attack, profile, right, possible } of outcomes) {
      const chance = right < 5 && possible === 300;
      expect({ attack, profile, chance }).toEqual({ attack, profile, chance: true });
    }
  });

  test('pattern mining finds nobody behind diffusion', () => {
    const [{ right }] = attacks(300, 1, 'classic-filter-t10', 'pattern');
    expect(right).toBeLessThan(3);
  });

  test('the same seed gives the same people, in an order that tells nothing', () => {
    const scenario = scenarioOf(300, 0.5, 1);
    expect(scenarioOf(300, 0.5, 1)).toEqual(scenario);
    const known = scenario.encoded.map((person) => scenario.known.indexOf(person));
    expect([...scenario.truth]).toEqual(known);
    expect(known.filter((j) => j !== NOBODY)).toHaveLength(150);
    expect(known.filter((j, i) => j === i).length).toBeLessThan(5);
  });

  test('what is not there is refused', () => {
    expect(() => attackedProfile('diffuse')).toThrow('--profiles: expected names of');
    expect(() => attacks(300, 2, 'default', 'graph')).toThrow('--overlap: expected shares from 0 to 1');
    expect(() => attacks(3, 1, 'default', 'graph')).toThrow('--people, --seed: expected whole numbers');
    expect(() => attacks(300, 1, 'default', 'guessing')).toThrow('--attacks: expected some of frequency');
  });
});

describe('matching by equality', () => {
  const rows = Array.from({ length: 16 }, (_, i) => i);
  const column = fc.array(fc.integer({ min: MISSING, max: 12 }), { minLength: 16, maxLength: 16 });
  const orders = fc.shuffledSubarray(rows, { minLength: 16, maxLength: 16 });

  test('names only who is right, under any order of rows and any names of classes', () => {
    fc.assert(fc.property(column, column, orders, (first, second, order) => {
      const moved = [first, second].map((classes) => Int32Array.from(order, (i) =>
        (classes[i] === MISSING ? MISSING : (classes[i] * 5 + 3) % 13)));
      const truth = Int32Array.from(rows, (i) => order.indexOf(i));
      const partners = matchByEquality([Int32Array.from(first), Int32Array.from(second)], moved);
      const { named, right } = scoreOf(partners, truth);
      expect(right).toBe(named);
    }));
  });

  test('knows the members of two households apart by whom else they equal', () => {
    // Households {0, 1, 2} and {3, 4}; 2 and 3 were born on one day; 5 has no address.
    const homes = Int32Array.from([0, 0, 0, 1, 1, MISSING]);
    const births = Int32Array.from([0, 1, 2, 2, 3, 4]);
    expect([...matchByEquality([homes, births], [homes, births])]).toEqual([NOBODY, NOBODY, 2, 3, 4, 5]);
  });
});
