import { packBits, unpackBits, type Bits } from './bits.js';
import { diffusionSets } from './diffusion-sets.js';
import { bitsBefore, type HardeningStep } from './encoding-spec.js';
import { balance, blip, diffuse, rule90, xorFold } from './hardening.js';
import type { KeyStream, KeyedHashing } from './keyed-hashing.js';
import { deriveKey } from './keys.js';
import type { SegmentPlan } from './segment-plan.js';

/** Source of fresh random bytes; only BLIP needs it. */
export type RandomBytes = (count: number) => Uint8Array;

/** Input bits whose XOR is an output bit, for each of them; all sets of a step have the same size. */
export type IndexSets = readonly ArrayLike<number>[];

export interface BitStep {
  /** There when the step is linear: when the step of an XOR of filters is the XOR of the steps. */
  readonly linear?: IndexSets;
  readonly apply: (bits: Bits) => Bits;
}

/** The hardening of a segment as functions on bits, in order; `birth-year-salt` is not among them. */
export function hardeningChain(
  plan: SegmentPlan, secret: Uint8Array, randomBytes: RandomBytes, hashing: KeyedHashing,
): BitStep[] {
  const steps = (plan.segment.hardening ?? []).filter((step) => step.type !== 'birth-year-salt');
  return steps.map((step, index) => {
    const input = bitsBefore(steps.slice(index), plan.segment.bits);
    const output = bitsBefore(steps.slice(index + 1), plan.segment.bits);
    const key = deriveKey(secret, 'hardening', plan.segment.name, String(index));
    return bitStep(step, hashing.keyStream(key), input, output, randomBytes);
  });
}

function bitStep(
  step: HardeningStep, keyStream: KeyStream, input: number, output: number, randomBytes: RandomBytes,
): BitStep {
  switch (step.type) {
    // The input has twice the length of the output, so a fold has two equal halves.
    case 'xor-fold': return { linear: sumsOf(output, (i) => [i, output + i]), apply: xorFold };
    case 'rule-90':
      return { linear: sumsOf(output, (i) => [(i + output - 1) % output, (i + 1) % output]), apply: rule90 };
    case 'diffusion': {
      const sets = diffusionSets(keyStream, input, output, step.t);
      return { linear: sets, apply: (bits) => diffuse(bits, sets) };
    }
    case 'balance': return { apply: balance };
    case 'blip': return { apply: (bits) => blip(bits, step.f, noise(randomBytes, bits.length)) };
    default: throw new RangeError(`no step on bits: ${step.type}`);
  }
}

function sumsOf(outputBits: number, setOf: (bit: number) => readonly number[]): IndexSets {
  return Array.from({ length: outputBits }, (_, bit) => setOf(bit));
}

function noise(randomBytes: RandomBytes, count: number): Uint32Array {
  const bytes = randomBytes(4 * count).slice();
  return new Uint32Array(bytes.buffer);
}

/** Applies steps one after another to a packed filter of `length` bits. */
export function applyChain(steps: readonly BitStep[], packed: Uint8Array, length: number): Uint8Array {
  return packBits(steps.reduce((bits, step) => step.apply(bits), unpackBits(packed, length)));
}
