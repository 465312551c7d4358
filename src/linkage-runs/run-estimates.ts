import { LEAST_OF_GROUP, type Interval } from '#libs/quality';
import type { KeptResult } from './linkage-messages.js';
import type { RunEstimates } from './linkage-run.js';

/**
 * What a run's report says about its quality: shares and intervals to four digits. Between two registers that
 * share fewer than 50 expected matches there are no intervals: their width would tell the number. Of warnings
 * only the codes, since their texts count.
 */
export function runEstimates({ estimated, byRegisterPair, warnings }: KeptResult): RunEstimates {
  return {
    precision: rounded(estimated.precision), recall: rounded(estimated.recall),
    precisionInterval: roundedInterval(estimated.precisionInterval),
    recallInterval: roundedInterval(estimated.recallInterval),
    byRegisterPair: byRegisterPair.map((pair) => {
      const isTold = pair.matches >= LEAST_OF_GROUP;
      return {
        registerA: pair.registerA, registerB: pair.registerB,
        precision: rounded(pair.precision), recall: rounded(pair.recall),
        precisionInterval: isTold ? roundedInterval(pair.precisionInterval) : null,
        recallInterval: isTold ? roundedInterval(pair.recallInterval) : null,
      };
    }),
    warnings: warnings.map(({ code, registers }) => ({ code, registers })),
  };
}

function roundedInterval({ lower, upper }: Interval): Interval {
  return { lower: rounded(lower), upper: rounded(upper) };
}

/** Four digits: more would be noise. */
function rounded(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}
