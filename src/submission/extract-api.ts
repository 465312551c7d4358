import createClient, { type Client } from 'openapi-fetch';
import type { ExtractManifest, ExtractPartName } from '#libs/record';
import type { paths } from '../api-description/api-schema.js';
import type { ExtractView } from '../extracts/extract-view.js';
import type { Project } from '../projects/project-view.js';
import { noAnswer, problemOf, ServiceRefusal } from './problem.js';
import { waitFor } from './waiting.js';

const WAIT_MS = 180_000;
const ASK_EVERY_MS = 500;

/** The service's routes about extracts, as a custodian uses them. */
export class ExtractApi {
  private readonly client: Client<paths>;

  /** @param token the access token; asked before each request, because tokens expire. */
  constructor(private readonly url: string, private readonly token: () => Promise<string>) {
    this.client = createClient<paths>({ baseUrl: url });
  }

  /** Who the service takes the token's holder for. */
  async session(): Promise<{ subject: string; organisation: string }> {
    return answer(this.client.GET('/api/session', { headers: await this.authorization() })) as never;
  }

  /** Projects that the custodian sees. */
  async projects(): Promise<Pick<Project, 'id' | 'title' | 'registers' | 'closedAt'>[]> {
    return answer(this.client.GET('/api/projects', { headers: await this.authorization() })) as never;
  }

  async open(project: string, manifest: ExtractManifest): Promise<{ extractId: string }> {
    return answer(this.client.POST('/api/projects/{project}/extracts', {
      params: { path: { project } }, body: { ...manifest }, headers: await this.authorization(),
    }));
  }

  async read(extract: string): Promise<ExtractView> {
    return answer(this.client.GET('/api/extracts/{extract}', {
      params: { path: { extract } }, headers: await this.authorization(),
    }));
  }

  async seal(extract: string): Promise<ExtractView> {
    return answer(this.client.POST('/api/extracts/{extract}/seal', {
      params: { path: { extract } }, headers: await this.authorization(),
    }));
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
      await waitFor(ASK_EVERY_MS, signal);
    }
  }
}

/** @throws ServiceRefusal where the service refuses, or does not answer. */
async function answer<T>(
  asked: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await asked.catch((reason: unknown) => {
    throw noAnswer(reason instanceof Error ? reason.message : 'no reason');
  });
  if (data === undefined) throw new ServiceRefusal(problemOf(response.status, error));
  return data;
}
