import type { SegmentShape } from '#libs/record';
import { clkBytes } from '../clk-files/index.js';
import { clkhashSchemaHash, parseClkhashSchema } from '../clkhash/index.js';
import { encodingSpecHash, segmentShapes } from '../encoding-spec.js';
import { parseEncodingSpec } from '../parse-encoding-spec.js';
import { declarationsOf } from './extract-risk.js';
import type { DeclaredHardening } from './risk-levels.js';

/** Name of the only segment of an extract of filters that another program encoded. */
export const CLK_SEGMENT = 'clk';

/** What an encoding spec promises of an extract that was encoded with it. */
export interface DeclaredSpec {
  /** 64 lower-case hex digits, as the manifest's `specHash`. */
  readonly hash: string;
  readonly segments: readonly SegmentShape[];
  readonly declared: ReadonlyMap<string, DeclaredHardening>;
}

/**
 * Reads what a document of either kind promises: a native encoding spec, or a clkhash linkage schema (known
 * by its `clkConfig`), whose filters are filled to whole bytes and count as hardened when they are folded.
 *
 * @throws VinculumError ENCODING_SPEC_INVALID or CLKHASH_SCHEMA_INVALID with every reason.
 */
export function declaredSpec(json: unknown): DeclaredSpec {
  if (typeof json === 'object' && json !== null && 'clkConfig' in json) {
    const schema = parseClkhashSchema(json);
    return {
      hash: clkhashSchemaHash(schema), segments: [{ name: CLK_SEGMENT, bits: clkBytes(schema.bits) * 8 }],
      declared: new Map([[CLK_SEGMENT, schema.xorFolds > 0 ? 'hardened' : 'plain']]),
    };
  }
  const spec = parseEncodingSpec(json);
  return { hash: encodingSpecHash(spec), segments: segmentShapes(spec), declared: declarationsOf(spec) };
}
