import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { JOIN_MODULE_BASE64 } from './join/join-module.js';
import { KERNEL_MODULE_BASE64 } from './kernel-module.js';
import { CANDIDATES_MODULE_BASE64 } from './shared/candidates-module.js';
import { NEAR_MODULE_BASE64 } from './shared/near-module.js';
import { SCALING_MODULE_BASE64 } from './shared/scaling-module.js';

it.each([
  ['kernel', KERNEL_MODULE_BASE64], ['join', JOIN_MODULE_BASE64], ['candidates', CANDIDATES_MODULE_BASE64],
  ['near', NEAR_MODULE_BASE64], ['scaling', SCALING_MODULE_BASE64],
])(
  'the %s module is what its source compiles to', (name, module) => {
    const { status, stdout } = spawnSync(
      process.execPath, [join(__dirname, '../kernel/build.mjs'), '--print', name], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toBe(module);
  });
