import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { DEVELOPMENT_PERSONS } from '../../src/platform/identity/development-persons.js';

/** A real OpenID Connect provider in a process of its own (it is ESM only and wants none of jest). */
export class OidcProvider {
  private constructor(private readonly child: ChildProcess, readonly issuer: string) {}

  static async start(): Promise<OidcProvider> {
    const child = spawn(process.execPath, [
      join(process.cwd(), 'test', 'support', 'oidc-provider.mjs'), JSON.stringify(DEVELOPMENT_PERSONS),
    ], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => { errors += text; });
    const issuer = await new Promise<string>((done, fail) => {
      child.once('exit', () => fail(new Error(`the provider ended: ${errors}`)));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const line = text.split('\n').find((candidate) => candidate.startsWith('http'));
        if (line) done(line);
      });
    });
    return new OidcProvider(child, issuer);
  }

  /** An access token of a person, for an audience. */
  async token(person: string, resource = 'urn:vinculum'): Promise<string> {
    const answer = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${person}:test-secret`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'vinculum', resource }),
    });
    const body = await answer.json() as { access_token?: string };
    if (!body.access_token) throw new Error(`no token: ${JSON.stringify(body)}`);
    return body.access_token;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    await ended;
  }
}
