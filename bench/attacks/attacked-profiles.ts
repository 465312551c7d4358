import { readFileSync } from 'node:fs';
import {
  defaultSpecForRoles, parseEncodingSpec, type BlockRule, type EncodingSpec, type HardeningStep, type Role,
} from '#libs/encode';
import type { MatchingOptions } from './graph-matching.js';
import type { EdgeRule } from './similarity-graph.js';
import { VICTIM_ROLES } from './victims.js';

/** An encoding under attack, and how the graph attack is tuned to it. */
export interface AttackedProfile {
  readonly name: string;
  readonly spec: EncodingSpec;
  readonly edges: EdgeRule;
  readonly matching: MatchingOptions;
}

type Tuning = Pick<AttackedProfile, 'edges' | 'matching'>;

/** Similarity is informative throughout: each node gets its nearest thirty or so. */
const DENSE: Tuning = {
  edges: { kind: 'degree', mean: 30 }, matching: { hops: 1, candidates: 20, rounds: 12, influence: 10 },
};
/** Only near-equal values stand out of the noise. */
const SPARSE: Tuning = {
  edges: { kind: 'noise', deviations: 4.5 }, matching: { hops: 2, candidates: 20, rounds: 16, influence: 5 },
};
/** XOR of that many bits from which on the sparse tuning finds more. */
const SPARSE_FROM_T = 5;

const NAMES: readonly Role[] = ['givenName', 'familyName'];
const BIRTH: readonly Role[] = ['birthDate', 'sex', 'placeOfBirth'];
const PLACE: readonly Role[] = ['locality', 'postalCode', 'address'];

const INITIAL_DATE: BlockRule = {
  name: 'initialDate',
  parts: [{ role: 'givenName', take: 'letters', letters: 1 }, { role: 'birthDate', take: 'date' }],
};
const SURNAME_YEAR: BlockRule = {
  name: 'surnameYear', parts: [{ role: 'familyName', take: 'soundex' }, { role: 'birthDate', take: 'year' }],
};

/** Coarse enough for its blocks to be counted: `config/encoding/risk-levels.json` refuses it. */
const SEX_YEAR: BlockRule = {
  name: 'sexYear', parts: [{ role: 'sex', take: 'value' }, { role: 'birthDate', take: 'year' }],
};

type Layout = readonly { readonly name: string; readonly bits: number; readonly roles: readonly Role[] }[];

/**
 * Layouts to compare the default with: a segment each for name, birth and place; the same in pairs, so that
 * hardly any two people have equal values in a segment; all in one.
 */
const LAYOUTS: Readonly<Record<string, Layout>> = {
  'classic-filter': [{ name: 'filter', bits: 1024, roles: [...NAMES, 'birthDate'] }],
  'one-filter': [{ name: 'filter', bits: 2048, roles: VICTIM_ROLES }],
  separate: [
    { name: 'name', bits: 2048, roles: NAMES }, { name: 'birth', bits: 1024, roles: BIRTH },
    { name: 'place', bits: 1024, roles: PLACE },
  ],
  paired: [
    { name: 'name-birth', bits: 2048, roles: [...NAMES, 'birthDate'] },
    { name: 'birth-place', bits: 1024, roles: [...BIRTH, ...PLACE] },
    { name: 'name-place', bits: 2048, roles: [...NAMES, ...PLACE] },
  ],
};

/** The default profile with block keys: what usual rules of blocking would add. */
const BLOCKS: Readonly<Record<string, readonly BlockRule[]>> = {
  'default-date-block': [INITIAL_DATE], 'default-surname-block': [SURNAME_YEAR],
  'default-blocks': [INITIAL_DATE, SURNAME_YEAR], 'default-sex-year-block': [SEX_YEAR],
};

/** What `--profiles` takes, for messages and help. */
export const PROFILE_NAMES = [
  'unhardened', 'default', 'default-plain', 'default-tN', ...Object.keys(BLOCKS),
  ...Object.keys(LAYOUTS).flatMap((layout) => [`${layout}-plain`, `${layout}-tN`]), 'FILE.json',
];

/**
 * The profile of a name: `default` is the shipped one for the fields of the victims, `-plain` is without
 * hardening, `-tN` with diffusion over N bits alone; `unhardened` is `classic-filter-plain` (names and birth
 * date in one filter of 1,024 bits, half of them ones); a path that ends in `.json` is read as an encoding
 * spec.
 *
 * @throws Error when the name is none of these.
 */
export function attackedProfile(name: string): AttackedProfile {
  const spec = specOf(name);
  return { name, spec, ...(diffusionOf(spec) < SPARSE_FROM_T ? DENSE : SPARSE) };
}

function specOf(name: string): EncodingSpec {
  if (name === 'unhardened') return specOf('classic-filter-plain');
  if (Object.hasOwn(BLOCKS, name)) return parseEncodingSpec({ ...specOf('default'), blocks: BLOCKS[name] });
  if (name === 'default') return defaultSpecForRoles([...VICTIM_ROLES]);
  if (name.endsWith('.json')) return parseEncodingSpec(JSON.parse(readFileSync(name, 'utf8')));
  const [, base, t] = /^(.+)-(?:plain|t(\d+))$/.exec(name) ?? [];
  if (base !== 'default' && LAYOUTS[base] === undefined) {
    throw new Error(`--profiles: expected names of ${PROFILE_NAMES.join(', ')}, got one that is none of them`);
  }
  const segments = base === 'default'
    ? defaultSpecForRoles([...VICTIM_ROLES]).segments
    : LAYOUTS[base].map(({ name: segment, bits, roles }) => (
      { name: segment, bits, fields: roles.map((role) => ({ role })) }));
  const hardening: HardeningStep[] = t === undefined ? [] : [{ type: 'diffusion', t: Number(t) }];
  const fill = t === undefined ? 0.45 : 0.2;
  return parseEncodingSpec({
    kind: 'vinculum-encoding-spec', version: 1, name: 'attacked', profile: 'attacked',
    segments: segments.map((segment) => ({ ...segment, fill, hardening })),
  });
}

/** Largest diffusion of a spec; 0 without. */
function diffusionOf({ segments }: EncodingSpec): number {
  return Math.max(0, ...segments.flatMap(({ hardening = [] }) =>
    hardening.map((step) => (step.type === 'diffusion' ? step.t : 0))));
}
