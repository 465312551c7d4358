import {
  defaultSpecForRoles, parseEncodingSpec, type EncodingSpec, type HardeningStep, type Role,
} from '#libs/encode';

/** One row of the hardening table. */
export interface HardeningVariant {
  readonly name: string;
  readonly spec: EncodingSpec;
}

interface Settings {
  readonly fill: number;
  readonly steps: readonly HardeningStep[];
  /** Multiplies the usual lengths: 2,048 bits of names, 1,024 of birth. */
  readonly length?: number;
}

const NAMES: readonly Role[] = ['givenName', 'familyName'];
const BIRTH: readonly Role[] = ['birthDate', 'sex', 'placeOfBirth'];
const PLAIN_FILL = 0.45;

/** Names in one segment, date, sex and country of birth in the other: what all registers hold. */
function twoSegments(name: string, settings: Settings): HardeningVariant {
  return { name, spec: specOf([['name', 2048, NAMES], ['birth', 1024, BIRTH]], settings) };
}

/** One filter for a record, as the classic cryptographic long-term key has it. */
function oneFilter(name: string, settings: Settings): HardeningVariant {
  return { name: `one filter, ${name}`, spec: specOf([['all', 2048, [...NAMES, ...BIRTH]]], settings) };
}

function specOf(
  segments: readonly (readonly [string, number, readonly Role[]])[], { fill, steps, length = 1 }: Settings,
): EncodingSpec {
  return parseEncodingSpec({
    kind: 'vinculum-encoding-spec', version: 1, name: 'bench', profile: 'bench',
    segments: segments.map(([name, bits, roles]) => (
      { name, bits: bits * length, fill, fields: roles.map((role) => ({ role })), hardening: steps })),
  });
}

const diffusion = (t: number): HardeningStep[] => [{ type: 'diffusion', t }];
const plain = (...steps: HardeningStep[]): Settings => ({ fill: PLAIN_FILL, steps });

export const HARDENING_VARIANTS: readonly HardeningVariant[] = [
  { name: 'default profile', spec: defaultSpecForRoles([...NAMES, ...BIRTH]) },
  twoSegments('none', plain()),
  ...[2, 5, 8, 10, 15, 20, 30].map((t) => twoSegments(`diffusion t=${t}`, { fill: 0.2, steps: diffusion(t) })),
  ...[0.12, 0.3].map((fill) =>
    twoSegments(`diffusion t=10, inner fill ${fill}`, { fill, steps: diffusion(10) })),
  twoSegments('diffusion t=20, inner fill 0.12', { fill: 0.12, steps: diffusion(20) }),
  ...[0.5, 2].map((length) =>
    twoSegments(`diffusion t=10, ${length} times the length`, { fill: 0.2, steps: diffusion(10), length })),
  twoSegments('diffusion t=20, 2 times the length', { fill: 0.2, steps: diffusion(20), length: 2 }),
  twoSegments('XOR-fold', { ...plain({ type: 'xor-fold' }), length: 0.5 }),
  twoSegments('Rule 90', plain({ type: 'rule-90' })),
  twoSegments('balance', { ...plain({ type: 'balance' }), length: 2 }),
  ...[0.05, 0.1, 0.2].map((f) => twoSegments(`BLIP f=${f}`, plain({ type: 'blip', f }))),
  oneFilter('none', plain()),
  oneFilter('birth-year salt', plain({ type: 'birth-year-salt' })),
  oneFilter('diffusion t=10', { fill: 0.2, steps: diffusion(10) }),
];
