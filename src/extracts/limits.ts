import { VinculumError, type ExtractManifest, type ExtractPartName } from '#libs/record';

/*
 * What one custodian may ask of the service. docs/operations.md states the same figures; a test compares.
 */

/** The check of an extract holds 13.4 bytes a record in memory: 1.34 GB here. */
export const MAX_RECORDS = 100_000_000;
export const MAX_EVENTS = 1_000_000_000;
/** 64 GiB. */
export const MAX_PART_BYTES = 64 * 2 ** 30;
/** Pieces that a part may be sent in. */
export const MAX_UPLOADS_A_PART = 1_000;
/** Extracts of one register in one project that are being received at the same time. */
export const MAX_RECEIVING = 10;
/** Requests with bytes of parts at the same time in one process; each holds some 10 MB. */
export const MAX_STREAMS = 12;
/** Extracts that one process checks at the same time; each holds a connection to the database. */
export const MAX_CHECKS = 2;

/** @throws VinculumError `EXTRACT_TOO_LARGE` that names every count beyond its limit. */
export function assertWithinLimits(manifest: ExtractManifest): void {
  const beyond: string[] = [];
  const check = (what: string, count: number, limit: number): void => {
    if (count > limit) beyond.push(`${what}: expected at most ${limit}, got ${count}`);
  };
  check('records', manifest.records, MAX_RECORDS);
  check('events', manifest.parts.events?.rows ?? 0, MAX_EVENTS);
  for (const [name, part] of Object.entries(manifest.parts) as [ExtractPartName, { bytes: number }][]) {
    check(`bytes of ${name}`, part.bytes, MAX_PART_BYTES);
  }
  if (beyond.length === 0) return;
  throw new VinculumError('EXTRACT_TOO_LARGE', `${beyond.join('; ')}. Split the register`);
}
