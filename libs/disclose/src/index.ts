export * from './record-key.js';
export * from './perturbation-table.js';
export * from './cell-key.js';
export * from './policy.js';
export * from './protect.js';
