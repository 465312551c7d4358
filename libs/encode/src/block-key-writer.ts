import { rolesOfBlockPart, takenOf, type BlockPart } from './block-rules.js';
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
  /** Places of the values that the rules read. */
  readonly columns: readonly number[];
  private readonly rules: readonly RuleKeys[];

  constructor({ blocks = [] }: EncodingSpec, secret: Uint8Array, roles: readonly Role[]) {
    this.bytes = blocks.length * BLOCK_KEY_BYTES;
    this.rules = blocks.map((rule) => ({
      states: this.codes.statesOf(blockRuleKey(secret, rule)), make: createBlockKeyMaker(secret, rule),
      parts: rule.parts.map((part) => new RememberedPart(part, roles)),
    }));
    this.columns = [...new Set(this.rules.flatMap(({ parts }) => parts.flatMap(({ columns }) => columns)))];
  }

  /**
   * Writes the keys of `rows` records, the first ones at `offset`, those of the next `rowBytes` behind.
   *
   * @param valuesOf a row: those in `columns` are read.
   */
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
    { states, make, parts }: RuleKeys, values: readonly (readonly string[])[], out: Uint8Array,
    offset: number, rowBytes: number,
  ): void {
    const { codes, codes: { kernel: { bytes } } } = this;
    const texts = values.map((ofRow) => textOfParts(parts, ofRow));
    codes.clear(texts.length);
    texts.forEach((text, i) => codes.putText(i, text));
    codes.run(states, texts.length, BLOCK_KEY_BYTES / 4);
    texts.forEach((text, i) => {
      const [from, to] = [codes.codes + i * BLOCK_KEY_BYTES, offset + i * rowBytes];
      if (text === '') out.fill(0, to, to + BLOCK_KEY_BYTES);
      else if (text.length <= MAX_MESSAGE_BYTES && ASCII.test(text) && isKey(bytes, from)) {
        for (let k = 0; k < BLOCK_KEY_BYTES; k++) out[to + k] = bytes[from + k];
      } else out.set(make(text), to);
    });
  }
}

interface RuleKeys {
  readonly states: KeyStates;
  readonly make: (text: string) => Uint8Array;
  readonly parts: readonly RememberedPart[];
}

/** As `blockText`. */
function textOfParts(parts: readonly RememberedPart[], values: readonly string[]): string {
  let text = '';
  for (let p = 0; p < parts.length; p++) {
    const taken = parts[p].of(values);
    if (taken === '') return '';
    text = p === 0 ? taken : `${text}\n${taken}`;
  }
  return text;
}

/** Zeros are no key: one in 2^64 is made one by itself. */
function isKey(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < from + BLOCK_KEY_BYTES; at++) if (bytes[at] !== 0) return true;
  return false;
}

/** What a part takes, remembered by what it reads. */
class RememberedPart {
  readonly columns: readonly number[];
  private readonly read: readonly Role[];
  private readonly memo = new Map<string, string>();

  constructor(private readonly part: BlockPart, roles: readonly Role[]) {
    this.read = rolesOfBlockPart(part, roles);
    this.columns = this.read.map((role) => roles.indexOf(role));
  }

  of(values: readonly string[]): string {
    const { columns, memo } = this;
    const text = columns.length === 1 ? values[columns[0]] : JSON.stringify(columns.map((c) => values[c]));
    const known = memo.get(text);
    if (known !== undefined) return known;
    if (memo.size >= REMEMBERED) memo.clear();
    const taken = takenOf(this.part, this.read, columns.map((c) => values[c]));
    memo.set(text, taken);
    return taken;
  }
}
