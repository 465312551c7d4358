import { instantiate } from '../web-assembly.js';
import type { JoinKernel, JoinTiles } from './join-kernel.js';
import { JOIN_MODULE_BASE64 } from './join-module.js';

/** The kernel that runs everywhere: kernel/join.as. */
export const wasmJoinKernel: JoinKernel = {
  name: 'wasm',
  // Measured: a survivor costs two branches that were predicted wrongly and a row that is in no near cache.
  cost: { word: 1, survivor: 60 },
  bind: (memory) => instantiate<{ joinTiles: JoinTiles }>(JOIN_MODULE_BASE64, memory).joinTiles,
};
