import { bitCorrelation, RowSample } from './bit-correlation.js';

/** A fixed sequence of bits without pattern. */
function rowsOf(count: number, byte: (next: () => number) => number[]): Uint8Array[] {
  let state = 7;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  };
  return Array.from({ length: count }, () => Uint8Array.from(byte(next)));
}

describe('bitCorrelation', () => {
  it('is about 1 for independent bits', () => {
    const rows = rowsOf(2000, (next) => Array.from({ length: 16 }, next));
    expect(bitCorrelation(rows, 128)).toBeGreaterThan(0.9);
    expect(bitCorrelation(rows, 128)).toBeLessThan(1.1);
  });

  it('is that of the formula for two columns', () => {
    // Columns 1100 and 1000: phi = (1/4 - 1/2 * 1/4) / sqrt(1/2 * 1/2 * 1/4 * 3/4) = 0.57735.
    const rows = [0b11000000, 0b10000000, 0, 0].map((byte) => Uint8Array.of(byte));
    expect(bitCorrelation(rows, 8)).toBeCloseTo((0.57735 * 2) / 2.576, 4);
  });

  it('finds bits that go together', () => {
    const rows = rowsOf(2000, (next) => { const byte = next(); return [byte, byte, byte, byte]; });
    expect(bitCorrelation(rows, 32)).toBeCloseTo(Math.sqrt(2000) / 2.576, 6);
  });

  it('is 0 where no bit varies', () => {
    expect(bitCorrelation([], 8)).toBe(0);
    expect(bitCorrelation([Uint8Array.of(7), Uint8Array.of(7)], 8)).toBe(0);
  });
});

describe('RowSample', () => {
  it('keeps all rows while there is room, and then some of all', () => {
    const sample = new RowSample(100);
    for (let row = 0; row < 100; row++) sample.add(Uint8Array.of(0, row), 1, 2);
    expect(sample.sample().map(([byte]) => byte)).toEqual(Array.from({ length: 100 }, (_, row) => row));
    for (let row = 100; row < 250; row++) sample.add(Uint8Array.of(0, row), 1, 2);
    const late = sample.sample().filter(([byte]) => byte >= 100).length;
    expect(sample.sample()).toHaveLength(100);
    expect(late).toBeGreaterThan(40);
    expect(late).toBeLessThan(80);
  });
});
