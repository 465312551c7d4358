import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MIB = 2 ** 20;

type Collector = (options: { readonly type: 'minor' }) => void;

/**
 * Keeps a thread's memory small through which many bytes pass. Ciphers and sockets give a new buffer for
 * every piece. The collector of young objects, which frees them in a millisecond, is started by how many
 * objects there are; few large buffers never start it, and 64 MB of them wait for the slow one, which walks
 * through everything that the thread holds.
 */
export class ShortLivedBuffers {
  private readonly collect: Collector;
  private passed = 0;

  /** @param mayWait bytes of buffers that may wait for the collector. */
  constructor(private readonly mayWait = 4 * MIB) {
    // The one way to ask for the collector that needs no option at the start of the program.
    setFlagsFromString('--expose-gc');
    this.collect = runInNewContext('gc') as Collector;
  }

  /** So many bytes have passed through buffers that nobody needs any more. */
  pass(bytes: number): void {
    this.passed += bytes;
    if (this.passed < this.mayWait) return;
    this.passed = 0;
    this.collect({ type: 'minor' });
  }
}
