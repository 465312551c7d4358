import { PassThrough } from 'node:stream';
import { sendingProgress } from './progress-bar.js';

/** A terminal of 100 columns that keeps what is written. */
function terminal(isTTY: boolean): { stream: NodeJS.WriteStream; shown: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 });
  const written: string[] = [];
  stream.on('data', (text: Buffer) => written.push(text.toString()));
  return { stream: stream as unknown as NodeJS.WriteStream, shown: () => written.join('') };
}

describe('sendingProgress', () => {
  it('shows share, megabytes and the time that is left, from what was there already', () => {
    const { stream, shown } = terminal(true);
    const bar = sendingProgress(stream);
    bar.update(30_000_000, 120_000_000);
    expect(shown()).toMatch(/sent 25% \|.*\| 30\/120 MB, \S+ left/);
    bar.update(120_000_000, 120_000_000);
    bar.stop();
    bar.stop();
    expect(shown()).toMatch(/sent 100% \|.*\| 120\/120 MB, 0s left/);
  });

  it('writes nothing where nobody looks', () => {
    const { stream, shown } = terminal(false);
    const bar = sendingProgress(stream);
    bar.update(1, 2);
    bar.stop();
    expect(shown()).toBe('');
  });
});
