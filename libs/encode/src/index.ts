export { STANDARD_ROLES, isRole, inCanonicalOrder, type Role, type StandardRole } from './roles.js';
export { transliterate } from './transliteration.js';
export { readPartialDate, refusalOfBirthDate, type PartialDate } from './date-tokens.js';
export * from './encoding-spec.js';
export { bitsPerToken, expectedTokensOfSegment } from './bits-per-token.js';
export { parseEncodingSpec } from './parse-encoding-spec.js';
export { DEFAULT_LAYOUT, defaultSpecForRoles } from './default-spec.js';
export { fieldLevelSpecForRoles } from './field-level-spec.js';
export {
  MIN_SECRET_BYTES, createRecordIdentifier, keyCheck, keyFingerprint, opaqueRecordId,
} from './keys.js';
export { MAX_SEALED_KEY_BYTES, readSealedKeyHeader, type SealedKeyHeader } from './sealed-key-header.js';
export { balance, blip, blipEpsilonPerBit, diffuse, rule90, xorFold } from './hardening.js';
export { packBits, unpackBits, type Bits } from './bits.js';
export { rolesOfSpec } from './segment-plan.js';
export { FieldFinder, type PlainCsvForm } from './field-finder.js';
export { createEncoder } from './encoder.js';
export type { Encoder, EncoderResources, RecordEncoder } from './record-encoder.js';
export { BLOCK_TAKES, type BlockPart, type BlockRule, type BlockTake } from './block-rules.js';
export { TextPool } from './text-pool.js';
export { createRecordIdWriter, type RecordIdWriter } from './record-id-writer.js';
export { createReferenceEncoder } from './reference-encoder.js';
export { encodeRecords } from './encode-records.js';
export { canaryHashes } from './canaries.js';
export { FilterStatistics, type FilterSummary } from './filter-statistics.js';
export {
  declarationsOf, ExtractRiskCollector, judgeRisk,
  type ExtractRisk, type RecordStatistics, type SegmentRisk, type SegmentVerdict,
} from './risk/extract-risk.js';
export { CLK_SEGMENT, declaredSpec, type DeclaredSpec } from './risk/declared-spec.js';
export {
  compareColumns, worstAgreement, type ColumnAgreement, type ColumnComparison, type ColumnSample,
} from './risk/cross-file.js';
export { FilterRisk, type RiskStatistics } from './risk/filter-risk.js';
export {
  brokenRules, parseRiskLevels,
  type DeclaredHardening, type RiskFinding, type RiskLevels, type RiskRule, type RiskVerdict,
} from './risk/risk-levels.js';
export { RowBlockRisk, COUNTED_ROWS } from './risk/row-block-risk.js';
export { ValueFrequencies, type FrequencyStatistics } from './risk/value-frequencies.js';
export type { RandomBytes } from './hardening-chain.js';
export * from './clkhash/index.js';
export * from './clk-files/index.js';
