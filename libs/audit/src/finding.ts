/** The file is not what the log's key signed. */
export const INTEGRITY_CODES = [
  'HEADER_UNREADABLE', 'KEY_DIFFERS', 'LEAF_UNREADABLE', 'EVENT_ALTERED', 'LEAF_HASH_ALTERED', 'LEAF_ALTERED',
  'CHECKPOINT_UNREADABLE', 'ORIGIN_DIFFERS', 'SIZE_DIFFERS', 'ROOT_DIFFERS',
  'SIGNATURE_ABSENT', 'SIGNATURE_WRONG', 'SIGNATURE_UNKNOWN', 'KEPT_CHECKPOINT_DIFFERS', 'KEPT_CHECKPOINT_UNSIGNED',
] as const;

/** The log is authentic, and says that something was done that must not be done. */
export const CONDUCT_CODES = [
  'EVENT_INVALID', 'SEQUENCE_GAP', 'CLOCK_BACKWARDS', 'SELF_APPROVAL', 'REPEATED_APPROVAL',
  'APPROVAL_WITHOUT_REQUEST', 'RELEASE_WITHOUT_TWO_APPROVALS',
] as const;

export type FindingCode = (typeof INTEGRITY_CODES)[number] | (typeof CONDUCT_CODES)[number];

/** Something that an auditor must know about a log. */
export interface Finding {
  readonly code: FindingCode;
  /** 0-based index of the leaf, where the finding is about one. */
  readonly leaf?: number;
  /** 1-based line of the exported file, where the finding is about one. */
  readonly line?: number;
  readonly message: string;
}

/** Whether the finding says that the file was altered, rather than that people misbehaved. */
export function isIntegrityFinding(finding: Finding): boolean {
  return (INTEGRITY_CODES as readonly string[]).includes(finding.code);
}

/** Of each kind at most this many findings are kept; the total is always stated. */
export const MAX_FINDINGS = 500;

/** Collects findings in bounded memory: a file of a million altered leaves must not exhaust the verifier. */
export class FindingList {
  total = 0;
  private readonly integrity: Finding[] = [];
  private readonly conduct: Finding[] = [];

  add(...findings: readonly Finding[]): void {
    for (const finding of findings) {
      this.total += 1;
      const kept = isIntegrityFinding(finding) ? this.integrity : this.conduct;
      if (kept.length < MAX_FINDINGS) kept.push(finding);
    }
  }

  get hasIntegrity(): boolean {
    return this.integrity.length > 0;
  }

  /** By leaf; what is about no leaf comes first by its line, then what is about the file as a whole. */
  sorted(): Finding[] {
    // Leaf i stands on line i + 2: the header is line 1.
    const place = (finding: Finding): number => finding.line ?? (finding.leaf ?? Infinity) + 2;
    const inOrder = (a: Finding, b: Finding): number => (place(a) === place(b) ? 0 : place(a) - place(b));
    return [...this.integrity, ...this.conduct].sort(inOrder);
  }
}
