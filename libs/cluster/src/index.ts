export { clusterRecords, type DecidedComponents, type Entities } from './entities.js';
export type { ClusteredRegister, RecordLinks } from './record-links.js';
export { MOST_UNIQUE_REGISTERS } from './record-layout.js';
