import { canonicalJson, VinculumError } from '#libs/record';
import { COSIGNATURE, formatVerifierKey, NOTE_SIGNATURE, parseVerifierKey, type VerifierKey } from './verifier-key.js';

/** First line of an exported log: which log it is and whose signatures are at its end. */
export interface ExportHeader {
  /** Key of the log; its name is the log's origin. */
  readonly key: VerifierKey;
  /** Keys of the witnesses whose cosignatures the export carries. */
  readonly witnesses: readonly VerifierKey[];
}

export const EXPORT_FORMAT = 'vinculum-audit-log';
export const EXPORT_VERSION = 1;

/** Canonical JSON, without the line's newline. */
export function formatExportHeader(header: ExportHeader): string {
  return canonicalJson({
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    origin: header.key.name,
    vkey: formatVerifierKey(header.key),
    witnesses: header.witnesses.map(formatVerifierKey),
  });
}

/**
 * Reads the first line. Only the canonical text is accepted, so that no byte of it can change unseen.
 *
 * @throws VinculumError AUDIT_HEADER_INVALID, or AUDIT_KEY_INVALID for a key in it.
 */
export function parseExportHeader(line: string): ExportHeader {
  const value = jsonObject(line);
  if (value.format !== EXPORT_FORMAT) throw invalid(`format ${EXPORT_FORMAT}`);
  if (value.version !== EXPORT_VERSION) throw invalid(`version ${EXPORT_VERSION}`);
  if (typeof value.vkey !== 'string' || !isTextList(value.witnesses)) throw invalid('vkey and witnesses');
  const header = { key: parseVerifierKey(value.vkey), witnesses: value.witnesses.map(parseVerifierKey) };
  if (header.key.type !== NOTE_SIGNATURE) throw invalid('a log key of type 1');
  if (header.witnesses.some((key) => key.type !== COSIGNATURE)) throw invalid('witness keys of type 4');
  if (formatExportHeader(header) !== line) throw invalid('the canonical form, and the key\'s name as origin');
  return header;
}

function jsonObject(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Refused below, as any other text that is no header.
  }
  throw invalid('a JSON object');
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function invalid(expected: string): VinculumError {
  return new VinculumError('AUDIT_HEADER_INVALID',
    `The first line of an exported audit log was expected: ${expected}. Export the log again.`);
}
