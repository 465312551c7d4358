import { Injectable } from '@nestjs/common';
import {
  declaredSpec, parseRiskLevels,
  type DeclaredHardening, type ExtractRisk, type RiskFinding, type RiskLevels,
} from '#libs/encode';
import { blockColumns, VinculumError, type ExtractManifest } from '#libs/record';
import { readConfigFile } from '../platform/settings/config-file.js';
import type { SafetyFindingView, SafetyView } from './report-view.js';
import { assertShape } from './project-fit.js';

/** By what extracts are judged that give something away: config/encoding/risk-levels.json. */
@Injectable()
export class EncodingSafety {
  private readonly file =
    readConfigFile('encoding', 'risk-levels', 'RISK_LEVELS_INVALID', parseRiskLevels);

  readonly levels: RiskLevels = this.file.policy;

  /** Of the levels, for the log. */
  readonly hash: string = this.file.hash;

  /** Fewer records are not judged, and not compared with other extracts. */
  readonly leastRecords: number = this.file.policy.leastRecords;
}

/**
 * What the manifest's spec declares of each segment; nothing where it holds no spec.
 *
 * @throws VinculumError `SPEC_NOT_ATTESTED` where the spec is not the one of the hash,
 *   `BLOCKS_NOT_ATTESTED` where there are block keys and no spec,
 *   `FILTER_LENGTH_DIFFERS` where it gives other filters, or what the spec itself is refused for.
 */
export function attestation(manifest: ExtractManifest): ReadonlyMap<string, DeclaredHardening> {
  if (manifest.spec === undefined) {
    if (blockColumns(manifest.segments).length === 0) return new Map();
    throw new VinculumError('BLOCKS_NOT_ATTESTED',
      'the extract has block keys, and its manifest no spec that has rules for them; encode again with a spec that '
      + 'the project agreed on');
  }
  const { hash, segments, declared } = declaredSpec(manifest.spec);
  if (hash !== manifest.specHash) {
    throw new VinculumError('SPEC_NOT_ATTESTED',
      `the manifest's specHash is ${manifest.specHash}, that of its spec ${hash}; encode again`);
  }
  assertShape(manifest.segments, segments, 'the spec gives');
  return declared;
}

/** @throws VinculumError `ENCODINGS_UNSAFE` that states every statistic that is beyond its level. */
export function assertSafe({ verdict, findings }: SafetyView): void {
  if (verdict !== 'refuse') return;
  const reasons = findings.filter((finding) => finding.verdict === 'refuse')
    .map(({ of, statistic, value, beyond, level, why }) => `${of}: ${statistic} is ${value}, ${beyond} ${level} (${why})`);
  throw new VinculumError('ENCODINGS_UNSAFE',
    `the filters give too much away. ${reasons.join('; ')}. Encode with the default profile, or see docs/encoding.md`);
}

/** What the custodian's report says of the risk; no value of a record. */
export function safetyView({ verdict, segments, records }: ExtractRisk): SafetyView {
  return {
    verdict,
    segments: segments.map(({ name, declared, verdict: its }) => ({ name, declared, verdict: its })),
    findings: [
      ...segments.flatMap(({ name, findings }) => findings.map((finding) => findingView(`segment ${name}`, finding))),
      ...records.findings.map((finding) => findingView('whole records', finding)),
    ],
  };
}

function findingView(
  of: string, { statistic, value, limit: level, verdict, why }: RiskFinding,
): SafetyFindingView {
  const beyond = value > level ? 'above' : 'below';
  return { of, statistic, value: Number(value.toPrecision(3)), beyond, level, verdict, why };
}
