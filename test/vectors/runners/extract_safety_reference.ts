import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brokenRules, parseRiskLevels, type DeclaredHardening } from '#libs/encode';
import { Tally, type VectorResult } from '../vector-runner.js';

interface MeasuredStatistics {
  readonly fill_mean: number;
  readonly weight_sd: number;
  readonly dup_share: number;
  readonly max_mult: number;
  readonly mean_bit_entropy: number;
  readonly abs_phi_p99: number;
}

interface SafetyFile {
  readonly variants: Readonly<Record<string, { readonly stats: MeasuredStatistics }>>;
  readonly bad_extracts: Readonly<Record<string, MeasuredStatistics>>;
}

/** Filters of the measured extracts: the file gives aggregates of 5,000 filters of 1,024 bits. */
const ROWS = 5000;
const BITS = 1024;

/** Compiled, this file lies in dist/test/vectors/runners. */
const LEVELS = resolve(__dirname, '../../../../config/encoding/risk-levels.json');

/**
 * Statistics that were measured on good and bad extracts, judged by this repository's levels: what is
 * hardened enough passes as hardened, what is not is refused under that declaration, and bad extracts are
 * refused whatever they declare. Random bits pass: only the comparison with other extracts finds them.
 */
export function run(content: string): VectorResult {
  const file = JSON.parse(content) as SafetyFile;
  const tally = new Tally();
  for (const [name, { stats }] of Object.entries(file.variants)) {
    const balanced = name === 'balanced';
    const hardened = /^(XOR-fold|Rule 90|diffusion t=([5-9]|\d\d))/.test(name);
    tally.equal(`${name} is refused as ${balanced ? 'balanced' : 'hardened'}`,
      refused(stats, balanced ? 'balanced' : 'hardened', balanced ? 2 * BITS : BITS), !hardened && !balanced);
  }
  for (const [name, stats] of Object.entries(file.bad_extracts)) {
    tally.equal(`${name} is refused`, refused(stats, 'plain', BITS), name !== 'random_bits');
  }
  return tally;
}

function refused(stats: MeasuredStatistics, declared: DeclaredHardening, bits: number): boolean {
  const levels = parseRiskLevels(JSON.parse(readFileSync(LEVELS, 'utf8')));
  const fill = stats.fill_mean;
  const statistics = {
    fillMean: fill, weightDispersion: stats.weight_sd / Math.sqrt(bits * fill * (1 - fill)),
    duplicateShare: stats.dup_share, greatestShare: stats.max_mult > 5 ? stats.max_mult / ROWS : 0,
    entropy: stats.mean_bit_entropy, correlation: (stats.abs_phi_p99 * Math.sqrt(ROWS)) / 2.576,
  };
  return [levels.segment, levels.record].flatMap((rules) => brokenRules(rules, statistics, declared))
    .some(({ verdict }) => verdict === 'refuse');
}
