export { ExtractWriter, partialFolder, type ExtractHeading, type ExtractWriterOptions } from './extract-writer.js';
export { forEachRow, readDeliveredManifest, readEncodedExtract, readManifest, readPart } from './extract-reader.js';
export { parseExtractManifest } from './parse-manifest.js';
export {
  contentLine, isCitizenship, isCountry, isEventKind, isIsoDate, isSexCode, refusalsOfContentFields,
  refusalsOfEventFields,
  type FieldRefusal,
} from './part-rows.js';
export { RecordIdTable } from './record-id-table.js';
export { RecordIdPartitions } from './record-id-partitions.js';
export { verifyExtractFolder, type ExtractFinding, type ExtractVerification } from './verify-extract-folder.js';
