import { setTimeout } from 'node:timers/promises';
import { ExtractApi } from '../submission/extract-api.js';

/** What the service answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** Stable code of a problem document. */
  readonly code: string | undefined;
  json<T>(): T;
}

/** The HTTP API, as people use it. */
export class ServiceClient {
  private readonly tokens = new Map<string, string>();

  /** @param newToken an access token for a person. */
  constructor(
    private readonly url: string, private readonly newToken: (person: string) => Promise<string>,
    private readonly signal = new AbortController().signal,
  ) {}

  /** With the people of the service's own development identity provider. */
  static async connect(url: string, signal?: AbortSignal): Promise<ServiceClient> {
    const health = await (await fetch(`${url}/api/health`)).json() as { identity: { issuer: string } };
    return new ServiceClient(url, async (person) => {
      const answer = await fetch(`${health.identity.issuer}/token?person=${person}`, { method: 'POST' });
      return (await answer.json() as { access_token: string }).access_token;
    }, signal);
  }

  /** A request that may be refused; `undefined` sends no token. */
  async ask(person: string | undefined, method: string, path: string, body?: unknown): Promise<Answer> {
    return answerOf(await fetch(`${this.url}${path}`, {
      method, signal: this.signal,
      headers: {
        ...await this.authorization(person), ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }));
  }

  /** @throws Error with the service's own words where the request is refused. */
  async get<T>(person: string | undefined, path: string): Promise<T> {
    return expectSuccess(await this.ask(person, 'GET', path), path).json<T>();
  }

  async post<T>(person: string, path: string, body: unknown = {}): Promise<T> {
    return expectSuccess(await this.ask(person, 'POST', path, body), path).json<T>();
  }

  async text(person: string | undefined, path: string): Promise<string> {
    return expectSuccess(await this.ask(person, 'GET', path), path).text;
  }

  /** The routes about extracts, as one custodian. */
  extractsAs(person: string): ExtractApi {
    return new ExtractApi(this.url, () => this.tokenOf(person));
  }

  /** Asks again and again until `isDone`. */
  async poll<T>(person: string, path: string, isDone: (answer: T) => boolean, everyMs = 150): Promise<T> {
    for (;;) {
      const answer = await this.get<T>(person, path);
      if (isDone(answer)) return answer;
      await setTimeout(everyMs, undefined, { signal: this.signal });
    }
  }

  private async authorization(person: string | undefined): Promise<Record<string, string>> {
    if (person === undefined) return {};
    return { authorization: `Bearer ${await this.tokenOf(person)}` };
  }

  private async tokenOf(person: string): Promise<string> {
    const token = this.tokens.get(person) ?? await this.newToken(person);
    this.tokens.set(person, token);
    return token;
  }
}

export function expectSuccess(answer: Answer, path: string): Answer {
  if (answer.status < 400) return answer;
  throw new Error(`${path} was refused: ${answer.status} ${answer.text.slice(0, 2_000)}`);
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isProblem = (response.headers.get('content-type') ?? '').startsWith('application/problem+json');
  return {
    status: response.status, text,
    code: isProblem ? (JSON.parse(text) as { code?: string }).code : undefined,
    json: <T>() => JSON.parse(text) as T,
  };
}
