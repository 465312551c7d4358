export { clkhashSchemaHash } from './schema-hash.js';
export { parseClkhashSchema, type ClkhashFeature, type ClkhashSchema } from './schema.js';
export {
  bitsOfTokens, clkhashKeys, createClkhashEncoder, formatClkhashValue,
  type ClkhashEncoder, type ClkhashRefusal, type ClkhashRowRefusal,
} from './clkhash-encoder.js';
export { clkhashTokens } from './comparison.js';
export { clkhashPositions, doubleHashes } from './token-hashing.js';
export { toBase64 } from './base64.js';
