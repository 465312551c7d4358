import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { scriptAt } from './module-scripts.js';
import type { PageReport } from './page-report.js';

// What a careful custodian's page allows: its own scripts, WebAssembly, and no code made of strings.
const POLICY = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'", "base-uri 'none'",
  "form-action 'none'", "frame-ancestors 'none'",
].join('; ');
const PAGE = '<!doctype html><meta charset="utf-8"><title>encode</title><link rel="icon" href="data:,">'
  + '<body><script src="/dist/test/browser/loader.js" data-entry="/dist/test/browser/page.js"></script>';
const GOLDEN_FILTERS = '/test/vectors/clkhash_filters.json';

/** Serves the page and its modules on 127.0.0.1, and takes what the page reports. */
export class PageServer {
  /** Settles once: with the page's report, or with the first error of the page or of serving it. */
  readonly report: Promise<PageReport>;
  private readonly server: Server;
  private succeed!: (report: PageReport) => void;
  private fail!: (error: Error) => void;

  private constructor(private readonly root: string) {
    this.report = new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = reject;
    });
    // The page may fail before anybody waits for it.
    this.report.catch(() => undefined);
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        this.fail(error instanceof Error ? error : new Error(String(error)));
        response.writeHead(500).end();
      });
    });
  }

  static async open(root: string): Promise<PageServer> {
    const server = new PageServer(root);
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const { pathname } = new URL(request.url ?? '/', this.url);
    if (request.method === 'POST') {
      await this.take(pathname, request);
      response.writeHead(204).end();
      return;
    }
    const [type, content] = this.contentAt(pathname);
    response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(content);
  }

  private async take(pathname: string, request: IncomingMessage): Promise<void> {
    const content = await text(request);
    if (pathname === '/report') this.succeed(JSON.parse(content) as PageReport);
    else this.fail(new Error(`the page failed: ${content}`));
  }

  private contentAt(pathname: string): [type: string, content: string] {
    if (pathname === '/') return ['text/html', PAGE];
    if (pathname === GOLDEN_FILTERS) return ['application/json', readFileSync(join(this.root, pathname), 'utf8')];
    const script = scriptAt(this.root, pathname);
    if (script === undefined) throw new Error(`the page asked for ${pathname}, which is not among what it may load`);
    return ['text/javascript', script];
  }
}
