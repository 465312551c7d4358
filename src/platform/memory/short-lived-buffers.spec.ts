import { ShortLivedBuffers } from './short-lived-buffers.js';

const MIB = 2 ** 20;

/** Bytes of buffers at most, while 200 MiB of them come and go. */
function peakWhile(pass: (bytes: number) => void): number {
  let peak = 0;
  for (let i = 0; i < 200; i++) {
    new Uint8Array(MIB).fill(i);
    pass(MIB);
    peak = Math.max(peak, process.memoryUsage().arrayBuffers);
  }
  return peak;
}

describe('ShortLivedBuffers', () => {
  it('frees buffers soon after they have passed', () => {
    const before = process.memoryUsage().arrayBuffers;
    const buffers = new ShortLivedBuffers();
    expect(peakWhile((bytes) => buffers.pass(bytes)) - before).toBeLessThan(20 * MIB);
  });
});
