import { BIT_ORDERS, CLK_SEGMENT, clkBytes } from '#libs/encode';
import {
  BLOCK_KEY_BITS, CONTENT_HEADER, EXTRACT_PART_FILES, REGISTER_ID_PATTERN, VARIABLE_SOURCES, VinculumError,
  encodingRowBytes, filterSegments, type DeliveredClks, type ExtractManifest, type SegmentShape,
} from '#libs/record';
import { isIsoDate } from './part-rows.js';

type Members = Readonly<Record<string, unknown>>;
const SEGMENT_NAME = /^[a-z][a-zA-Z0-9_-]{0,63}$/;
/** Filters of a spec at most, and block keys. */
const MOST_COLUMNS = 32 + 4;
const PARTS = Object.keys(EXTRACT_PART_FILES);
const MEMBERS = [
  'format', 'version', 'registerId', 'cardinality', 'referenceDate', 'specHash', 'keyFingerprint', 'segments',
  'records', 'parts', 'spec', 'canaries', 'variables', 'clks',
];

/**
 * Checks the manifest of an extract, counts and sizes of its parts against each other included.
 *
 * @throws VinculumError EXTRACT_MANIFEST_INVALID with every reason.
 */
export function parseExtractManifest(json: unknown): ExtractManifest {
  const reasons = isObject(json) ? reasonsAgainst(json) : ['expected a JSON object'];
  if (reasons.length === 0) return json as ExtractManifest;
  throw new VinculumError('EXTRACT_MANIFEST_INVALID', `the manifest is refused: ${reasons.join('; ')}`);
}

function reasonsAgainst(manifest: Members): string[] {
  const reasons = Object.keys(manifest).filter((member) => !MEMBERS.includes(member))
    .map((member) => `unknown member ${JSON.stringify(member)}`);
  const expect = (good: boolean, reason: string): void => {
    if (!good) reasons.push(reason);
  };
  expect(manifest.format === 'vinculum-extract', 'format: expected "vinculum-extract"');
  expect(manifest.version === 1, 'version: expected 1');
  expect(matches(manifest.registerId, REGISTER_ID_PATTERN), 'registerId: expected a lower-case letter, then a-z, 0-9 and -');
  expect(manifest.cardinality === 'unique' || manifest.cardinality === 'many', 'cardinality: expected unique or many');
  expect(typeof manifest.referenceDate === 'string' && isIsoDate(manifest.referenceDate),
    'referenceDate: expected YYYY-MM-DD');
  expect(matches(manifest.specHash, /^[0-9a-f]{64}$/), 'specHash: expected 64 lower-case hex digits');
  expect(matches(manifest.keyFingerprint, /^[0-9a-f]{16}$/), 'keyFingerprint: expected 16 lower-case hex digits');
  expect(isCount(manifest.records), 'records: expected a whole number');
  const segments = segmentsOf(manifest.segments);
  expect(segments !== undefined, 'segments: expected different names, and lengths that are positive multiples of 8; columns of block keys '
    + `last, of ${BLOCK_KEY_BITS} bits`);
  expect(manifest.spec === undefined || isObject(manifest.spec), 'spec: expected a JSON object');
  expect(areCanaries(manifest.canaries, segments),
    'canaries: expected at most one hash of each segment, {"segment","sha256"}');
  expect(areVariables(manifest.variables), `variables: expected each of ${VARIABLES.join(', ')} at most once, as `
    + `{"name","source"} with a source of ${VARIABLE_SOURCES.join(', ')}`);
  return [...reasons, ...reasonsAgainstParts(manifest, segments), ...reasonsAgainstClks(manifest)];
}

function areClks(json: unknown): json is DeliveredClks {
  return isObject(json) && Object.keys(json).length === 3 && (json.layout === 'json' || json.layout === 'binary')
    && isCount(json.bits) && json.bits > 0 && BIT_ORDERS.includes(json.bitOrder as never);
}

/** Filters without record ids need content that has them. */
function reasonsAgainstClks({ clks, segments, parts }: Members): string[] {
  if (clks === undefined) return [];
  if (!areClks(clks)) return [`clks: expected {"layout","bits","bitOrder"} of json or binary, a number, ${BIT_ORDERS.join(' or ')}`];
  const reasons: string[] = [];
  const bits = clkBytes(clks.bits) * 8;
  const [segment] = segmentsOf(segments) ?? [];
  if (segment?.name !== CLK_SEGMENT || segment.bits !== bits || (segments as unknown[]).length !== 1) {
    reasons.push(`segments: expected one, ${CLK_SEGMENT} of ${bits} bits, for clks of ${clks.bits} bits`);
  }
  if (!isObject(parts) || parts.content === undefined) {
    reasons.push('parts.content: expected beside clks, because it has the record ids');
  }
  return reasons;
}

/** Undefined where the size says nothing of the rows. */
function bytesOfEncodings(
  clks: unknown, segments: readonly SegmentShape[], rows: number,
): number | undefined {
  if (!areClks(clks)) return encodingRowBytes(segments) * rows;
  return clks.layout === 'binary' ? clkBytes(clks.bits) * rows : undefined;
}

/** Variables of content that a manifest may declare. */
const VARIABLES: readonly string[] = CONTENT_HEADER.slice(1);

function areCanaries(json: unknown, segments: readonly SegmentShape[] = []): boolean {
  if (json === undefined) return true;
  if (!Array.isArray(json)) return false;
  const names = json.map((hash: unknown) => (isObject(hash) && Object.keys(hash).length === 2
    && matches(hash.sha256, /^[0-9a-f]{64}$/) ? hash.segment : undefined));
  return names.every((name) => segments.some((segment) => segment.name === name))
    && new Set(names).size === names.length;
}

function areVariables(json: unknown): boolean {
  if (json === undefined) return true;
  if (!Array.isArray(json)) return false;
  const names = json.map((variable: unknown) => (isObject(variable) && Object.keys(variable).length === 2
    && VARIABLE_SOURCES.includes(variable.source as never) ? variable.name : undefined));
  return names.every((name) => VARIABLES.includes(name as string)) && new Set(names).size === names.length;
}

function reasonsAgainstParts(manifest: Members, segments: SegmentShape[] | undefined): string[] {
  const { parts, records } = manifest;
  if (!isObject(parts)) return ['parts: expected a JSON object'];
  const reasons: string[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (!PARTS.includes(name)) reasons.push(`parts: unknown part ${JSON.stringify(name)}`);
    else if (!isPart(part)) reasons.push(`parts.${name}: expected rows, bytes and sha256`);
    else if (name !== 'events' && part.rows !== records) {
      reasons.push(`parts.${name}.rows: expected the number of records, ${String(records)}, got ${part.rows}`);
    }
  }
  if (!isPart(parts.encodings)) reasons.push('parts.encodings: expected the part that every extract has');
  else if (segments !== undefined) {
    const bytes = bytesOfEncodings(manifest.clks, segments, parts.encodings.rows);
    if (bytes !== undefined && parts.encodings.bytes !== bytes) {
      reasons.push(`parts.encodings.bytes: expected ${bytes} for these segments and rows, got ${parts.encodings.bytes}`);
    }
  }
  return reasons;
}

function segmentsOf(json: unknown): SegmentShape[] | undefined {
  if (!Array.isArray(json) || json.length === 0 || json.length > MOST_COLUMNS) return undefined;
  const good = json.every((segment: unknown) => isObject(segment) && matches(segment.name, SEGMENT_NAME)
    && isCount(segment.bits) && segment.bits > 0 && segment.bits % 8 === 0 && segment.bits <= 65536
    && (segment.block === undefined || (segment.block === true && segment.bits === BLOCK_KEY_BITS)));
  const segments = json as SegmentShape[];
  if (!good || filterSegments(segments).some(({ name }, s) => name !== segments[s].name)) return undefined;
  const areDifferent = new Set(segments.map(({ name }) => name)).size === segments.length;
  return areDifferent && filterSegments(segments).length > 0 ? segments : undefined;
}

function isPart(json: unknown): json is { rows: number; bytes: number; sha256: string } {
  return isObject(json) && isCount(json.rows) && isCount(json.bytes)
    && matches(json.sha256, /^[0-9a-f]{64}$/);
}

function isObject(json: unknown): json is Members {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isCount(json: unknown): json is number {
  return Number.isSafeInteger(json) && (json as number) >= 0;
}

function matches(json: unknown, pattern: RegExp): boolean {
  return typeof json === 'string' && pattern.test(json);
}
