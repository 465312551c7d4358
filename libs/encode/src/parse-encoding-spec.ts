import { VinculumError } from '#libs/record';
import {
  bitsBefore, TOKEN_TYPES, tokenTypeOf, type EncodingSpec, type FieldSpec, type HardeningStep,
} from './encoding-spec.js';
import { checkBlockRules } from './parse-block-rules.js';
import { isFrequentAlone, isRole, type Role } from './roles.js';
import { isBetween, NAME, objectAt, onlyMembers, type Members, type Refuse } from './spec-members.js';

const STEP_MEMBERS: Readonly<Record<HardeningStep['type'], readonly string[]>> = {
  diffusion: ['type', 't', 'innerBits'], blip: ['type', 'f'], 'xor-fold': ['type'], 'rule-90': ['type'],
  balance: ['type'], 'birth-year-salt': ['type'],
};
const MAX_BITS = 65536;

/**
 * Checks a native encoding spec; `config/encoding/default.json` is an example. What a JSON Schema can say of
 * it is in `config/schema/encoding/v1.schema.json`. Filters between the steps of hardening have the lengths
 * that delivered ones may have: a step needs whole bits, and diffusion at least the `t` that it combines.
 *
 * @throws VinculumError ENCODING_SPEC_INVALID with every reason.
 */
export function parseEncodingSpec(json: unknown): EncodingSpec {
  const reasons: string[] = [];
  checkSpec(json, (reason) => reasons.push(reason));
  if (reasons.length > 0) {
    throw new VinculumError('ENCODING_SPEC_INVALID', `the encoding spec is refused: ${reasons.join('; ')}`);
  }
  return json as EncodingSpec;
}

function checkSpec(json: unknown, refuse: Refuse): void {
  const spec = objectAt(json, 'the spec', refuse);
  if (spec === undefined) return;
  onlyMembers(spec, ['kind', 'version', 'name', 'profile', 'acceptSingleField', 'segments', 'blocks'], 'the spec', refuse);
  if (spec.kind !== 'vinculum-encoding-spec') refuse('kind: expected "vinculum-encoding-spec"');
  if (spec.version !== 1) refuse('version: expected 1');
  if (typeof spec.name !== 'string' || spec.name === '' || spec.name.length > 200) {
    refuse('name: expected a text of 1 to 200 characters');
  }
  if (typeof spec.profile !== 'string' || !NAME.test(spec.profile)) {
    refuse('profile: expected a name of letters, digits, _ and -');
  }
  if (spec.acceptSingleField !== undefined && typeof spec.acceptSingleField !== 'boolean') {
    refuse('acceptSingleField: expected true or false');
  }
  if (spec.acceptSingleField === true && spec.profile !== 'field-level') {
    refuse('acceptSingleField: needs "profile":"field-level", so that nobody takes the filters for safe ones');
  }
  if (!Array.isArray(spec.segments) || spec.segments.length === 0 || spec.segments.length > 32) {
    return refuse('segments: expected 1 to 32 segments');
  }
  checkSegments(spec.segments, spec.acceptSingleField === true, refuse);
  const segments = (spec.segments as unknown[]).filter(isObject);
  const fields = segments.flatMap(({ fields: of }) => (Array.isArray(of) ? of.filter(isObject) : []));
  const roles = fields.map(({ role }) => role).filter(isRole);
  checkBlockRules(spec.blocks, new Set(segments.map(({ name }) => name)), roles, refuse);
}

function isObject(json: unknown): json is Members {
  return typeof json === 'object' && json !== null;
}

function checkSegments(segments: readonly unknown[], acceptSingleField: boolean, refuse: Refuse): void {
  const names = new Set<unknown>();
  segments.forEach((json, index) => {
    const at = `segments[${index}]`;
    const segment = objectAt(json, at, refuse);
    if (segment === undefined) return;
    onlyMembers(segment, ['name', 'bits', 'fill', 'fields', 'hardening'], at, refuse);
    if (typeof segment.name !== 'string' || !NAME.test(segment.name)) {
      refuse(`${at}.name: expected a lower-case letter, then letters, digits, _ and -, at most 64`);
    } else if (names.has(segment.name)) {
      refuse(`${at}.name: "${segment.name}" is there twice`);
    }
    names.add(segment.name);
    if (segment.fill !== undefined && !isBetween(segment.fill, 0.01, 0.9)) {
      refuse(`${at}.fill: expected a share from 0.01 to 0.9`);
    }
    const fields = checkFields(segment.fields, at, refuse);
    const steps = checkHardening(segment.hardening, at, refuse);
    if (fields !== undefined) checkFieldsTogether(fields, steps ?? [], at, acceptSingleField, refuse);
    checkLengths(segment, steps, at, refuse);
  });
}

function checkLengths(
  { bits }: Members, steps: HardeningStep[] | undefined, at: string, refuse: Refuse,
): void {
  if (!isLength(bits)) {
    return refuse(`${at}.bits: expected a multiple of 64 from 64 to ${MAX_BITS}`);
  }
  if (steps === undefined) return;
  // Backwards from the delivered filter: a bad length makes all the lengths before it meaningless.
  for (let index = steps.length - 1; index >= 0; index--) {
    const before: number = bitsBefore(steps.slice(index), bits);
    if (isLength(before)) continue;
    return refuse(`${at}.hardening[${index}]: the filter before this step would have ${String(before)} bits, `
      + `expected a multiple of 64 from 64 to ${MAX_BITS}`);
  }
}

function checkFields(json: unknown, at: string, refuse: Refuse): FieldSpec[] | undefined {
  if (!Array.isArray(json) || json.length === 0 || json.length > 64) {
    refuse(`${at}.fields: expected 1 to 64 fields`);
    return undefined;
  }
  const good = json.map((field: unknown, index) => checkField(field, `${at}.fields[${index}]`, refuse));
  return good.every(Boolean) ? (json as FieldSpec[]) : undefined;
}

function checkField(json: unknown, at: string, refuse: Refuse): boolean {
  const field = objectAt(json, at, refuse);
  if (field === undefined) return false;
  onlyMembers(field, ['role', 'tokens', 'weight'], at, refuse);
  if (!isRole(field.role)) {
    refuse(`${at}.role: unknown role; expected a known one or other:NAME`);
    return false;
  }
  if (field.weight !== undefined && !isBetween(field.weight, 0.05, 16)) {
    refuse(`${at}.weight: expected a number from 0.05 to 16`);
  }
  return field.tokens === undefined || checkTokens(field.tokens, field.role, `${at}.tokens`, refuse);
}

function checkTokens(json: unknown, role: Role, at: string, refuse: Refuse): boolean {
  const tokens = objectAt(json, at, refuse);
  if (tokens === undefined) return false;
  onlyMembers(tokens, ['type'], at, refuse);
  if (!(TOKEN_TYPES as readonly unknown[]).includes(tokens.type)) {
    refuse(`${at}.type: expected one of ${TOKEN_TYPES.join(', ')}`);
    return false;
  }
  if ((tokens.type === 'date') !== role.startsWith('birth')) {
    refuse(`${at}.type: "date" is for the parts of a birth date, and they take no other`);
    return false;
  }
  return true;
}

function checkFieldsTogether(
  fields: readonly FieldSpec[], steps: readonly HardeningStep[], at: string, acceptSingleField: boolean,
  refuse: Refuse,
): void {
  const roles = fields.map((field) => field.role);
  if (new Set(roles).size < roles.length) refuse(`${at}.fields: a role is there twice`);
  if (roles.length === 1 && isFrequentAlone(roles[0]) && !acceptSingleField) {
    refuse(`${at}: ${roles[0]} alone repeats so often that its values can be read off their frequencies, `
      + 'whatever the hardening; join it with another field, or say "profile":"field-level" and '
      + '"acceptSingleField":true for data that need no protection');
  }
  const dates = fields.filter((field) => tokenTypeOf(field) === 'date');
  if (new Set(dates.map((field) => field.weight ?? 1)).size > 1) {
    refuse(`${at}.fields: the parts of a birth date have one weight together`);
  }
  const salted = steps.some((step) => step.type === 'birth-year-salt');
  if (salted && !roles.some((role) => role === 'birthDate' || role === 'birthYear')) {
    refuse(`${at}.hardening: birth-year-salt needs birthDate or birthYear among the fields of its segment`);
  }
}

function checkHardening(json: unknown, at: string, refuse: Refuse): HardeningStep[] | undefined {
  if (json === undefined) return [];
  if (!Array.isArray(json) || json.length > 8) {
    refuse(`${at}.hardening: expected a list of at most 8 steps`);
    return undefined;
  }
  const good = json.map((step: unknown, index) => checkStep(step, `${at}.hardening[${index}]`, refuse));
  return good.every(Boolean) ? (json as HardeningStep[]) : undefined;
}

function checkStep(json: unknown, at: string, refuse: Refuse): boolean {
  const step = objectAt(json, at, refuse);
  if (step === undefined) return false;
  if (typeof step.type !== 'string' || !Object.hasOwn(STEP_MEMBERS, step.type)) {
    refuse(`${at}.type: expected one of ${Object.keys(STEP_MEMBERS).join(', ')}`);
    return false;
  }
  const type = step.type as HardeningStep['type'];
  onlyMembers(step, STEP_MEMBERS[type], at, refuse);
  if (type === 'blip' && !(isBetween(step.f, 0, 1) && step.f !== 0 && step.f !== 1)) {
    refuse(`${at}.f: expected a number between 0 and 1`);
  }
  if (type !== 'diffusion') return true;
  if (!Number.isInteger(step.t) || !isBetween(step.t, 2, 64)) refuse(`${at}.t: expected a whole number from 2 to 64`);
  if (step.innerBits === undefined || isLength(step.innerBits)) return true;
  refuse(`${at}.innerBits: expected a multiple of 64 from 64 to ${MAX_BITS}`);
  return false;
}

function isLength(value: unknown): value is number {
  return Number.isInteger(value) && isBetween(value, 64, MAX_BITS) && value % 64 === 0;
}
