import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { BLOCK_KEY_BITS } from '#libs/record';
import { blockText, type BlockRule } from './block-rules.js';
import type { EncodingSpec } from './encoding-spec.js';
import { deriveKey } from './keys.js';
import type { Role } from './roles.js';

export const BLOCK_KEY_BYTES = BLOCK_KEY_BITS / 8;

/** The key under which the block keys of one rule are made, and nothing else. */
export function blockRuleKey(secret: Uint8Array, { name, parts }: BlockRule): Uint8Array {
  const uses = parts.map(({ role, take, letters }) => `${role} ${take} ${letters ?? ''}`);
  return deriveKey(secret, 'block', name, ...uses);
}

/**
 * Makes block keys of one rule: the first 8 bytes of HMAC-SHA-256 of what the rule takes of a record, under
 * the rule's own key. Never all zero, which means *no key*: the last bit of such a one is set.
 */
export function createBlockKeyMaker(secret: Uint8Array, rule: BlockRule): (text: string) => Uint8Array {
  const key = blockRuleKey(secret, rule);
  return (text) => withoutZero(hmac(sha256, key, utf8ToBytes(text)).slice(0, BLOCK_KEY_BYTES));
}

function withoutZero(key: Uint8Array): Uint8Array {
  if (key.every((byte) => byte === 0)) key[BLOCK_KEY_BYTES - 1] = 1;
  return key;
}

/** The block keys of a record by their definition, rule after rule; zeros where a part is missing. */
export function createReferenceBlockKeys(
  { blocks = [] }: EncodingSpec, secret: Uint8Array, roles: readonly Role[],
): (values: readonly string[]) => Uint8Array {
  const makers = blocks.map((rule) => createBlockKeyMaker(secret, rule));
  return (values) => {
    const keys = new Uint8Array(blocks.length * BLOCK_KEY_BYTES);
    blocks.forEach((rule, r) => {
      const text = blockText(rule, roles, values);
      if (text !== '') keys.set(makers[r](text), r * BLOCK_KEY_BYTES);
    });
    return keys;
  };
}
