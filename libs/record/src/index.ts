export * from './register.js';
export * from './encoded-extract.js';
export * from './extract-manifest.js';
export * from './content.js';
export * from './errors.js';
export * from './canonical-json.js';
