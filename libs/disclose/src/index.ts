export * from './record-key.js';
export * from './perturbation-table.js';
export * from './cell-key.js';
export * from './policy.js';
export * from './protect.js';
export * from './table-builder-look-up.js';
export * from './rounding-table.js';
