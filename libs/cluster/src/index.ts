export { clusterRecords, type ClusteredRegister, type Entities, type RecordLinks } from './entities.js';
