import { SingleBar } from 'cli-progress';

/** What the demo says: prose on stdout (on stderr beside `--json`), progress bars on a terminal only. */
export class Narration {
  private readonly prose: NodeJS.WriteStream;
  private readonly started = performance.now();
  private bar: SingleBar | undefined;

  constructor(json: boolean) {
    this.prose = json ? process.stderr : process.stdout;
  }

  chapter(title: string): void {
    this.say('', `== ${title}  (${this.seconds.toFixed(1)} s)`);
  }

  /** Since the beginning, to a tenth. */
  get seconds(): number {
    return Math.round((performance.now() - this.started) / 100) / 10;
  }

  say(...lines: string[]): void {
    this.stopBar();
    for (const line of lines) this.prose.write(`${line}\n`);
  }

  /** Progress of one step; a plain line at its end where there is no terminal. */
  progress(step: string, done: number, total: number): void {
    if (process.stderr.isTTY) this.showBar(step, done, total);
    else if (done === total) this.say(`   ${step}: done`);
  }

  stopBar(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private showBar(step: string, done: number, total: number): void {
    if (!this.bar) {
      this.bar = new SingleBar({
        format: '   {step} [{bar}] {percentage}% {value}/{total}, {eta_formatted} left', stream: process.stderr,
        clearOnComplete: false, hideCursor: true,
      });
      this.bar.start(total, done, { step });
    }
    this.bar.update(done, { step });
    if (done === total) this.stopBar();
  }
}

/** `0.987` as `98.7 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`.padStart(7);
}
