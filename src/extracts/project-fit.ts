import { VinculumError, type ExtractManifest, type SegmentShape } from '#libs/record';
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
  assertSame('SPEC_HASH_DIFFERS', 'encoding spec', project.encodingSpecHash, manifest.specHash);
  assertSame('KEY_FINGERPRINT_DIFFERS', 'key', project.keyFingerprint, manifest.keyFingerprint);
}

/**
 * The filters must be as long as those that the project already holds.
 *
 * @param agreed undefined before the first accepted extract.
 * @throws VinculumError `FILTER_LENGTH_DIFFERS` that names the segment.
 */
export function assertSegments(manifest: ExtractManifest, agreed: readonly SegmentShape[] | undefined): void {
  if (!agreed) return;
  const shape = ({ name, bits }: SegmentShape): string => `${name} of ${bits} bits`;
  const [expected, got] = [agreed.map(shape), manifest.segments.map(shape)];
  const differing = Math.max(expected.length, got.length) > 0
    && [...expected.keys(), ...got.keys()].find((i) => expected[i] !== got[i]);
  if (differing === undefined || differing === false) return;
  throw new VinculumError('FILTER_LENGTH_DIFFERS',
    `segment ${differing + 1}: the project holds ${expected[differing] ?? 'none'}, the manifest says `
    + `${got[differing] ?? 'none'}; encode again with the spec that the project agreed on`);
}

function assertSame(code: string, what: string, expected: string | null, got: string): void {
  if (expected === null || expected === got) return;
  throw new VinculumError(code,
    `the project's ${what} is ${expected}, the extract's ${got}; encode again with what the project agreed on`);
}
