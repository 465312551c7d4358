export {
  BIT_ORDERS, clkBytes, readFilter, writeFilter, type BitOrder, type ClkForm,
} from './bit-order.js';
export { ClkBinaryReader } from './clk-binary-reader.js';
export { ClkJsonReader, type ClkRow } from './clk-json-reader.js';
