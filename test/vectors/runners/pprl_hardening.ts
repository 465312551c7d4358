import { balance, blipEpsilonPerBit, diffuse, rule90, xorFold, type Bits } from '#libs/encode';
import { Tally, type VectorResult } from '../vector-runner.js';

interface BitsToBits {
  readonly inp: string;
  readonly out: string;
}

interface HardeningFile {
  readonly balance: readonly BitsToBits[];
  readonly xor_fold: readonly BitsToBits[];
  readonly rule_90: readonly BitsToBits[];
  readonly diffusion: readonly {
    readonly bf: string; readonly index_sets: readonly number[][]; readonly out: string;
  }[];
  readonly blip: readonly {
    readonly f: number; readonly flip_probability: number; readonly epsilon_per_bit: number;
  }[];
}

const DECIMALS_GIVEN = 5e-6;

/** Hardening steps on filters written as zeros and ones. */
export function run(content: string): VectorResult {
  const file = JSON.parse(content) as HardeningFile;
  const tally = new Tally();
  const steps: readonly [string, readonly BitsToBits[], (bits: Bits) => Bits][] = [
    ['balance', file.balance, balance], ['xor_fold', file.xor_fold, xorFold], ['rule_90', file.rule_90, rule90],
  ];
  for (const [name, cases, step] of steps) {
    cases.forEach(({ inp, out }, i) => tally.equal(`${name}[${i}]`, text(step(bits(inp))), out));
  }
  file.diffusion.forEach(({ bf, index_sets: sets, out }, i) =>
    tally.equal(`diffusion[${i}]`, text(diffuse(bits(bf), sets)), out));
  file.blip.forEach(({ f, flip_probability: flip, epsilon_per_bit: epsilon }, i) => {
    tally.near(`blip[${i}] flip probability`, f / 2, flip, 0);
    tally.near(`blip[${i}] epsilon`, blipEpsilonPerBit(f), epsilon, DECIMALS_GIVEN);
  });
  return tally;
}

function bits(zerosAndOnes: string): Bits {
  return Uint8Array.from(zerosAndOnes, Number);
}

function text(filter: Bits): string {
  return filter.join('');
}
