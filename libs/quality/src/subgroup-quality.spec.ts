import { noExpectedPairs, type ExpectedPairs } from './expected-quality.js';
import { groupQuality, LEAST_OF_GROUP, missedByGroup, type GroupEvidence } from './subgroup-quality.js';

const linked = (pairs: number, matches: number): ExpectedPairs =>
  ({ ...noExpectedPairs(), pairs, matches, squaredByEntity: pairs });
const group = (name: string, records: number, matches: number, missed = 0): GroupEvidence =>
  ({ group: name, records, linked: linked(matches, matches), missed });
const told = (groups: readonly GroupEvidence[]): string[] =>
  groupQuality(groups, 1).filter(({ quality }) => quality).map((one) => one.group);

describe('quality by group', () => {
  it('rates each group by its own pairs, to three digits', () => {
    const [one] = groupQuality([{ group: 'F', records: 900, linked: linked(700, 693), missed: 77.7 }], 1);
    expect(one).toMatchObject({ group: 'F', quality: { precision: 0.99, recall: 0.899 } });
  });

  it('withholds groups with few records, or few expected matches', () => {
    const few = LEAST_OF_GROUP - 1;
    expect(told([group('a', 900, 800), group('b', few, 800), group('c', 900, few)])).toEqual(['a']);
    expect(told([group('a', 900, 0, LEAST_OF_GROUP), group('b', 900, 0, few), group('c', few, few)])).toEqual(['a']);
  });

  it('withholds the smallest of the others with a group that would be the only one', () => {
    expect(told([group('a', 900, 800), group('b', 10, 9), group('c', 700, 600), group('d', 800, 700)]))
      .toEqual(['a', 'd']);
    expect(told([group('a', 10, 9), group('b', 500, 400)])).toEqual([]);
    expect(told([group('a', 500, 400), group('b', 500, 400)])).toEqual(['a', 'b']);
  });
});

describe('missed matches by group', () => {
  it('count links that were not made where they are, and spread what nobody saw by what was found', () => {
    expect(missedByGroup(10, [2, 2, 0], [0, 300, 100])).toEqual([2, 6.5, 1.5]);
  });

  it('are never more than are missed over all', () => {
    expect(missedByGroup(4, [2, 6], [50, 50])).toEqual([1, 3]);
    expect(missedByGroup(0, [0, 0], [0, 0])).toEqual([0, 0]);
  });
});
