export * from './csv.js';
export * from './release-table.js';
export * from './plain-csv.js';
export * from './sdmx-csv.js';
export * from './table-description.js';
