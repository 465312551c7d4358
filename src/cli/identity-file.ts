import { readFileSync } from 'node:fs';
import { VinculumError } from '#libs/record';
import { warnIfOthersCanRead } from './secret-file.js';
import { recipientOf } from './sealed-key.js';

/** Form of age-keygen: the public key as a comment, then the identity. */
export function identityFileText(identity: string, recipient: string): string {
  return `# public key: ${recipient}\n${identity}\n`;
}

/** An identity and the recipient that belongs to it. */
export interface IdentityPair {
  readonly identity: string;
  readonly recipient: string;
}

/**
 * Reads the identities of a file: one a line, empty lines and lines that begin with # aside. The bytes are
 * wiped; the texts last until the process ends, which is soon.
 *
 * @throws VinculumError IDENTITY_UNREADABLE, IDENTITY_INVALID; never repeats content.
 */
export async function readIdentityFile(path: string): Promise<IdentityPair[]> {
  const identities = linesOf(path);
  if (identities.length === 0) throw new VinculumError('IDENTITY_INVALID', `${path}: expected an age identity, got none`);
  const pairs: IdentityPair[] = [];
  for (const identity of identities) pairs.push({ identity, recipient: await recipientOf(identity) });
  return pairs;
}

function linesOf(path: string): string[] {
  let bytes: Buffer;
  try {
    warnIfOthersCanRead(path);
    bytes = readFileSync(path);
  } catch {
    throw new VinculumError('IDENTITY_UNREADABLE', `expected a readable file with an age identity at ${path}`);
  }
  const lines = bytes.toString('latin1').split('\n').map((line) => line.trim());
  bytes.fill(0);
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}
