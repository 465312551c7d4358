/**
 * One login for each thing a module may touch. A module connects as the role that it needs, so that a
 * mistake in the cohort module cannot read an encoding; the grants stand in `migrations/`.
 */
export const DATABASE_ROLES = [
  /** Projects, members, approvals. */
  'governance',
  /** Writes encodings and content, and reads back what was sent, to check it; no content that is kept. */
  'extracts',
  /** Reads encodings, writes links. No content. */
  'linker',
  /** Reads links and content. No encodings. */
  'cohort',
  /** Cohort requests, approvals and releases. */
  'releases',
  /** Removes extracts and what came from them; can read neither encodings nor content nor links. */
  'retention',
  /** Reads the audit log. */
  'audit',
  /** The job queue's own schema and nothing else. */
  'queue',
] as const;

export type DatabaseRole = (typeof DATABASE_ROLES)[number];

/** Name of the role's login in PostgreSQL. */
export function loginOf(role: DatabaseRole): string {
  return `vinculum_${role}`;
}
