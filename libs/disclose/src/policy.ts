import { VinculumError } from '#libs/record';
import {
  designPerturbationTable, perturbationTableHash,
  type PerturbationParameters, type PerturbationTable,
} from './perturbation-table.js';

/**
 * A disclosure policy, version 1: policy as data. The file lies in config/disclosure, its schema beside
 * it.
 */
export interface DisclosurePolicy {
  readonly kind: 'vinculum-disclosure-policy';
  readonly version: 1;
  /** `[a-z][a-z0-9-]{0,63}`. */
  readonly name: string;
  /** Cells with 1 .. minimumCount - 1 contributors are suppressed; 2 or more. */
  readonly minimumCount: number;
  /** Higher minimum counts for cells that carry one of the codes of a dimension. */
  readonly exceptions: readonly MinimumCountException[];
  readonly perturbation: {
    readonly parameters: PerturbationParameters;
    /** `perturbationTableHash` of the table that the parameters give: proves that nothing drifted. */
    readonly tableHash: string;
  };
}

export interface MinimumCountException {
  readonly dimension: string;
  readonly codes: readonly string[];
  readonly minimumCount: number;
}

const MEMBERS = ['kind', 'version', 'name', 'minimumCount', 'exceptions', 'perturbation'];
const PARAMETERS = ['maximumNoise', 'variance', 'blockedUpTo', 'stayProbability', 'monotone'];

/**
 * Reads a policy.
 *
 * @throws VinculumError `DISCLOSURE_POLICY_UNSUPPORTED` for another version,
 *   `DISCLOSURE_POLICY_INVALID` with every reason otherwise.
 */
export function parseDisclosurePolicy(json: unknown): DisclosurePolicy {
  const reasons: string[] = [];
  if (!isObject(json)) throw invalid(['expected an object']);
  if (json['kind'] === 'vinculum-disclosure-policy' && json['version'] !== 1) {
    throw new VinculumError('DISCLOSURE_POLICY_UNSUPPORTED',
      'expected version 1 of vinculum-disclosure-policy; use an engine that knows the version given');
  }
  if (json['kind'] !== 'vinculum-disclosure-policy') reasons.push('kind: expected vinculum-disclosure-policy');
  unknownMembers(json, MEMBERS, '', reasons);
  if (!matches(json['name'], /^[a-z][a-z0-9-]{0,63}$/)) reasons.push('name: expected [a-z][a-z0-9-]{0,63}');
  minimumCount(json['minimumCount'], 'minimumCount', reasons);
  if (!Array.isArray(json['exceptions'])) reasons.push('exceptions: expected a list');
  else json['exceptions'].forEach((entry, i) => exception(entry, `exceptions[${i}]`, reasons));
  perturbationPart(json['perturbation'], reasons);
  if (reasons.length > 0) throw invalid(reasons);
  return json as unknown as DisclosurePolicy;
}

/**
 * The perturbation table of a policy, made afresh from its parameters.
 *
 * @throws VinculumError `PERTURBATION_TABLE_DIFFERS` when its hash is not the one that the policy
 * records: the
 *   published tables would no longer be consistent with new ones.
 */
export function perturbationTableOf(policy: DisclosurePolicy): PerturbationTable {
  const table = designPerturbationTable(policy.perturbation.parameters);
  const hash = perturbationTableHash(table);
  if (hash !== policy.perturbation.tableHash) {
    throw new VinculumError('PERTURBATION_TABLE_DIFFERS',
      `policy ${policy.name} records the perturbation table ${policy.perturbation.tableHash}, its parameters give `
      + `${hash}; a change of parameters is a new policy under a new name`);
  }
  return table;
}

/** The minimum count for a cell: the highest that applies to one of its codes. */
export function minimumCountOf(
  policy: DisclosurePolicy, dimensions: readonly { readonly id: string }[], codes: readonly string[],
): number {
  return policy.exceptions.reduce((minimum, { dimension, codes: listed, minimumCount: higher }) => {
    const position = dimensions.findIndex(({ id }) => id === dimension);
    return position >= 0 && listed.includes(codes[position]) ? Math.max(minimum, higher) : minimum;
  }, policy.minimumCount);
}

function exception(entry: unknown, at: string, reasons: string[]): void {
  if (!isObject(entry)) {
    reasons.push(`${at}: expected an object`);
    return;
  }
  unknownMembers(entry, ['dimension', 'codes', 'minimumCount'], `${at}.`, reasons);
  if (!matches(entry['dimension'], /^[A-Z][A-Z0-9_]{0,63}$/)) reasons.push(`${at}.dimension: expected an SDMX id`);
  const codes: unknown = entry['codes'];
  const listed = Array.isArray(codes) && codes.length > 0
    && codes.every((code) => matches(code, /^[A-Za-z0-9_]+$/));
  if (!listed) {
    reasons.push(`${at}.codes: expected a list of codes`);
  }
  minimumCount(entry['minimumCount'], `${at}.minimumCount`, reasons);
}

function perturbationPart(part: unknown, reasons: string[]): void {
  if (!isObject(part)) {
    reasons.push('perturbation: expected an object');
    return;
  }
  unknownMembers(part, ['parameters', 'tableHash'], 'perturbation.', reasons);
  if (!matches(part['tableHash'], /^[0-9a-f]{64}$/)) {
    reasons.push('perturbation.tableHash: expected a SHA-256 in hex');
  }
  const parameters = part['parameters'];
  if (!isObject(parameters)) {
    reasons.push('perturbation.parameters: expected an object');
    return;
  }
  unknownMembers(parameters, PARAMETERS, 'perturbation.parameters.', reasons);
  for (const name of ['maximumNoise', 'variance', 'blockedUpTo']) {
    if (typeof parameters[name] !== 'number') {
      reasons.push(`perturbation.parameters.${name}: expected a number`);
    }
  }
  if (parameters['stayProbability'] !== null && typeof parameters['stayProbability'] !== 'number') {
    reasons.push('perturbation.parameters.stayProbability: expected a number or null');
  }
  const monotone: unknown = parameters['monotone'];
  const flags: unknown[] = Array.isArray(monotone) ? monotone : [monotone];
  if (!flags.every((flag) => typeof flag === 'boolean')) {
    reasons.push('perturbation.parameters.monotone: expected a boolean or a list of booleans');
  }
}

function minimumCount(value: unknown, at: string, reasons: string[]): void {
  if (!Number.isSafeInteger(value) || (value as number) < 2) {
    reasons.push(`${at}: expected a whole number of 2 or more`);
  }
}

function unknownMembers(
  object: Record<string, unknown>, known: readonly string[], at: string, reasons: string[],
): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) reasons.push(`${at}${key.slice(0, 64)}: not a member of this version`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function invalid(reasons: readonly string[]): VinculumError {
  return new VinculumError('DISCLOSURE_POLICY_INVALID', `disclosure policy refused: ${reasons.join('; ')}`);
}
