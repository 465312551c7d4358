import { StringDecoder } from 'node:string_decoder';
import {
  CONTENT_HEADER, EVENTS_HEADER, EXTRACT_PART_FILES, MAX_ROW_ERRORS, RECORD_ID_BYTES, VinculumError,
  type ExtractManifest, type RowError,
} from '#libs/record';
import { forEachRow, readManifest, readPart } from './extract-reader.js';
import { refusalsOfContentFields, refusalsOfEventFields, type FieldRefusal } from './part-rows.js';
import { RecordIdTable } from './record-id-table.js';

/** What is wrong with an extract; `row` is 1-based within the part, where a row is at fault. */
export interface ExtractFinding extends Partial<RowError> {
  readonly part: 'manifest' | 'encodings' | 'content' | 'events';
  readonly code: string;
  readonly reason: string;
}

export interface ExtractVerification {
  /** Undefined when the manifest itself is refused. */
  readonly manifest: ExtractManifest | undefined;
  readonly good: boolean;
  /** At most `MAX_ROW_ERRORS`. */
  readonly findings: readonly ExtractFinding[];
  readonly findingsInAll: number;
}

/**
 * Checks an extract's folder against its manifest: hashes, sizes and counts of the parts, record ids
 * (no repetition; content in the order of the encodings; events of known records), codes and dates.
 *
 * @throws VinculumError EXTRACT_NOT_FOUND when there is no manifest.
 */
export async function verifyExtractFolder(folder: string): Promise<ExtractVerification> {
  const findings = new FindingList();
  const manifest = await readManifest(folder).catch((error: unknown) => {
    if (error instanceof VinculumError && error.code !== 'EXTRACT_NOT_FOUND') {
      findings.add({ part: 'manifest', code: error.code, reason: error.message });
      return undefined;
    }
    throw error;
  });
  if (manifest !== undefined) {
    const ids = new RecordIdTable();
    await guarded('encodings', findings, () => verifyEncodings(folder, manifest, ids, findings));
    await guarded('content', findings, () => verifyContent(folder, manifest, ids, findings));
    await guarded('events', findings, () => verifyEvents(folder, manifest, ids, findings));
  }
  return { manifest, good: findings.count === 0, findings: findings.listed, findingsInAll: findings.count };
}

class FindingList {
  readonly listed: ExtractFinding[] = [];
  count = 0;

  add(finding: ExtractFinding): void {
    this.count++;
    if (this.listed.length < MAX_ROW_ERRORS) this.listed.push(finding);
  }
}

async function guarded(
  part: ExtractFinding['part'], findings: FindingList, verify: () => Promise<void>,
): Promise<void> {
  try {
    await verify();
  } catch (error) {
    if (!(error instanceof VinculumError)) throw error;
    findings.add({ part, code: error.code, reason: error.message });
  }
}

async function verifyEncodings(
  folder: string, manifest: ExtractManifest, ids: RecordIdTable, findings: FindingList,
): Promise<void> {
  await forEachRow(folder, manifest, (bytes, row) => {
    const first = ids.add(bytes.subarray(0, RECORD_ID_BYTES), row + 1);
    if (first === 0) return;
    findings.add({
      part: 'encodings', code: 'RECORD_ID_REPEATED', row: row + 1, field: 'record_id',
      reason: `expected each record once; row ${first} has the same record id`,
    });
  });
}

async function verifyContent(
  folder: string, manifest: ExtractManifest, ids: RecordIdTable, findings: FindingList,
): Promise<void> {
  await verifyRows(folder, manifest, 'content', CONTENT_HEADER, findings, (fields, row) => {
    const refusals = refusalsOfContentFields(fields);
    if (refusals.length > 0 || ids.rowOf(Buffer.from(fields[0], 'hex')) === row) return refusals;
    return [{ field: 'record_id', reason: 'expected the record id of the same row of the encodings' }];
  });
}

async function verifyEvents(
  folder: string, manifest: ExtractManifest, ids: RecordIdTable, findings: FindingList,
): Promise<void> {
  await verifyRows(folder, manifest, 'events', EVENTS_HEADER, findings, (fields) => {
    const refusals = refusalsOfEventFields(fields);
    if (refusals.length > 0 || ids.rowOf(Buffer.from(fields[0], 'hex')) > 0) return refusals;
    return [{ field: 'record_id', reason: 'expected the record id of a record of this extract' }];
  });
}

async function verifyRows(
  folder: string, manifest: ExtractManifest, part: 'content' | 'events', header: readonly string[],
  findings: FindingList, refusalsOf: (fields: readonly string[], row: number) => FieldRefusal[],
): Promise<void> {
  const expected = manifest.parts[part];
  if (expected === undefined) return;
  let row = -1;
  await readLines(folder, manifest, part, (line) => {
    row++;
    if (row === 0) {
      if (line === header.join(',')) return;
      findings.add({ part, code: 'HEADER_DIFFERS', reason: `expected the header ${header.join(',')}` });
      return;
    }
    for (const refusal of refusalsOf(line.split(','), row)) {
      findings.add({ part, code: 'ROW_REFUSED', row, ...refusal });
    }
  });
  if (row === expected.rows) return;
  findings.add({
    part, code: 'ROWS_DIFFER',
    reason: `${EXTRACT_PART_FILES[part]}: expected ${expected.rows} rows after the header, got ${Math.max(row, 0)}`,
  });
}

/**
 * A line that is longer than any row can be is cut there, and refused for its number of fields or their
 * form.
 */
const MAX_LINE_CHARACTERS = 4096;

async function readLines(
  folder: string, manifest: ExtractManifest, part: 'content' | 'events', visit: (line: string) => void,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  await readPart(folder, manifest, part, (chunk) => {
    const lines = (pending + decoder.write(Buffer.from(chunk))).split('\n');
    pending = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    lines.forEach(visit);
  });
  if (pending !== '') visit(pending);
}
