import { setTimeout } from 'node:timers/promises';
import type { ExtractManifest, ExtractPartName } from '#libs/record';
import type { ExtractView } from '../extracts/extract-view.js';
import { noAnswer, problemOfText, ServiceRefusal } from './problem.js';

const WAIT_MS = 180_000;
const ASK_EVERY_MS = 500;

/** The service's routes about extracts, as a custodian uses them. */
export class ExtractApi {
  /** @param token the access token; asked before each request, because tokens expire. */
  constructor(private readonly url: string, private readonly token: () => Promise<string>) {}

  open(project: string, manifest: ExtractManifest): Promise<{ extractId: string }> {
    return this.ask('POST', `/api/projects/${project}/extracts`, manifest);
  }

  read(extractId: string): Promise<ExtractView> {
    return this.ask('GET', `/api/extracts/${extractId}`);
  }

  seal(extractId: string): Promise<ExtractView> {
    return this.ask('POST', `/api/extracts/${extractId}/seal`);
  }

  urlOfUploads(extractId: string, part: ExtractPartName): string {
    return `${this.url}/api/extracts/${extractId}/parts/${part}/uploads`;
  }

  urlOfUpload(extractId: string, uploadId: string): string {
    return `${this.url}/api/extracts/${extractId}/uploads/${uploadId}`;
  }

  async authorization(): Promise<Record<string, string>> {
    return { authorization: `Bearer ${await this.token()}` };
  }

  /** @throws ServiceRefusal `SERVICE_UNREACHABLE` after three minutes. */
  async untilAnswering(signal?: AbortSignal): Promise<void> {
    for (const end = Date.now() + WAIT_MS; ;) {
      const answer = await fetch(`${this.url}/api/health`).catch(() => undefined);
      if (answer?.ok) return;
      if (Date.now() > end) throw noAnswer(`waited ${WAIT_MS / 1000} seconds`);
      await setTimeout(ASK_EVERY_MS, undefined, { signal });
    }
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...await this.authorization(), ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch((error: unknown) => {
      throw noAnswer(error instanceof Error ? error.message : 'no reason');
    });
    const text = await answer.text();
    if (!answer.ok) throw new ServiceRefusal(problemOfText(answer.status, text));
    return JSON.parse(text) as T;
  }
}
