import type { Cardinality, SegmentShape } from '#libs/record';
import type { EncodingSpec, SegmentSpec } from '../encoding-spec.js';
import { FilterRisk, type RiskStatistics } from './filter-risk.js';
import {
  brokenRules, worstVerdict, type DeclaredHardening, type RiskFinding, type RiskLevels, type RiskVerdict,
} from './risk-levels.js';
import { ValueFrequencies } from './value-frequencies.js';

/** `too-few-records`: nothing can be said from so few. */
export type SegmentVerdict = RiskVerdict | 'too-few-records';

export interface SegmentRisk {
  readonly name: string;
  readonly declared: DeclaredHardening;
  readonly statistics: RiskStatistics;
  readonly findings: readonly RiskFinding[];
  readonly verdict: SegmentVerdict;
}

/** What an extract's filters give away, segment by segment and over whole records. */
export interface ExtractRisk {
  readonly verdict: SegmentVerdict;
  readonly segments: readonly SegmentRisk[];
  readonly records: {
    readonly statistics: RecordStatistics;
    readonly findings: readonly RiskFinding[];
    readonly verdict: SegmentVerdict;
  };
}

/** Of whole records: all filters of a record together. */
export interface RecordStatistics {
  readonly records: number;
  /** Share of records without any filter. */
  readonly emptyShare: number;
  readonly duplicateShare: number;
  readonly greatestMultiplicity: number;
  readonly greatestShare: number;
}

/** What a segment of a spec declares. BLIP and salting leave the pattern of the tokens as it is. */
function declaredHardening(segment: SegmentSpec): DeclaredHardening {
  const steps = (segment.hardening ?? []).map(({ type }) => type);
  if (steps.includes('balance')) return 'balanced';
  return steps.some((type) => ['diffusion', 'xor-fold', 'rule-90'].includes(type)) ? 'hardened' : 'plain';
}

/** Declarations of all segments of a spec, by name. */
export function declarationsOf(spec: EncodingSpec): Map<string, DeclaredHardening> {
  return new Map(spec.segments.map((segment) => [segment.name, declaredHardening(segment)]));
}

/**
 * Collects the risk of an extract row by row. Memory is bounded whatever the number of rows. The readable
 * twin of `RowBlockRisk`.
 */
export class ExtractRiskCollector {
  private readonly risks: FilterRisk[];
  private readonly frequencies = new ValueFrequencies();
  private readonly bytes: number;
  private records = 0;
  private empty = 0;

  constructor(private readonly segments: readonly SegmentShape[]) {
    this.risks = segments.map(({ bits }) => new FilterRisk(bits));
    this.bytes = segments.reduce((sum, { bits }) => sum + bits / 8, 0);
  }

  /** Takes the filters of one record, back to back from `offset` of `row`. */
  add(row: Uint8Array, offset: number): void {
    this.records++;
    let at = offset;
    this.segments.forEach(({ bits }, s) => {
      this.risks[s].add(row, at);
      at += bits / 8;
    });
    if (row.subarray(offset, at).every((byte) => byte === 0)) this.empty++;
    else this.frequencies.add(row, offset, offset + this.bytes);
  }

  /** See `judgeRisk`. */
  judge(
    levels: RiskLevels, declared: ReadonlyMap<string, DeclaredHardening>, cardinality: Cardinality,
  ): ExtractRisk {
    const segments = this.segments.map((shape, s) => ({ ...shape, statistics: this.risks[s].statistics() }));
    return judgeRisk(segments, this.recordStatistics(), levels, declared, cardinality);
  }

  private recordStatistics(): RecordStatistics {
    const { records, empty } = this;
    const { duplicateShare, greatestMultiplicity, greatestShare } = this.frequencies.statistics();
    return {
      records, emptyShare: records === 0 ? 0 : empty / records,
      duplicateShare, greatestMultiplicity, greatestShare,
    };
  }
}

/**
 * Judges collected statistics. A segment without a declaration is judged as hardened, as the default profile
 * is, and columns of block keys by levels of their own: their bits say nothing, and their frequencies all. In
 * a register with many records a person, equal filters may be one person: there, values that can be read off
 * their frequencies are a warning at most, and other repetition is nothing.
 */
export function judgeRisk(
  collected: readonly (SegmentShape & { readonly statistics: RiskStatistics })[],
  ofRecords: RecordStatistics, levels: RiskLevels, declared: ReadonlyMap<string, DeclaredHardening>,
  cardinality: Cardinality,
): ExtractRisk {
  const segments = collected.map(({ name, block, statistics }): SegmentRisk => {
    const claim = block ? 'block-keys' : declared.get(name) ?? 'hardened';
    const present = statistics.records * (1 - statistics.missingShare);
    if (present < levels.leastRecords) {
      return { name, declared: claim, statistics, findings: [], verdict: 'too-few-records' };
    }
    const broken = brokenRules(block ? levels.block : levels.segment, { ...statistics }, claim);
    const findings = cardinality === 'many' ? softened(broken) : broken;
    return { name, declared: claim, statistics, findings, verdict: worstVerdict(findings) };
  });
  const records = judgeRecords(ofRecords, levels, cardinality);
  const judged = [...segments, records]
    .flatMap(({ verdict }) => (verdict === 'too-few-records' ? [] : [{ verdict }]));
  return { verdict: judged.length === 0 ? 'too-few-records' : worstVerdict(judged), segments, records };
}

function judgeRecords(
  statistics: RecordStatistics, levels: RiskLevels, cardinality: Cardinality,
): ExtractRisk['records'] {
  if (statistics.records < levels.leastRecords) return { statistics, findings: [], verdict: 'too-few-records' };
  const broken = brokenRules(levels.record, { ...statistics }, 'hardened');
  const findings = cardinality === 'many' ? broken.filter(({ statistic }) => !rests(statistic)) : broken;
  return { statistics, findings, verdict: worstVerdict(findings) };
}

/** Whether a statistic rests on how often values repeat. */
function rests(statistic: string): boolean {
  return ['duplicateShare', 'greatestMultiplicity', 'greatestShare', 'alignableShare'].includes(statistic);
}

/** One frequent value is one busy person; many values that stand out are worth a look all the same. */
function softened(findings: readonly RiskFinding[]): RiskFinding[] {
  return findings.filter(({ statistic }) => statistic !== 'greatestShare')
    .map((finding) => (rests(finding.statistic) ? { ...finding, verdict: 'warn' } : finding));
}
