import { createReferenceBlockKeys } from './block-keys.js';
import { segmentShapes, type EncodingSpec } from './encoding-spec.js';
import { hardeningChain } from './hardening-chain.js';
import { packBits } from './bits.js';
import { PLAIN_HASHING } from './keyed-hashing.js';
import { assertSecret } from './keys.js';
import { assertRoom, assertValues, randomBytesFor, type EncoderResources, type RecordEncoder } from './record-encoder.js';
import { planSegment, rolesOfSpec, saltedToken, type SegmentPlan } from './segment-plan.js';

/** The encoding by its definition, without memory and tables: the authority on what `createEncoder` gives. */
export function createReferenceEncoder(
  spec: EncodingSpec, secret: Uint8Array, resources: EncoderResources = {},
): RecordEncoder {
  assertSecret(secret);
  const randomBytes = randomBytesFor(spec, resources);
  const roles = rolesOfSpec(spec);
  const segments = spec.segments.map((segment) => {
    const plan = planSegment(segment, roles, secret, PLAIN_HASHING);
    return { plan, steps: hardeningChain(plan, secret, randomBytes, PLAIN_HASHING) };
  });
  const blockKeys = createReferenceBlockKeys(spec, secret, roles);
  const recordBytes = segmentShapes(spec).reduce((bytes, { bits }) => bytes + bits / 8, 0);
  return {
    roles,
    recordBytes,
    encode(values, out, offset) {
      assertValues(values, roles);
      assertRoom(out, offset, recordBytes);
      let at = offset;
      for (const { plan, steps } of segments) {
        const bytes = plan.segment.bits / 8;
        const bits = bitsOfTokens(plan, values);
        const filter = bits === undefined
          ? new Uint8Array(bytes)
          : packBits(steps.reduce((hardened, step) => step.apply(hardened), bits));
        out.set(filter, at);
        at += bytes;
      }
      out.set(blockKeys(values), at);
    },
  };
}

/** The filter before hardening, or undefined when no field gave a token. */
function bitsOfTokens(plan: SegmentPlan, values: readonly string[]): Uint8Array | undefined {
  const bits = new Uint8Array(plan.innerBits);
  const salt = plan.saltOf?.(values);
  let any = false;
  for (const source of plan.sources) {
    for (const token of source.tokensOf(source.columns.map((column) => values[column]))) {
      any = true;
      for (const position of source.hasher(saltedToken(salt, token), source.bitsPerToken)) bits[position] = 1;
    }
  }
  return any ? bits : undefined;
}
