import type { KeptResult } from './linkage-messages.js';
import { runEstimates } from './run-estimates.js';

const RATES = {
  precision: 0.987654, recall: 0.912345,
  precisionInterval: { lower: 0.951119, upper: 1 }, recallInterval: { lower: 0.88888, upper: 0.96 },
};
const result: KeptResult = {
  entities: 3, entityOf: [], probability: [], timings: {}, estimated: RATES,
  byRegisterPair: [
    { registerA: 'a', registerB: 'b', pairs: 60, matches: 50, ...RATES },
    { registerA: 'a', registerB: 'c', pairs: 60, matches: 49.9, ...RATES },
  ],
  warnings: [{ code: 'PAIRS_CUT', registers: 'a x b', message: '1234 pairs in oversized buckets' }],
};

describe('what a run says about its quality', () => {
  const { byRegisterPair: [large, small], ...whole } = runEstimates(result);
  const told = {
    precision: 0.9877, recall: 0.9123,
    precisionInterval: { lower: 0.9511, upper: 1 }, recallInterval: { lower: 0.8889, upper: 0.96 },
  };

  it('is shares and intervals to four digits, and codes of warnings', () => {
    expect(whole).toEqual({ ...told, warnings: [{ code: 'PAIRS_CUT', registers: 'a x b' }] });
    expect(large).toEqual({ registerA: 'a', registerB: 'b', ...told });
  });

  it('has no interval where two registers share few, and nowhere a number of pairs', () => {
    expect(small).toMatchObject({ precision: 0.9877, precisionInterval: null, recallInterval: null });
    expect(JSON.stringify([whole, large, small])).not.toMatch(/matches|pairs"|1234|message/);
  });
});
