import { roundedCount, roundingNoise, sharedRow, TEN_FIVE_RULE } from '#libs/disclose';
import { Tally, type VectorResult } from '../vector-runner.js';

interface Row { n: number; pcv: number; pvalue: number; count: number | null }

/** Counts under the 10-5 rule: the row looked up, the change, and what is published. */
export function run(content: string, _fileName: string): VectorResult {
  const file = JSON.parse(content) as { threshold: number; vectors: Row[]; doc_rows: Row[] };
  const tally = new Tally();
  const rule = { ...TEN_FIVE_RULE, threshold: file.threshold };
  for (const { n, pcv, pvalue, count } of [...file.vectors, ...file.doc_rows]) {
    tally.equal(`row of ${n}`, sharedRow(n, rule), pcv);
    tally.near(`change of ${n}`, roundingNoise(n, rule), pvalue, 0);
    tally.equal(`published for ${n}`, roundedCount(n, rule), count);
  }
  return tally;
}
