export { ExtractWriter, type ExtractHeading, type ExtractWriterOptions } from './extract-writer.js';
export { forEachRow, readEncodedExtract, readManifest, readPart } from './extract-reader.js';
export { parseExtractManifest } from './parse-manifest.js';
export {
  isCitizenship, isCountry, isEventKind, isIsoDate, isSexCode, refusalsOfContentFields, refusalsOfEventFields,
  type FieldRefusal,
} from './part-rows.js';
export { RecordIdTable } from './record-id-table.js';
export { verifyExtractFolder, type ExtractFinding, type ExtractVerification } from './verify-extract-folder.js';
