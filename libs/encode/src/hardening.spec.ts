import fc from 'fast-check';
import { packBits, unpackBits } from './bits.js';
import { diffusionSets } from './diffusion-sets.js';
import { balance, blip, blipEpsilonPerBit, diffuse, rule90, xorFold } from './hardening.js';
import { PLAIN_HASHING } from './keyed-hashing.js';

const bits = (text: string): Uint8Array => Uint8Array.from(text, Number);
const text = (filter: Uint8Array): string => filter.join('');
const filters = fc.array(fc.nat(1), { minLength: 2, maxLength: 40 }).map((list) => Uint8Array.from(list));

describe('hardening steps', () => {
  it('XOR-folds halves, an odd length with a zero at its end', () => {
    expect(text(xorFold(bits('11001010')))).toBe('0110');
    expect(text(xorFold(bits('11001')))).toBe('100');
  });

  it('replaces each bit by the XOR of its neighbours in a ring', () => {
    expect(text(rule90(bits('100000')))).toBe('010001');
    expect(text(rule90(bits('1101')))).toBe('0101');
  });

  it('balances by the complement', () => {
    expect(text(balance(bits('1101')))).toBe('11010010');
  });

  it('diffuses by the XOR of each set', () => {
    expect(text(diffuse(bits('110010'), [[0, 1], [0, 2, 4], [1, 3], [5]]))).toBe('0010');
  });

  it('flips with the stated probability and states the epsilon', () => {
    expect(text(blip(bits('1010'), 0.5, Uint32Array.of(0, 2 ** 30 - 1, 2 ** 30, 2 ** 32 - 1)))).toBe('0110');
    expect(blipEpsilonPerBit(0.5)).toBeCloseTo(Math.log(3), 12);
  });

  it('is linear where the fast encoder takes it to be', () => {
    fc.assert(fc.property(filters, fc.infiniteStream(fc.nat(1)), (left, stream) => {
      const right = left.map(() => stream.next().value as number);
      const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((bit, i) => bit ^ b[i]);
      for (const step of [xorFold, rule90, (b: Uint8Array): Uint8Array => diffuse(b, [[0, 1], [1]])]) {
        expect(step(xor(left, right))).toEqual(xor(step(left), step(right)));
      }
    }));
  });

  it('packs most significant bit first and unpacks again', () => {
    expect(packBits(bits('0100110111'))).toEqual(Uint8Array.of(0x4d, 0xc0));
    fc.assert(fc.property(filters, (filter) => {
      expect(unpackBits(packBits(filter), filter.length)).toEqual(filter);
    }));
  });
});

describe('diffusionSets', () => {
  const key = new Uint8Array(32).fill(9);
  const setsOf = (bytes: Uint8Array): Uint32Array[] =>
    diffusionSets(PLAIN_HASHING.keyStream(bytes), 64, 64, 5);

  it('uses every input bit equally often, none twice in a set', () => {
    for (const [input, output, t] of [[1024, 1024, 10], [64, 128, 7], [16, 16, 16]]) {
      const sets = diffusionSets(PLAIN_HASHING.keyStream(key), input, output, t);
      const uses = new Uint32Array(input);
      for (const set of sets) {
        expect(new Set(set).size).toBe(t);
        set.forEach((i) => { uses[i]++; });
      }
      expect(Math.max(...uses) - Math.min(...uses)).toBeLessThanOrEqual(1);
      expect(sets).toHaveLength(output);
    }
  });

  it('depends on the key and on nothing else', () => {
    expect(setsOf(key)).toEqual(setsOf(key.slice()));
    expect(setsOf(key)).not.toEqual(setsOf(new Uint8Array(32)));
  });
});
