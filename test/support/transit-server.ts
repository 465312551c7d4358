import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = readonly [status: number, data?: object];

/** A key management service: the part of the transit protocol that storage needs, with real encryption. */
export class TransitServer {
  /** Key -> its versions, from 1. */
  readonly keys = new Map<string, Buffer[]>();
  readonly deletable = new Set<string>();

  private constructor(private readonly server: Server, private readonly token: string) {}

  static async start(token: string): Promise<TransitServer> {
    const server = createServer();
    const transit = new TransitServer(server, token);
    server.on('request', (request, response) => {
      void transit.answer(request).then(([status, data]) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(data ? JSON.stringify({ data }) : '');
      });
    });
    await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
    return transit;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/transit`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => { this.server.close(done); });
  }

  private async answer(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.headers['x-vault-token'] !== this.token) return [403];
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, string>;
    const [, verb, name, part] = /^\/v1\/transit\/(\w+)\/([\w-]+)(?:\/(\w+))?$/.exec(request.url ?? '') ?? [];
    const versions = this.keys.get(name);
    if (verb === 'keys' && request.method === 'POST' && !part) {
      if (!versions) this.keys.set(name, [randomBytes(32)]);
      return [204];
    }
    if (!versions) return [request.method === 'GET' ? 404 : 400];
    if (request.method === 'GET') return [200, {}];
    if (verb === 'keys') return this.changed(name, versions, request.method === 'DELETE' ? 'delete' : part);
    if (verb === 'encrypt') return [200, { ciphertext: encrypted(versions, Buffer.from(body['plaintext'], 'base64')) }];
    const plain = decrypted(versions, body['ciphertext']);
    if (!plain) return [400];
    if (verb === 'decrypt') return [200, { plaintext: plain.toString('base64') }];
    return [200, { ciphertext: encrypted(versions, plain) }];
  }

  private changed(name: string, versions: Buffer[], what: string | undefined): Answer {
    if (what === 'config') this.deletable.add(name);
    if (what === 'rotate') versions.push(randomBytes(32));
    if (what === 'delete') {
      if (!this.deletable.has(name)) return [400];
      this.keys.delete(name);
    }
    return [204];
  }
}

function encrypted(versions: readonly Buffer[], plain: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', versions[versions.length - 1], nonce);
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return `vault:v${versions.length}:${sealed.toString('base64')}`;
}

function decrypted(versions: readonly Buffer[], ciphertext: string): Buffer | undefined {
  const [, version, text] = ciphertext.split(':');
  const sealed = Buffer.from(text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', versions[Number(version.slice(1)) - 1], sealed.subarray(0, 12))
    .setAuthTag(sealed.subarray(-16));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  } catch {
    return undefined;
  }
}
