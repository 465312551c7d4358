import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brokenRules, parseRiskLevels, type DeclaredHardening, type RiskLevels, type RiskRule } from '#libs/encode';
import { Tally, type VectorResult } from '../vector-runner.js';

interface MeasuredStatistics {
  readonly fill_mean: number;
  readonly weight_sd: number;
  readonly dup_share: number;
  readonly max_mult: number;
  readonly mean_bit_entropy: number;
  readonly abs_phi_p99: number;
}

interface ColumnStatistics {
  readonly cols_gt95: number;
  readonly cols_lt02: number;
  readonly cols_const: number;
  readonly weight_sd_ratio: number;
}

interface SafetyFile {
  /** Shares of columns above .95 and below .02, and columns that never change. */
  readonly column_stats: Readonly<Record<string, ColumnStatistics>>;
  readonly frequency_alignment: Readonly<Record<'given_name' | 'surname' | 'dob', {
    readonly unique_rank_mass: number; readonly top_share: number;
  }>>;
  readonly variants: Readonly<Record<string, { readonly stats: MeasuredStatistics }>>;
  readonly bad_extracts: Readonly<Record<string, MeasuredStatistics>>;
}

/** Filters of the measured extracts: the file gives aggregates of 5,000 filters of 1,024 bits. */
const ROWS = 5000;
const BITS = 1024;

/** Compiled, this file lies in dist/test/vectors/runners. */
const LEVELS = resolve(__dirname, '../../../../config/encoding/risk-levels.json');

/** Extracts by their names in the two parts of the file. */
const COLUMNS_OF: Readonly<Record<string, string>> = {
  'double hash k=30': 'double k=30', 'random hash k=30': 'random k=30', 'random hash k=10 (fill~.2)': 'random k=10',
  'salted by birth year k=30': 'salt', 'XOR-fold (random k=30)': 'xor', 'Rule 90': 'rule90', 'BLIP f=0.10': 'blip.1',
  'diffusion t=5 (k=10)': 'diff5', 'diffusion t=10 (k=10)': 'diff10', only_sex_encoded: 'sexonly',
  surname_only: 'surname', random_bits: 'random_bits', constant: 'const',
};

/** Why each bad extract is refused, whatever it declares: statistics of which one at least must say so. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  only_sex_encoded: ['duplicateShare', 'constantColumns', 'entropy', 'fillMean'],
  surname_only: ['duplicateShare', 'greatestShare'],
  given_only: ['duplicateShare', 'greatestShare'],
  all_zero_5pct: ['greatestShare', 'duplicateShare'],
  'overfull_k=100': ['fillMean'],
  'underfull_k=3': ['fillMean'],
  constant: ['duplicateShare', 'greatestShare', 'weightDispersion'],
};

/**
 * Statistics that were measured on good and bad extracts, judged by this repository's levels: what is
 * hardened enough passes as hardened, what is not is refused under that declaration, and bad extracts are
 * refused whatever they declare, for their reasons. Random bits pass: only the comparison with other extracts
 * finds them. Given names alone are refused for frequency alignment, surnames too, birth dates not.
 */
export function run(content: string): VectorResult {
  const file = JSON.parse(content) as SafetyFile;
  const tally = new Tally();
  for (const [name, { stats }] of Object.entries(file.variants)) {
    const balanced = name === 'balanced';
    const hardened = /^(XOR-fold|Rule 90|diffusion t=([5-9]|\d\d))/.test(name);
    const columns = file.column_stats[COLUMNS_OF[name]];
    tally.equal(`${name} is refused as ${balanced ? 'balanced' : 'hardened'}`,
      refusals(stats, columns, balanced ? 'balanced' : 'hardened', balanced ? 2 * BITS : BITS).length > 0,
      !hardened && !balanced);
    if (columns !== undefined && !balanced) {
      const bits = name.startsWith('XOR-fold') ? BITS / 2 : BITS;
      tally.near(`${name}: dispersion of the weights`, dispersion(stats, bits), columns.weight_sd_ratio, 0.05);
    }
  }
  for (const [name, stats] of Object.entries(file.bad_extracts)) {
    const found = refusals(stats, file.column_stats[COLUMNS_OF[name]], 'plain', BITS);
    if (name === 'random_bits') tally.equal(`${name} is refused`, found, []);
    else tally.holds(`${name} is refused for its reason`, found.some((reason) => REASONS[name]?.includes(reason)));
  }
  for (const name of ['given_name', 'surname', 'dob'] as const) {
    const { unique_rank_mass: alignableShare } = file.frequency_alignment[name];
    tally.equal(`${name} alone is refused for frequency alignment`,
      refused(levels().segment, { alignableShare }, 'hardened').includes('alignableShare'), name !== 'dob');
  }
  return tally;
}

/** The statistics that refuse it, of those that the file gives. */
function refusals(
  stats: MeasuredStatistics, columns: ColumnStatistics | undefined, declared: DeclaredHardening, bits: number,
): string[] {
  const statistics = {
    fillMean: stats.fill_mean, weightDispersion: dispersion(stats, bits),
    duplicateShare: stats.dup_share, greatestShare: stats.max_mult > 5 ? stats.max_mult / ROWS : 0,
    entropy: stats.mean_bit_entropy, correlation: (stats.abs_phi_p99 * Math.sqrt(ROWS)) / 2.576,
    ...(columns && declared !== 'balanced'
      ? { skewedColumns: columns.cols_gt95 + columns.cols_lt02, constantColumns: columns.cols_const } : {}),
  };
  const { segment, record } = levels();
  return [segment, record].flatMap((rules) => refused(rules, statistics, declared));
}

function refused(
  rules: readonly RiskRule[], statistics: Readonly<Record<string, number>>, declared: DeclaredHardening,
): string[] {
  return brokenRules(rules, statistics, declared)
    .filter(({ verdict }) => verdict === 'refuse').map(({ statistic }) => statistic);
}

function dispersion({ fill_mean: fill, weight_sd: deviation }: MeasuredStatistics, bits: number): number {
  return deviation / Math.sqrt(bits * fill * (1 - fill));
}

function levels(): RiskLevels {
  return parseRiskLevels(JSON.parse(readFileSync(LEVELS, 'utf8')));
}
