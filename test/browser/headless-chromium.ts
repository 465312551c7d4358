import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// One page of our own on 127.0.0.1: the sandbox, which root may not use, protects nobody here, and nothing is
// to be fetched from elsewhere.
export const CHROMIUM_FLAGS: readonly string[] = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const LAST_WORDS_CHARACTERS = 4000;

/** A Chromium with a new, empty profile that shows one page. */
export class HeadlessChromium {
  /** Rejects when the browser ends by itself, or does not start; never resolves. */
  readonly ended: Promise<never>;
  private readonly exited: Promise<void>;
  private lastWords = '';

  private constructor(private readonly browser: ChildProcess, private readonly profile: string) {
    browser.stderr?.setEncoding('utf8').on('data', (words: string) => {
      this.lastWords = (this.lastWords + words).slice(-LAST_WORDS_CHARACTERS);
    });
    this.ended = new Promise((_, reject) => {
      browser.on('error', (error) => reject(new Error(`Chromium did not start: ${error.message}`)));
      browser.on('exit', (code, signal) =>
        reject(new Error(`Chromium ended (${signal ?? code ?? 'for no reason'}): ${this.lastWords}`)));
    });
    this.ended.catch(() => undefined);
    this.exited = new Promise((resolve) => {
      browser.on('error', () => resolve());
      browser.on('close', () => resolve());
    });
  }

  static open(url: string): HeadlessChromium {
    const profile = mkdtempSync(join(tmpdir(), 'vinculum-browser-'));
    // A process group of its own: killing it takes the browser's own processes along.
    const browser = spawn('chromium', [...CHROMIUM_FLAGS, `--user-data-dir=${profile}`, url], {
      stdio: ['ignore', 'ignore', 'pipe'], detached: true,
    });
    return new HeadlessChromium(browser, profile);
  }

  async close(): Promise<void> {
    const { pid, exitCode, signalCode } = this.browser;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
    await this.exited;
    // Processes of the group may write for a moment after the first one is gone.
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
