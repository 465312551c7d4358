import { canonicalJson, VinculumError, type JsonValue } from '#libs/record';
import type { BlockingSpec } from '#libs/block';
import type { DecisionRule } from '#libs/score';

/** What fully determines a linkage run, apart from its extracts. */
export interface LinkageSpec {
  readonly kind: 'vinculum-linkage-spec';
  readonly version: 1;
  readonly name: string;
  /** Seed of the sampled pairs and the tables' columns. */
  readonly seed: number;
  readonly blocking: BlockingSpec;
  readonly comparison: {
    /** Random pairs that describe chance similarity and the bulk of the non-matches. */
    readonly sampledPairs: number;
    /** Growing steps of similarity from chance to 1, by segment; fewer where there are many segments. */
    readonly steps: number;
  };
  readonly score: {
    /** Rounds between the bipartite posterior and m. */
    readonly rounds: number;
  };
  readonly decision: DecisionRule;
}

interface NumberField { readonly path: string; readonly least: number; readonly most: number; whole: boolean }

const NUMBERS: readonly NumberField[] = [
  { path: 'seed', least: 0, most: 4294967295, whole: true },
  { path: 'blocking.exhaustivePairs', least: 0, most: 1e12, whole: true },
  { path: 'blocking.tablesPerSegment', least: 1, most: 5000, whole: true },
  { path: 'blocking.comparisonsPerRecord', least: 1, most: 1e6, whole: true },
  { path: 'blocking.pairCompleteness', least: 0.5, most: 0.9999, whole: false },
  { path: 'blocking.maxPairsInBucket', least: 1, most: 1e9, whole: true },
  { path: 'blocking.maxCandidatesOfRecord', least: 1, most: 1e6, whole: true },
  { path: 'comparison.sampledPairs', least: 1000, most: 1e8, whole: true },
  { path: 'comparison.steps', least: 1, most: 100, whole: true },
  { path: 'score.rounds', least: 1, most: 20, whole: true },
];

const DECISIONS: ReadonlyMap<string, NumberField> = new Map([
  ['maximum-expected-f', { path: 'decision.beta', least: 0.1, most: 10, whole: false }],
  ['target-precision', { path: 'decision.precision', least: 0.5, most: 0.9999, whole: false }],
]);

/** What a spec that was written before there was this limit is taken to say. */
const CANDIDATES_OF_RECORD_UNLESS_SAID = 1000;

/**
 * Reads a linkage spec, complete and without unknown members; `blocking.maxCandidatesOfRecord` alone may be
 * left out.
 *
 * @throws VinculumError `LINKAGE_SPEC_INVALID` with every reason.
 */
export function parseLinkageSpec(given: unknown): LinkageSpec {
  const json = withCandidatesOfRecord(given);
  const reasons: string[] = [];
  if (value(json, 'kind') !== 'vinculum-linkage-spec') reasons.push('kind must be "vinculum-linkage-spec"');
  if (value(json, 'version') !== 1) reasons.push('version must be 1');
  const name = value(json, 'name');
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
    reasons.push('name must be lower-case letters, digits and hyphens');
  }
  const decision = value(json, 'decision.kind');
  const ofDecision = typeof decision === 'string' ? DECISIONS.get(decision) : undefined;
  if (!ofDecision) reasons.push(`decision.kind must be one of ${[...DECISIONS.keys()].join(', ')}`);
  const numbers = ofDecision ? [...NUMBERS, ofDecision] : NUMBERS;
  for (const field of numbers) checkNumber(json, field, reasons);
  const known = ['kind', 'version', 'name', 'decision.kind', ...numbers.map(({ path }) => path)];
  reasons.push(...unknownMembers(json, known).map((path) => `${path} is not known`));
  if (reasons.length > 0) {
    throw new VinculumError('LINKAGE_SPEC_INVALID', `the linkage spec is refused: ${reasons.join('; ')}`);
  }
  return json as LinkageSpec;
}

function withCandidatesOfRecord(json: unknown): unknown {
  const blocking = value(json, 'blocking');
  const isLeftOut = typeof blocking === 'object' && blocking !== null && !Array.isArray(blocking)
    && !Object.hasOwn(blocking, 'maxCandidatesOfRecord');
  if (!isLeftOut) return json;
  const whole = { ...blocking, maxCandidatesOfRecord: CANDIDATES_OF_RECORD_UNLESS_SAID };
  return { ...(json as object), blocking: whole };
}

/** The canonical text of a spec, which its hash is taken over. */
export function linkageSpecText(spec: LinkageSpec): string {
  return canonicalJson(spec as unknown as JsonValue);
}

function checkNumber(json: unknown, { path, least, most, whole }: NumberField, reasons: string[]): void {
  const found = value(json, path);
  if (typeof found !== 'number' || !Number.isFinite(found) || found < least || found > most
    || (whole && !Number.isInteger(found))) {
    reasons.push(`${path} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
  }
}

function value(json: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((object, key) =>
    typeof object === 'object' && object !== null && Object.hasOwn(object, key)
      ? (object as Record<string, unknown>)[key] : undefined, json);
}

/** Members that are not `known` (as `member` or `group.member`), as paths. Goes no deeper than groups. */
function unknownMembers(json: unknown, known: readonly string[]): string[] {
  return members(json).flatMap((name) => {
    const isGroup = !name.includes('.') && known.some((path) => path.startsWith(`${name}.`));
    if (!isGroup) return known.includes(name) && !name.includes('.') ? [] : [name];
    return members(value(json, name)).map((member) => `${name}.${member}`).filter((path) => !known.includes(path));
  });
}

function members(json: unknown): string[] {
  return typeof json === 'object' && json !== null ? Object.keys(json) : [];
}
