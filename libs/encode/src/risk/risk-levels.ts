import { VinculumError } from '#libs/record';

/**
 * What a segment claims to be: hardened against the pattern of its tokens, balanced, plain, or no filters but
 * block keys.
 */
export type DeclaredHardening = 'hardened' | 'balanced' | 'plain' | 'block-keys';
export type RiskVerdict = 'good' | 'warn' | 'refuse';

/** One level: `statistic` above or below a limit earns a verdict. */
export interface RiskRule {
  readonly statistic: string;
  readonly above?: number;
  readonly below?: number;
  readonly verdict: 'warn' | 'refuse';
  /** Declarations that the rule is for; default all. */
  readonly declared?: readonly DeclaredHardening[];
  readonly why: string;
}

/** `config/encoding/risk-levels.json`. */
export interface RiskLevels {
  readonly kind: 'vinculum-risk-levels';
  readonly version: 1;
  /** Fewer filters than this are not judged: their statistics say little. */
  readonly leastRecords: number;
  /** Rules for a segment of filters. */
  readonly segment: readonly RiskRule[];
  /** Rules for a column of block keys. */
  readonly block: readonly RiskRule[];
  /** Rules for whole records (all segments together) of a register that holds each person once. */
  readonly record: readonly RiskRule[];
}

/** A rule that was broken. */
export interface RiskFinding {
  readonly statistic: string;
  readonly value: number;
  readonly limit: number;
  readonly verdict: 'warn' | 'refuse';
  readonly why: string;
}

/** @throws VinculumError RISK_LEVELS_INVALID with every reason. */
export function parseRiskLevels(json: unknown): RiskLevels {
  const reasons: string[] = [];
  const levels = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  if (levels.kind !== 'vinculum-risk-levels') reasons.push('kind: expected "vinculum-risk-levels"');
  if (levels.version !== 1) reasons.push('version: expected 1');
  if (!Number.isInteger(levels.leastRecords) || (levels.leastRecords as number) < 2) {
    reasons.push('leastRecords: expected a whole number of at least 2');
  }
  for (const list of ['segment', 'block', 'record']) {
    const rules = levels[list];
    if (!Array.isArray(rules)) reasons.push(`${list}: expected a list of rules`);
    else rules.forEach((rule: unknown, i) => checkRule(rule, `${list}[${i}]`, reasons));
  }
  if (reasons.length === 0) return json as RiskLevels;
  throw new VinculumError('RISK_LEVELS_INVALID', `the risk levels are refused: ${reasons.join('; ')}`);
}

const STATISTICS = [
  'missingShare', 'fullShare', 'fillMean', 'fillMin', 'fillMax', 'outlyingShare', 'weightDispersion',
  'duplicateShare', 'greatestMultiplicity', 'greatestShare', 'alignableShare', 'skewedColumns',
  'constantColumns', 'entropy', 'correlation', 'emptyShare',
];
const DECLARED = ['hardened', 'balanced', 'plain'];
const MEMBERS = ['statistic', 'above', 'below', 'verdict', 'declared', 'why'];

function checkRule(json: unknown, at: string, reasons: string[]): void {
  const rule = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  for (const member of Object.keys(rule)) {
    if (!MEMBERS.includes(member)) reasons.push(`${at}: unknown member ${member}`);
  }
  if (!STATISTICS.includes(rule.statistic as string)) {
    reasons.push(`${at}.statistic: expected one of ${STATISTICS.join(', ')}`);
  }
  if (typeof rule.above === 'number' === (typeof rule.below === 'number')) {
    reasons.push(`${at}: expected either above or below, a number`);
  }
  if (rule.verdict !== 'warn' && rule.verdict !== 'refuse') reasons.push(`${at}.verdict: expected warn or refuse`);
  const { declared } = rule;
  const known = Array.isArray(declared) && declared.every((name) => DECLARED.includes(name as string));
  if (declared !== undefined && !known) {
    reasons.push(`${at}.declared: expected some of ${DECLARED.join(', ')}`);
  }
  if (typeof rule.why !== 'string' || rule.why === '') reasons.push(`${at}.why: expected a sentence`);
}

/** The rules that statistics break, for each statistic the worst one, in the order of the rules. */
export function brokenRules(
  rules: readonly RiskRule[], statistics: Readonly<Record<string, number>>, declared: DeclaredHardening,
): RiskFinding[] {
  const broken = rules.flatMap((rule): RiskFinding[] => {
    const value = statistics[rule.statistic];
    if (value === undefined || rule.declared?.includes(declared) === false) return [];
    const limit = (rule.above ?? rule.below) as number;
    const breaks = rule.above === undefined ? value < limit : value > limit;
    return breaks ? [{ statistic: rule.statistic, value, limit, verdict: rule.verdict, why: rule.why }] : [];
  });
  return broken.filter(({ statistic, verdict }) => verdict === 'refuse'
    || !broken.some((other) => other.statistic === statistic && other.verdict === 'refuse'));
}

export function worstVerdict(findings: readonly { readonly verdict: RiskVerdict }[]): RiskVerdict {
  if (findings.some(({ verdict }) => verdict === 'refuse')) return 'refuse';
  return findings.some(({ verdict }) => verdict === 'warn') ? 'warn' : 'good';
}
