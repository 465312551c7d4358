import { createHash } from 'node:crypto';
import { compareReport } from './compare-sets.js';
import type { EncodedSet, GoldenFilters } from './encoded-sets.js';
import type { PageReport } from './page-report.js';

const plain: EncodedSet = { name: 'plain', recordBytes: 2, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) };
const known: EncodedSet = { name: 'golden known', recordBytes: 2, bytes: Uint8Array.of(7, 8, 9, 10) };
const golden: GoldenFilters = {
  rows: [],
  cases: [{ name: 'known', secret: '', schema: {}, clks_base64: ['Bwg=', 'CQo='] }],
};

function reported({ name, recordBytes, bytes }: EncodedSet): PageReport['sets'][number] {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name, recordBytes, hex: Buffer.from(bytes).toString('hex'), sha256 };
}

function compare(report: Partial<PageReport>, expected = [plain, known]): ReturnType<typeof compareReport> {
  const complete = { userAgent: '', evalRefused: true, sets: [reported(plain), reported(known)], ...report };
  return compareReport(complete, expected, golden);
}

describe('compareReport', () => {
  it('counts each filter, and a golden one against its file too', () => {
    expect(compare({})).toEqual({ passed: 7, faults: [] });
  });

  it('finds one changed bit, and names its row', () => {
    const flipped = { ...reported(plain), hex: '010203050506' };
    expect(compare({ sets: [flipped, reported(known)] })).toEqual({
      passed: 6, faults: ['plain: row 1 is not as it is in Node'],
    });
  });

  it('finds that both sides agree on what clkhash does otherwise', () => {
    const wrong = { ...known, bytes: Uint8Array.of(7, 8, 9, 11) };
    expect(compare({ sets: [reported(plain), reported(wrong)] }, [plain, wrong]).faults)
      .toEqual(['golden known: row 1 is not as it is by clkhash']);
  });

  it.each<[string, Partial<PageReport>]>([
    ['a missing set', { sets: [reported(plain)] }],
    ['a missing row', { sets: [{ ...reported(plain), hex: '01020304' }, reported(known)] }],
    ['a row too many', { sets: [{ ...reported(plain), hex: '0102030405060000' }, reported(known)] }],
    ['another SHA-256', { sets: [{ ...reported(plain), sha256: '00' }, reported(known)] }],
    ['another length of a record', { sets: [{ ...reported(plain), recordBytes: 3 }, reported(known)] }],
    ['a policy that was not in force', { evalRefused: false }],
  ])('finds %s', (_, report) => {
    expect(compare(report).faults).not.toEqual([]);
  });

  it('does not take filters without any bit for a proof', () => {
    const empty = { ...plain, bytes: new Uint8Array(6) };
    expect(compare({ sets: [reported(empty), reported(known)] }, [empty, known]).faults)
      .toEqual(['plain: empty, which proves nothing']);
  });
});
