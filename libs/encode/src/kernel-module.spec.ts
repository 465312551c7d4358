import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { KERNEL_MODULE_BASE64 } from './kernel-module.js';

it('is what its source compiles to', () => {
  const { status, stdout } = spawnSync(
    process.execPath, [join(__dirname, '../kernel/build.mjs'), '--print'], { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toBe(KERNEL_MODULE_BASE64);
});
