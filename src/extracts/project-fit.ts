import { CONTENT_HEADER, VinculumError, type DeclaredVariable, type ExtractManifest, type SegmentShape } from '#libs/record';
import { Refusal } from '../platform/problem/refusal.js';
import type { Project } from '../projects/project-view.js';

const RECEIVING_STATES: readonly string[] = ['approved', 'collecting', 'linked'];

/**
 * What a manifest says, against what the project agreed on.
 *
 * @throws Refusal 403 `NOT_YOUR_REGISTER`, 409 `PROJECT_STATE`; VinculumError `CARDINALITY_DIFFERS`,
 *   `SPEC_HASH_DIFFERS`, `KEY_FINGERPRINT_DIFFERS`.
 */
export function assertFitsProject(manifest: ExtractManifest, project: Project, organisation: string): void {
  if (!RECEIVING_STATES.includes(project.state)) {
    throw new Refusal(409, 'PROJECT_STATE',
      `the project is ${project.state}; it takes extracts when it is ${RECEIVING_STATES.join(' or ')}`);
  }
  const register = project.registers.find(({ registerId }) => registerId === manifest.registerId);
  if (register?.organisation !== organisation) {
    throw new Refusal(403, 'NOT_YOUR_REGISTER', 'the project names no such register of your organisation');
  }
  if (register.cardinality !== manifest.cardinality) {
    throw new VinculumError('CARDINALITY_DIFFERS',
      `the project has this register as ${register.cardinality}, the manifest says ${manifest.cardinality}`);
  }
  if (project.referenceDate !== null && project.referenceDate !== manifest.referenceDate) {
    throw new VinculumError('REFERENCE_DATE_DIFFERS',
      `the project's reference date is ${project.referenceDate}, the extract's ${manifest.referenceDate}`);
  }
  assertAgreedVariables(variablesOf(manifest), project.variables);
  assertSame('SPEC_HASH_DIFFERS', 'encoding spec', project.encodingSpecHash, manifest.specHash);
  assertSame('KEY_FINGERPRINT_DIFFERS', 'key', project.keyFingerprint, manifest.keyFingerprint);
}

/** Variables that an extract delivers: those that it declares, or all as somebody else knew them. */
export function variablesOf(manifest: ExtractManifest): readonly DeclaredVariable[] {
  if (!manifest.parts.content) return [];
  return manifest.variables
    ?? CONTENT_HEADER.slice(1).map((name) => ({ name, source: 'third-party' as const }));
}

function assertAgreedVariables(
  variables: readonly DeclaredVariable[], agreed: readonly string[] | null,
): void {
  const beyond = variables.filter(({ name }) => agreed?.includes(name) === false);
  if (beyond.length === 0) return;
  throw new VinculumError('VARIABLES_NOT_AGREED',
    `the project agreed on ${agreed?.join(', ') || 'no variables'}, the extract delivers `
    + `${beyond.map(({ name }) => name).join(', ')} too; declare fewer variables, and leave the others empty`);
}

/**
 * The filters must be as long as those that the project already holds.
 *
 * @param agreed undefined before the first accepted extract.
 * @throws VinculumError `FILTER_LENGTH_DIFFERS` that names the segment.
 */
export function assertSegments(manifest: ExtractManifest, agreed: readonly SegmentShape[] | undefined): void {
  if (agreed) assertShape(manifest.segments, agreed, 'the project holds');
}

/** @throws VinculumError `FILTER_LENGTH_DIFFERS` that names the first segment that differs. */
export function assertShape(
  segments: readonly SegmentShape[], wanted: readonly SegmentShape[], who: string,
): void {
  const shape = ({ name, bits, block }: SegmentShape): string =>
    `${name} of ${bits} bits${block ? ' (block keys)' : ''}`;
  const [expected, got] = [wanted.map(shape), segments.map(shape)];
  const places = Math.max(expected.length, got.length);
  const differing = Array.from({ length: places }, (_, i) => i).find((i) => expected[i] !== got[i]);
  if (differing === undefined) return;
  throw new VinculumError('FILTER_LENGTH_DIFFERS',
    `segment ${differing + 1}: ${who} ${expected[differing] ?? 'none'}, the manifest says `
    + `${got[differing] ?? 'none'}; encode again with the spec that the project agreed on`);
}

function assertSame(code: string, what: string, expected: string | null, got: string): void {
  if (expected === null || expected === got) return;
  throw new VinculumError(code,
    `the project's ${what} is ${expected}, the extract's ${got}; encode again with what the project agreed on`);
}
