import { blockText, takenOfText, type BlockPart, type BlockRule } from './block-rules.js';
import { BLOCK_KEY_BYTES, blockRuleKey, createBlockKeyMaker } from './block-keys.js';
import type { EncodingSpec } from './encoding-spec.js';
import { FilterKernel } from './filter-kernel.js';
import type { Role } from './roles.js';
import { MAX_MESSAGE_BYTES, MESSAGE_BATCH, ShortMessageCodes, type KeyStates } from './short-message-codes.js';

/** Values of a part that are remembered with what it takes of them. */
const REMEMBERED = 1 << 16;
const ASCII = /^[\x00-\x7f]*$/;

/** Block keys of many records: what rules take is remembered, and four keys are hashed side by side. */
export class BlockKeyWriter {
  readonly bytes: number;
  private readonly codes = new ShortMessageCodes(new FilterKernel());
  private readonly rules: readonly RuleKeys[];

  constructor({ blocks = [] }: EncodingSpec, secret: Uint8Array, private readonly roles: readonly Role[]) {
    this.bytes = blocks.length * BLOCK_KEY_BYTES;
    this.rules = blocks.map((rule) => ({
      rule, states: this.codes.statesOf(blockRuleKey(secret, rule)), make: createBlockKeyMaker(secret, rule),
      taken: new TakenTexts(),
    }));
  }

  /** Writes the keys of `rows` records, the first ones at `offset`, those of the next `rowBytes` behind. */
  write(
    rows: number, valuesOf: (row: number) => readonly string[], out: Uint8Array, offset: number,
    rowBytes: number,
  ): void {
    for (let first = 0; first < rows; first += MESSAGE_BATCH) {
      const count = Math.min(MESSAGE_BATCH, rows - first);
      const values = Array.from({ length: count }, (_, i) => valuesOf(first + i));
      this.rules.forEach((keys, r) =>
        this.writeRule(keys, values, out, offset + first * rowBytes + r * BLOCK_KEY_BYTES, rowBytes));
    }
  }

  private writeRule(
    { rule, states, make, taken }: RuleKeys, values: readonly (readonly string[])[], out: Uint8Array,
    offset: number, rowBytes: number,
  ): void {
    const { codes, codes: { kernel: { bytes } } } = this;
    const texts = values.map((ofRow) => blockText(rule, this.roles, ofRow, taken.of));
    codes.clear(texts.length);
    texts.forEach((text, i) => codes.putText(i, text));
    codes.run(states, texts.length, BLOCK_KEY_BYTES / 4);
    texts.forEach((text, i) => {
      const [from, to] = [codes.codes + i * BLOCK_KEY_BYTES, offset + i * rowBytes];
      if (text === '') out.fill(0, to, to + BLOCK_KEY_BYTES);
      else if (text.length <= MAX_MESSAGE_BYTES && ASCII.test(text) && isKey(bytes, from)) {
        out.set(bytes.subarray(from, from + BLOCK_KEY_BYTES), to);
      } else out.set(make(text), to);
    });
  }
}

interface RuleKeys {
  readonly rule: BlockRule;
  readonly states: KeyStates;
  readonly make: (text: string) => Uint8Array;
  readonly taken: TakenTexts;
}

/** Zeros are no key: one in 2^64 is made one by itself. */
function isKey(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < from + BLOCK_KEY_BYTES; at++) if (bytes[at] !== 0) return true;
  return false;
}

/** `takenOfText`, remembered. */
class TakenTexts {
  private readonly ofParts = new Map<BlockPart, Map<string, string>>();

  readonly of = (part: BlockPart, text: string): string => {
    const memo = this.ofParts.get(part) ?? new Map<string, string>();
    const known = memo.get(text);
    if (known !== undefined) return known;
    if (memo.size >= REMEMBERED) memo.clear();
    const taken = takenOfText(part, text);
    memo.set(text, taken);
    this.ofParts.set(part, memo);
    return taken;
  };
}
