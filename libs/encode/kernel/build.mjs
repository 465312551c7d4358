// Compiles kernel.as and writes src/kernel-module.ts (the module as base64, so that it loads anywhere).
// `--print` writes the base64 to standard output instead, for the rebuild-and-compare test.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vinculum-encoding-kernel-'));
try {
  copyFileSync(join(here, 'kernel.as'), join(folder, 'kernel.ts'));
  const { error, stderr } = await asc.main([
    'kernel.ts', '--baseDir', folder, '--outFile', 'kernel.wasm',
    '-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--importMemory', '--initialMemory', '1',
  ]);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const base64 = readFileSync(join(folder, 'kernel.wasm')).toString('base64');
  if (process.argv.includes('--print')) {
    process.stdout.write(base64);
  } else {
    const lines = base64.match(/.{1,100}/g).map((line) => `  '${line}',`).join('\n');
    writeFileSync(join(here, '..', 'src', 'kernel-module.ts'),
      `/** kernel/kernel.as compiled to WebAssembly, base64. Written by kernel/build.mjs; do not edit. */\n`
      + `export const KERNEL_MODULE_BASE64 = [\n${lines}\n].join('');\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
