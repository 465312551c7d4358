import { SAFES, type ApprovalPolicy, type Safe } from '../access/approval-rules.js';

/** Data protection impact assessment (GDPR Article 35), as far as the gate asks for it. */
export interface DataProtectionImpactAssessment {
  readonly risk: string;
  readonly mitigation: string;
  readonly residualRisk: string;
  /** Who signed it. */
  readonly signature: string;
}

export const DPIA_PARTS = ['risk', 'mitigation', 'residualRisk', 'signature'] as const;

/** One dimension of the Five Safes: 0 (not safe) to 3 (safe), with what shows it. */
export interface SafeAssessment {
  readonly score: number;
  readonly evidence: readonly string[];
  readonly assessor: string;
  /** ISO 8601 date. */
  readonly date: string;
}

export type FiveSafes = Readonly<Record<Safe, SafeAssessment>>;

/** What a project shows the gate. */
export interface AssessedProject {
  readonly vulnerableGroups: boolean;
  readonly dpia: Partial<DataProtectionImpactAssessment> | null;
  readonly fiveSafes: Partial<FiveSafes> | null;
  readonly consultation: string | null;
}

/** What keeps a project from being submitted, a phrase each; empty: complete. */
export function missingParts(project: AssessedProject, rules: ApprovalPolicy['fiveSafes']): string[] {
  const missing = DPIA_PARTS.filter((part) => !project.dpia?.[part]?.trim()).map((part) => `dpia.${part}`);
  for (const safe of SAFES) {
    const assessment = project.fiveSafes?.[safe];
    if (!assessment) missing.push(`fiveSafes.${safe}`);
    else if (assessment.evidence.every((evidence) => !evidence.trim())) missing.push(`fiveSafes.${safe}.evidence`);
    else if (assessment.score < minimumScore(safe, project, rules)) {
      missing.push(`fiveSafes.${safe}.score of at least ${minimumScore(safe, project, rules)}`);
    }
  }
  const sum = SAFES.reduce((total, safe) => total + (project.fiveSafes?.[safe]?.score ?? 0), 0);
  if (sum < rules.minimumSum) missing.push(`fiveSafes scores that sum to at least ${rules.minimumSum}, got ${sum}`);
  if (project.vulnerableGroups && !project.consultation?.trim()) {
    missing.push('consultation: a record, because vulnerable groups are in scope');
  }
  return missing;
}

function minimumScore(safe: Safe, project: AssessedProject, rules: ApprovalPolicy['fiveSafes']): number {
  const special = project.vulnerableGroups ? rules.vulnerableGroups[safe] ?? 0 : 0;
  return Math.max(rules.minimumEach, special);
}
