import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** The built service as a process of its own, with what it wrote. */
export class ServiceProgram {
  output = '';

  private constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => { this.output += text; });
    }
  }

  static start(entry: 'main' | 'worker', home: string, environment: Record<string, string> = {}): ServiceProgram {
    return new ServiceProgram(spawn(process.execPath, [join(process.cwd(), 'dist', 'src', `${entry}.js`)], {
      env: { PATH: process.env['PATH'], VINCULUM_HOME: home, VINCULUM_PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    }));
  }

  /** Resolves with the first match in the output; fails when the process ends before. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`it ended before ${pattern}: ${this.output}`);
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** Its exit code, or the signal that ended it. */
  async ended(): Promise<number | NodeJS.Signals> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await new Promise((done) => this.child.once('close', done));
    }
    return this.child.exitCode ?? this.child.signalCode!;
  }

  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.child.kill(signal);
    return this.ended();
  }
}
