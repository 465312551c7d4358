import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519PublicKey, ed25519Sign, ED25519_KEY_BYTES, newEd25519Seed } from './ed25519.js';
import { readSecret, writeSecretOnce } from './key-folder.js';
import { VinculumError } from '#libs/record';

/** Signs the audit log's checkpoints. The private key does not leave it. */
export interface AuditSigner {
  /** 32 bytes, Ed25519. */
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** The key in `audit-log.key` (32 bytes, mode 0600) of the key folder; made at the first start. */
export function auditSigner(keyFolder: string): AuditSigner {
  const file = join(keyFolder, 'audit-log.key');
  if (!existsSync(file)) writeSecretOnce(file, newEd25519Seed());
  const seed = new Uint8Array(readSecret(file));
  if (seed.length !== ED25519_KEY_BYTES) {
    throw new VinculumError('AUDIT_KEY_INVALID',
      `${file} has ${seed.length} bytes, ${ED25519_KEY_BYTES} expected; restore it from its backup`);
  }
  return { publicKey: ed25519PublicKey(seed), sign: (message) => ed25519Sign(seed, message) };
}
