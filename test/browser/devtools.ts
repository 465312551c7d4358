import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { CHROMIUM_FLAGS } from './headless-chromium.js';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

const PATIENCE_MS = 240_000;
const LOOK_EVERY_MS = 50;

/** A page in a real Chromium, driven by the DevTools protocol over pipes, as a person would drive it. */
export class DrivenPage {
  /** What the page said in its console, and what it was refused: should be nothing. */
  readonly complaints: string[] = [];
  private readonly waiting = new Map<number, (message: Message) => void>();
  private sent = 0;
  private session: string | undefined;

  private constructor(
    private readonly browser: ChildProcess, private readonly profile: string,
    private readonly commands: Writable, answers: Readable,
  ) {
    let text = '';
    answers.setEncoding('utf8').on('data', (more: string) => {
      const messages = (text + more).split('\0');
      text = messages.pop() ?? '';
      for (const message of messages) this.take(JSON.parse(message) as Message);
    });
  }

  static async open(url: string, width = 900, height = 1_100): Promise<DrivenPage> {
    const profile = mkdtempSync(join(tmpdir(), 'vinculum-page-'));
    const flags = [...CHROMIUM_FLAGS, '--remote-debugging-pipe', `--user-data-dir=${profile}`];
    const browser = spawn('chromium', flags, {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true,
    });
    const [, , , commands, answers] = browser.stdio;
    const page = new DrivenPage(browser, profile, commands as Writable, answers as Readable);
    const { targetId } = await page.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await page.send('Target.attachToTarget', { targetId, flatten: true });
    page.session = sessionId as string;
    for (const domain of ['Page', 'Runtime', 'DOM', 'Log']) await page.send(`${domain}.enable`);
    await page.resize(width, height);
    await page.send('Page.navigate', { url });
    return page;
  }

  async resize(width: number, height: number): Promise<void> {
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  async prefersDark(): Promise<void> {
    await this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
  }

  async reload(): Promise<void> {
    await this.send('Page.reload');
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate',
      { expression, returnByValue: true, awaitPromise: true, allowUnsafeEvalBlockedByCSP: false });
    if (exceptionDetails) throw new Error(`the page failed at ${expression}`);
    return (result as { value: T }).value;
  }

  /** Resolves when the expression is true; the page may be loading meanwhile. */
  async until(expression: string): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await after(LOOK_EVERY_MS)) {
      if (await this.evaluate<boolean>(`Boolean(${expression})`).catch(() => false)) return;
    }
    const shown = await this.evaluate<string>('document.body.innerText');
    throw new Error(`the page did not come to ${expression}; it shows ${shown}; ${this.complaints.join('; ')}`);
  }

  /** What a person reads of an element. */
  text(selector: string): Promise<string> {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`);
  }

  /** Types into what has the focus. */
  async type(text: string): Promise<void> {
    await this.send('Input.insertText', { text });
  }

  async press(key: 'Enter' | 'Tab' | ' '): Promise<void> {
    const code = { Enter: 13, Tab: 9, ' ': 32 }[key];
    const text = { Enter: '\r', Tab: '', ' ': ' ' }[key];
    const event = { key, windowsVirtualKeyCode: code, ...(text ? { text } : {}) };
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  /** Chooses files as the browser's own dialogue does. */
  async choose(selector: string, files: readonly string[]): Promise<void> {
    const { root } = await this.send('DOM.getDocument');
    const { nodeId } = await this.send('DOM.querySelector', { nodeId: (root as { nodeId: number }).nodeId, selector });
    await this.send('DOM.setFileInputFiles', { nodeId, files });
  }

  /** PNG of the whole page. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', { captureBeyondViewport: true });
    return Buffer.from(data as string, 'base64');
  }

  async close(): Promise<void> {
    const { pid, exitCode } = this.browser;
    const exited = new Promise((done) => this.browser.once('close', done));
    if (pid !== undefined && exitCode === null) {
      process.kill(-pid, 'SIGKILL');
      await exited;
    }
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  private send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.sent;
    const sessionId = this.session && !method.startsWith('Target.') ? { sessionId: this.session } : {};
    return new Promise((done, fail) => {
      this.waiting.set(id, ({ result, error }) => {
        if (error) fail(new Error(`${method}: ${error.message}`));
        else done(result ?? {});
      });
      this.commands.write(`${JSON.stringify({ id, method, params, ...sessionId })}\0`);
    });
  }

  private take(message: Message): void {
    if (message.id !== undefined) {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
    }
    if (message.method === 'Runtime.exceptionThrown' || message.method === 'Runtime.consoleAPICalled'
      || message.method === 'Log.entryAdded') {
      this.complaints.push(JSON.stringify(message.params));
    }
  }
}
