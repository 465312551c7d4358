import { VinculumError } from '#libs/record';
import type { StorageKeys } from './storage-keys.js';

const TIMEOUT_MS = 10_000;
const GONE = [400, 404];
/** A key that wraps nothing: it shows that the address is still the one where keys were made. */
const MARKER = 'keys/vinculum-mount';

/** Where a key management service is, and the token that it asks for. */
export interface TransitAddress {
  /** Up to and with the mount, for example `https://vault.example:8200/v1/transit`. */
  readonly url: string;
  readonly token: string;
}

interface TransitAnswer {
  readonly data?: { readonly ciphertext?: string; readonly plaintext?: string };
}

/**
 * Storage keys in a key management service that speaks the protocol of Vault's transit engine (OpenBao does
 * too). Each extract has a key of its own there, `vinculum-ID`, which never leaves it: to destroy the key
 * there is to destroy every copy of what it wrapped. Stored is the service's own ciphertext, as text.
 */
export class TransitStorageKeys implements StorageKeys {
  constructor(private readonly address: TransitAddress) {}

  async wrap(extract: string, dataKey: Uint8Array): Promise<Buffer> {
    const name = nameOf(extract);
    await this.call('POST', MARKER, { type: 'aes256-gcm96' });
    await this.call('POST', `keys/${name}`, { type: 'aes256-gcm96' });
    await this.call('POST', `keys/${name}/config`, { deletion_allowed: true });
    return this.ciphertext(`encrypt/${name}`, { plaintext: Buffer.from(dataKey).toString('base64') });
  }

  async unwrap(extract: string, wrapped: Uint8Array): Promise<Buffer> {
    const { data } = await this.call('POST', `decrypt/${nameOf(extract)}`, { ciphertext: textOf(wrapped) });
    return Buffer.from(data?.plaintext ?? '', 'base64');
  }

  /** A new version of the extract's key; older ones open nothing any more. */
  async rewrap(extract: string, wrapped: readonly Uint8Array[]): Promise<Buffer[]> {
    const name = nameOf(extract);
    await this.call('POST', `keys/${name}/rotate`, {});
    return Promise.all(wrapped.map((key) => this.ciphertext(`rewrap/${name}`, { ciphertext: textOf(key) })));
  }

  /**
   * Believes it when the service does not know the key any more (it may refuse to delete one) and still
   * knows the marker: a wrong mount answers that it does not know any key, while the key lives elsewhere.
   */
  async destroy(extract: string): Promise<void> {
    const path = `keys/${nameOf(extract)}`;
    await this.send('DELETE', path);
    const { status } = await this.send('GET', path);
    if (status !== 404) throw unavailable(`status ${status} for a key that it was to delete`);
    const marker = await this.send('GET', MARKER);
    if (marker.status !== 200) throw unavailable(`status ${marker.status} for its key vinculum-mount`);
  }

  private async ciphertext(path: string, body: object): Promise<Buffer> {
    const { data } = await this.call('POST', path, body);
    if (!data?.ciphertext) throw unavailable('an answer without a ciphertext');
    return Buffer.from(data.ciphertext);
  }

  /** Texts of the service are not repeated: they may name what it was sent. */
  private async call(method: string, path: string, body?: object): Promise<TransitAnswer> {
    const answer = await this.send(method, path, body);
    if (GONE.includes(answer.status)) {
      throw new VinculumError('STORAGE_KEY_DESTROYED', 'the key management service has no key of the extract that opens this');
    }
    if (!answer.ok) throw unavailable(`status ${answer.status}`);
    const text = await answer.text();
    return text === '' ? {} : JSON.parse(text) as TransitAnswer;
  }

  private async send(method: string, path: string, body?: object): Promise<Response> {
    try {
      return await fetch(`${this.address.url}/${path}`, {
        method, headers: { 'x-vault-token': this.address.token, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw unavailable('no answer');
    }
  }
}

function nameOf(extract: string): string {
  return `vinculum-${extract}`;
}

function textOf(wrapped: Uint8Array): string {
  return Buffer.from(wrapped).toString();
}

function unavailable(what: string): VinculumError {
  return new VinculumError('STORAGE_KEY_UNAVAILABLE',
    `the key management service gave ${what}; see VINCULUM_KMS_URL and its token, then try again`);
}
