import { VinculumError } from '#libs/record';
import type { Comparison } from './comparison.js';
import { roundHalfEven } from './python-number.js';
import type { ClkhashHash } from './token-hashing.js';
import { formatter, type FormatSpec } from './value-format.js';

/** A feature that is hashed. */
export interface ClkhashFeature {
  readonly identifier: string;
  readonly format: FormatSpec;
  readonly comparison: Comparison;
  readonly strategy: { readonly bitsPerToken: number } | { readonly bitsPerFeature: number };
  readonly hash: ClkhashHash;
  readonly missingValue?: { readonly sentinel: string; readonly replaceWith?: string };
}

/** A clkhash linkage schema in one form, whichever version it was written in. */
export interface ClkhashSchema {
  readonly bits: number;
  /** The filter is hashed at `bits * 2 ** xorFolds` and folded so often. */
  readonly xorFolds: number;
  readonly kdf: {
    readonly hash: 'SHA256' | 'SHA512'; readonly salt: string; readonly info: string; readonly keySize: number;
  };
  /** In the order of the columns; an ignored feature takes its keys and nothing else. */
  readonly features: readonly (ClkhashFeature | { readonly identifier: string; readonly ignored: true })[];
  /** What the reader should know about how the schema was understood. */
  readonly notices: readonly string[];
}

type Members = Readonly<Record<string, unknown>>;
const MAX_BITS = 1 << 20;
const MAX_FOLDS = 10;

/**
 * Reads a clkhash linkage schema of version 1, 2 or 3 as clkhash 0.18.3 does.
 *
 * @throws VinculumError CLKHASH_SCHEMA_INVALID with every reason.
 */
export function parseClkhashSchema(json: unknown): ClkhashSchema {
  const reasons: string[] = [];
  const refuse = (reason: string): undefined => void reasons.push(reason);
  const schema = readSchema(json, refuse);
  if (schema !== undefined && reasons.length === 0) return schema;
  throw new VinculumError('CLKHASH_SCHEMA_INVALID', `the clkhash schema is refused: ${reasons.join('; ')}`);
}

type Refuse = (reason: string) => undefined;

function readSchema(json: unknown, refuse: Refuse): ClkhashSchema | undefined {
  if (!isObject(json)) return refuse('expected a JSON object');
  const { version, clkConfig: config, features } = json;
  if (version !== 1 && version !== 2 && version !== 3) return refuse('version: expected 1, 2 or 3');
  if (!isObject(config)) return refuse('clkConfig: expected an object');
  if (!Array.isArray(features) || features.length === 0) return refuse('features: expected a list of features');
  if (!isWhole(config.l, 1, MAX_BITS)) return refuse(`clkConfig.l: expected a whole number from 1 to ${MAX_BITS}`);
  const folds = config.xor_folds ?? 0;
  if (!isWhole(folds, 0, MAX_FOLDS)) return refuse(`clkConfig.xor_folds: expected a whole number from 0 to ${MAX_FOLDS}`);
  const kdf = readKdf(config.kdf, features.length, refuse);
  const read = features.map((feature: unknown, i) =>
    readFeature(feature, `features[${i}]`, version, config, refuse));
  if (kdf === undefined || read.some((feature) => feature === undefined)) return undefined;
  const schema = {
    bits: config.l, xorFolds: folds, kdf, features: read as ClkhashSchema['features'], notices: notices(config),
  };
  checkBlake(schema, refuse);
  return schema;
}

/** The documents of clkhash spell the member `xorFolds`; its code reads `xor_folds` and nothing else. */
function notices(config: Members): string[] {
  if (!('xorFolds' in config)) return [];
  const applied = 'xor_folds' in config ? `xor_folds (${String(config.xor_folds)}) is applied` : 'no folding is applied';
  return [`clkConfig.xorFolds is ignored, as clkhash ignores it: ${applied}; clkhash folds only by xor_folds`];
}

function readKdf(json: unknown, features: number, refuse: Refuse): ClkhashSchema['kdf'] | undefined {
  const kdf = json ?? {};
  if (!isObject(kdf)) return refuse('clkConfig.kdf: expected an object');
  const { type = 'HKDF', hash = 'SHA256', salt = '', info = '', keySize = 64 } = kdf;
  if (type !== 'HKDF') return refuse('clkConfig.kdf.type: expected HKDF');
  if (hash !== 'SHA256' && hash !== 'SHA512') return refuse('clkConfig.kdf.hash: expected SHA256 or SHA512');
  if (!isBase64(salt) || !isBase64(info)) return refuse('clkConfig.kdf: expected salt and info in base64');
  const limit = (255 * (hash === 'SHA256' ? 32 : 64)) / (2 * features);
  if (!isWhole(keySize, 1, limit)) {
    return refuse(`clkConfig.kdf.keySize: expected a whole number from 1 to ${Math.floor(limit)} for ${features} features`);
  }
  return { hash, salt, info, keySize };
}

function readFeature(
  json: unknown, at: string, version: number, config: Members, refuse: Refuse,
): ClkhashSchema['features'][number] | undefined {
  if (!isObject(json) || typeof json.identifier !== 'string') return refuse(`${at}: expected an object with an identifier`);
  const { identifier } = json;
  const hashing = json.hashing;
  if (json.ignored === true || hashing === undefined) return { identifier, ignored: true };
  if (!isObject(hashing)) return refuse(`${at}.hashing: expected an object`);
  if (version === 1 && hashing.weight === 0) return { identifier, ignored: true };
  const format = readFormat(json.format, `${at}.format`, refuse);
  const comparison = version === 3
    ? readComparison(hashing.comparison, `${at}.hashing.comparison`, refuse)
    : readComparison({ type: 'ngram', n: hashing.ngram, positional: hashing.positional }, `${at}.hashing`, refuse);
  const strategy = readStrategy(strategyOf(hashing, version, config), `${at}.hashing.strategy`, refuse);
  const hash = readHash(version === 1 ? config.hash : hashing.hash, `${at}.hashing.hash`, refuse);
  const missingValue = readMissing(hashing.missingValue, `${at}.hashing.missingValue`, refuse);
  if (!format || !comparison || !strategy || !hash || missingValue === null) return undefined;
  return { identifier, format, comparison, strategy, hash, ...(missingValue && { missingValue }) };
}

/** Version 1 has a global k and weights, version 2 calls the members `k` and `numBits`. */
function strategyOf(hashing: Members, version: number, config: Members): unknown {
  if (version === 3) return hashing.strategy;
  if (version === 1) {
    const weight = hashing.weight ?? 1;
    if (typeof weight !== 'number' || typeof config.k !== 'number' || !Number.isFinite(weight * config.k)) return undefined;
    return { bitsPerToken: Number(roundHalfEven(weight * config.k)) };
  }
  if (!isObject(hashing.strategy)) return undefined;
  const { k, numBits } = hashing.strategy;
  return k === undefined ? { bitsPerFeature: numBits } : { bitsPerToken: k };
}

function readStrategy(json: unknown, at: string, refuse: Refuse): ClkhashFeature['strategy'] | undefined {
  const { bitsPerToken, bitsPerFeature } = isObject(json) ? json : {};
  if (isWhole(bitsPerToken, 0, MAX_BITS)) return { bitsPerToken };
  if (isWhole(bitsPerFeature, 0, MAX_BITS)) return { bitsPerFeature };
  return refuse(`${at}: expected bitsPerToken or bitsPerFeature`);
}

function readHash(json: unknown, at: string, refuse: Refuse): ClkhashHash | undefined {
  if (json === undefined) return { type: 'blakeHash' };
  if (isObject(json) && json.type === 'blakeHash') return { type: 'blakeHash' };
  if (isObject(json) && json.type === 'doubleHash') {
    return { type: 'doubleHash', preventSingularity: json.prevent_singularity === true };
  }
  return refuse(`${at}: expected blakeHash or doubleHash`);
}

function readComparison(json: unknown, at: string, refuse: Refuse): Comparison | undefined {
  if (!isObject(json)) return refuse(`${at}: expected an object`);
  if (json.type === 'exact') return { type: 'exact' };
  if (json.type === 'ngram' && isWhole(json.n, 1, 64)) {
    return { type: 'ngram', n: json.n, positional: json.positional === true };
  }
  const { thresholdDistance, resolution, fractional_precision: fractionalPrecision = 0 } = json;
  if (json.type === 'numeric' && typeof thresholdDistance === 'number' && thresholdDistance > 0
    && isWhole(resolution, 1, 512) && isWhole(fractionalPrecision, 0, 20)
    && Number.isFinite(thresholdDistance * 10 ** fractionalPrecision)
    && roundHalfEven(thresholdDistance * 10 ** fractionalPrecision) > 0n) {
    return { type: 'numeric', thresholdDistance, resolution, fractionalPrecision };
  }
  return refuse(`${at}: expected ngram with n, exact, or numeric with thresholdDistance and resolution`);
}

function readFormat(json: unknown, at: string, refuse: Refuse): FormatSpec | undefined {
  if (!isObject(json) || !(['string', 'integer', 'date', 'enum'] as unknown[]).includes(json.type)) {
    return refuse(`${at}: expected a string, integer, date or enum`);
  }
  if (json.type === 'enum' && !(Array.isArray(json.values) && json.values.every((value) => typeof value === 'string'))) {
    return refuse(`${at}.values: expected a list of texts`);
  }
  for (const member of ['minLength', 'maxLength', 'minimum', 'maximum']) {
    if (json[member] !== undefined && !Number.isSafeInteger(json[member])) {
      return refuse(`${at}.${member}: expected a whole number`);
    }
  }
  for (const member of ['encoding', 'pattern', 'format', 'case']) {
    if (json[member] !== undefined && typeof json[member] !== 'string') return refuse(`${at}.${member}: expected a text`);
  }
  try {
    formatter(json as unknown as FormatSpec);
  } catch (error) {
    return refuse(`${at}: ${(error as Error).message}`);
  }
  return json as unknown as FormatSpec;
}

function readMissing(json: unknown, at: string, refuse: Refuse): ClkhashFeature['missingValue'] | undefined | null {
  if (json === undefined) return undefined;
  const { sentinel, replaceWith } = isObject(json) ? json : {};
  if (typeof sentinel === 'string' && replaceWith === undefined) return { sentinel };
  if (typeof sentinel === 'string' && typeof replaceWith === 'string') return { sentinel, replaceWith };
  refuse(`${at}: expected a sentinel, and perhaps replaceWith`);
  return null;
}

function checkBlake(schema: ClkhashSchema, refuse: Refuse): void {
  if (!schema.features.some((feature) => 'hash' in feature && feature.hash.type === 'blakeHash')) return;
  const length = schema.bits * 2 ** schema.xorFolds;
  if (!Number.isInteger(Math.log2(length))) refuse(`clkConfig.l: blakeHash needs a power of two, got ${length} before folding`);
  if (schema.kdf.keySize > 64) refuse('clkConfig.kdf.keySize: blakeHash takes keys of at most 64 bytes');
}

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value.replace(/\s/g, ''));
}

function isWhole(value: unknown, low: number, high: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high;
}

function isObject(json: unknown): json is Members {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
