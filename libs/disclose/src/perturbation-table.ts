import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { canonicalJson, VinculumError } from '#libs/record';
import { maximumEntropy, type LinearCondition } from './maximum-entropy.js';
import { KEY_MODULUS } from './record-key.js';

/** What a perturbation table is made from. These may be published; the record-key secret may not. */
export interface PerturbationParameters {
  /** Greatest absolute noise, D; 1..20. */
  readonly maximumNoise: number;
  /** Variance of the noise in every block, V; > 0. */
  readonly variance: number;
  /** The values 1 .. blockedUpTo are never produced, js; 0..20. */
  readonly blockedUpTo: number;
  /** Least probability of no noise at all, where the count itself may be produced; null: free. */
  readonly stayProbability: number | null;
  /**
   * Whether the probabilities rise towards the count from below. One answer for all blocks, or one
   * for each block: small blocks cannot always satisfy it together with the variance.
   */
  readonly monotone: boolean | readonly boolean[];
}

export interface PerturbationRow {
  /** Noise v, added to the count. */
  readonly noise: number;
  /** Probability of the row, for the documentation; the bound decides. */
  readonly probability: number;
  /** The row answers for cell keys below this and not below the row before; integer in 1..2^32. */
  readonly upperBound: number;
}

export interface PerturbationTable {
  readonly parameters: PerturbationParameters;
  /** Block i-1 is for the count i; the last block for its own count and every greater one. */
  readonly blocks: readonly (readonly PerturbationRow[])[];
}

/** Bounds are fixed at this many decimals, so that they do not hang on the last bits of exp(). */
const DECIMALS = 8;

/**
 * A perturbation table by maximum entropy: for every count i the distribution of noise of
 * greatest entropy with mean 0, variance at most V, |v| <= D, i + v >= 0, i + v not in 1..js and, if asked,
 * rising towards i and staying with at least the given probability. Blocks i = 1 .. D + js + 1
 * (1 .. D where js = 0); the last is symmetric and serves all greater counts.
 * Method: S. Giessing, Computational issues in the design of transition probabilities and disclosure
 * risk estimation for additive noise, Privacy in Statistical Databases 2016.
 *
 * @throws VinculumError `PERTURBATION_PARAMETERS_INVALID` with every reason, or
 *   `PERTURBATION_INFEASIBLE` naming the count whose conditions contradict each other or whose
 *   distribution does not reach the variance.
 */
export function designPerturbationTable(parameters: PerturbationParameters): PerturbationTable {
  assertParameters(parameters);
  const { maximumNoise, blockedUpTo } = parameters;
  const blocks = blockedUpTo === 0 ? maximumNoise : maximumNoise + blockedUpTo + 1;
  return {
    parameters,
    blocks: Array.from({ length: blocks }, (_, i) => designBlock(parameters, i + 1)),
  };
}

/** SHA-256 over the canonical JSON of noise and bounds: two tables with one hash perturb alike. */
export function perturbationTableHash(table: PerturbationTable): string {
  const bounds = table.blocks.map((block) => block.map(({ noise, upperBound }) => [noise, upperBound]));
  return bytesToHex(sha256(new TextEncoder().encode(canonicalJson(bounds))));
}

function designBlock(parameters: PerturbationParameters, count: number): PerturbationRow[] {
  const { maximumNoise, variance, blockedUpTo } = parameters;
  const noises: number[] = [];
  for (let noise = -maximumNoise; noise <= maximumNoise; noise += 1) {
    const produced = count + noise;
    if (produced === 0 || produced > blockedUpTo) noises.push(noise);
  }
  const p = maximumEntropy(noises.length, conditions(parameters, count, noises));
  if (p === undefined) throw infeasible(count, 'its conditions contradict each other');
  const reached = p.reduce((sum, probability, j) => sum + probability * noises[j] ** 2, 0);
  if (reached < variance - 1e-6) {
    throw infeasible(count, `the greatest entropy has variance ${reached.toFixed(5)}, below ${variance}`);
  }
  return rows(noises, p);
}

function conditions(
  parameters: PerturbationParameters, count: number, noises: readonly number[],
): LinearCondition[] {
  const { variance, stayProbability, monotone } = parameters;
  const result: LinearCondition[] = [
    { kind: '=', coefficients: noises.map(() => 1), bound: 1 },
    { kind: '=', coefficients: noises, bound: 0 },
    { kind: '<=', coefficients: noises.map((v) => v * v), bound: variance },
  ];
  if (typeof monotone === 'boolean' ? monotone : monotone[count - 1]) {
    for (let j = 0; j + 1 < noises.length && noises[j + 1] <= 0; j += 1) {
      result.push({
        kind: '<=', bound: 0, coefficients: noises.map((_, k) => (k === j ? 1 : k === j + 1 ? -1 : 0)),
      });
    }
  }
  if (stayProbability !== null && noises.includes(0)) {
    result.push({ kind: '<=', coefficients: noises.map((v) => (v === 0 ? -1 : 0)), bound: -stayProbability });
  }
  return result;
}

/** Cumulates, fixes the decimals and turns the bounds into integers of the key's scale. */
function rows(noises: readonly number[], p: readonly number[]): PerturbationRow[] {
  const unit = 10 ** DECIMALS;
  let cumulated = 0;
  return noises.map((noise, j) => {
    cumulated += p[j];
    const fixed = j === noises.length - 1 ? unit : Math.round(cumulated * unit);
    const probability = Math.round(p[j] * unit) / unit;
    return { noise, probability, upperBound: keyBound(BigInt(fixed), BigInt(unit)) };
  });
}

/** Least integer k with k / 2^32 >= numerator / denominator: key < k exactly when key/2^32 < the fraction. */
function keyBound(numerator: bigint, denominator: bigint): number {
  return Number((numerator * BigInt(KEY_MODULUS) + denominator - 1n) / denominator);
}

function assertParameters(parameters: PerturbationParameters): void {
  const { maximumNoise, variance, blockedUpTo, stayProbability, monotone } = parameters;
  const reasons: string[] = [];
  const whole = (x: number, least: number): boolean => Number.isInteger(x) && x >= least && x <= 20;
  if (!whole(maximumNoise, 1)) reasons.push('maximumNoise: expected a whole number in 1..20');
  if (!whole(blockedUpTo, 0)) reasons.push('blockedUpTo: expected a whole number in 0..20');
  if (!(variance > 0 && Number.isFinite(variance))) reasons.push('variance: expected a number above 0');
  if (stayProbability !== null && !(stayProbability > 0 && stayProbability < 1)) {
    reasons.push('stayProbability: expected null or a number between 0 and 1');
  }
  if (typeof monotone !== 'boolean') {
    const blocks = blockedUpTo === 0 ? maximumNoise : maximumNoise + blockedUpTo + 1;
    if (!Array.isArray(monotone) || monotone.length !== blocks) {
      reasons.push(`monotone: expected true, false or one of them for each of the ${blocks} blocks`);
    }
  }
  if (reasons.length > 0) throw new VinculumError('PERTURBATION_PARAMETERS_INVALID', reasons.join('; '));
}

function infeasible(count: number, why: string): VinculumError {
  return new VinculumError('PERTURBATION_INFEASIBLE',
    `no noise distribution for the count ${count}: ${why}; change the variance, the greatest noise or monotone`);
}
