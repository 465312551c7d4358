import { bitsPerToken, segmentShapes } from '#libs/encode';
import type { EncodedExtract } from '#libs/record';
import type { AttackedProfile } from './attacked-profiles.js';
import { equalFilters, MISSING } from './equal-filters.js';
import { matchByEquality } from './equality-structure.js';
import { alignFrequencies } from './frequency-alignment.js';
import { matchGraphs } from './graph-matching.js';
import { knownTokens } from './known-tokens.js';
import { NOBODY, scoreOf, type Partners, type Score } from './partners.js';
import { bitPatterns, matchByPatterns } from './pattern-mining.js';
import { similarityGraph } from './similarity-graph.js';
import { encodeRows, VICTIM_ROLES, type Scenario } from './victims.js';

export const ATTACKS = ['frequency', 'pattern', 'equality', 'graph'] as const;
export type AttackName = (typeof ATTACKS)[number];

/** What the attacker holds: the encodings, and the known people encoded under a key of its own. */
export interface Evidence {
  readonly profile: AttackedProfile;
  readonly scenario: Scenario;
  readonly encoded: EncodedExtract;
  readonly known: EncodedExtract;
  /** Segments with a value, by number; block keys are behind the filters. */
  readonly segments: readonly number[];
  /** Those that are filters. */
  readonly filters: readonly number[];
}

export function gatherEvidence(profile: AttackedProfile, scenario: Scenario): Evidence {
  const encoded = encodeRows(profile.spec, 'custodian', scenario.encoded);
  const known = encodeRows(profile.spec, 'attacker', scenario.known);
  const segments = segmentShapes(profile.spec).map((_, segment) => segment)
    .filter((segment) => equalFilters(encoded, segment).some((number) => number !== MISSING));
  const filters = segments.filter((segment) => segment < profile.spec.segments.length);
  return { profile, scenario, encoded, known, segments, filters };
}

/** Runs one attack. Those on single segments are scored on the segment where they did best. */
export function attack(name: AttackName, evidence: Evidence): Score & { readonly segments: string } {
  const { segments, filters, profile: { spec }, scenario: { truth } } = evidence;
  const nameOf = (segment: number): string => segmentShapes(spec)[segment].name;
  if (name === 'equality' || name === 'graph') {
    const partners = name === 'equality' ? equalityAttack(evidence) : graphAttack(evidence);
    return { ...scoreOf(partners, truth), segments: segments.map(nameOf).join(' + ') };
  }
  const scores = (name === 'frequency' ? segments : filters).map((segment) => ({
    ...(name === 'frequency' ? frequencyScore(evidence, segment) : scoreOf(patternAttack(evidence, segment), truth)),
    segments: nameOf(segment),
  }));
  return scores.reduce((best, score) => (score.right > best.right ? score : best));
}

/** Counts values instead of people: a record is right when it was given the value that it has. */
function frequencyScore({ encoded, known, scenario: { truth } }: Evidence, segment: number): Score {
  const knownValues = equalFilters(known, segment);
  const values = alignFrequencies(equalFilters(encoded, segment), knownValues);
  return scoreOf(values, truth.map((j) => (j === NOBODY ? NOBODY : knownValues[j])));
}

function patternAttack({ profile, encoded, scenario }: Evidence, segment: number): Partners {
  const { filters, bits } = encoded.segments[segment];
  const spec = profile.spec.segments[segment];
  const patterns = bitPatterns(filters, bits, encoded.records, bitsPerToken(spec));
  return matchByPatterns(patterns, encoded.records, scenario.known.map((values) => new Set(
    spec.fields.flatMap(({ role }) => knownTokens(role, values[VICTIM_ROLES.findIndex((own) => own === role)] ?? '')))));
}

function equalityAttack({ encoded, known, segments }: Evidence): Partners {
  return matchByEquality(
    segments.map((segment) => equalFilters(encoded, segment)),
    segments.map((segment) => equalFilters(known, segment)));
}

/** The equality attack's names are the seeds of the similarity graphs of all segments together. */
function graphAttack(evidence: Evidence): Partners {
  const { profile: { edges, matching }, encoded, known, filters } = evidence;
  const pairs = filters.map((segment) => (
    { a: similarityGraph(encoded, segment, edges), b: similarityGraph(known, segment, edges) }));
  return matchGraphs(pairs, equalityAttack(evidence), matching);
}
