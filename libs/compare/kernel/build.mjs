// Compiles the kernels and writes src/kernel-module.ts, src/join/join-module.ts, and in src/shared candidates-module.ts, near-module.ts
// and scaling-module.ts (the modules as base64, so that they load anywhere). `--print NAME` writes one module's base64 to standard output instead, for the
// rebuild-and-compare test.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { scanSources } from './scan-source.mjs';

const here = dirname(fileURLToPath(import.meta.url));

// Threads work on one memory: it is shared, and a shared memory has a maximum.
const SHARED_MEMORY = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];

const KERNELS = {
  kernel: {
    module: 'kernel-module.ts', constant: 'KERNEL_MODULE_BASE64', options: [], generated: '',
  },
  join: {
    module: join('join', 'join-module.ts'), constant: 'JOIN_MODULE_BASE64',
    options: SHARED_MEMORY, generated: scanSources(),
  },
  candidates: {
    module: join('shared', 'candidates-module.ts'), constant: 'CANDIDATES_MODULE_BASE64',
    options: SHARED_MEMORY, generated: '',
  },
  near: {
    module: join('shared', 'near-module.ts'), constant: 'NEAR_MODULE_BASE64', options: SHARED_MEMORY, generated: '',
  },
  scaling: {
    module: join('shared', 'scaling-module.ts'), constant: 'SCALING_MODULE_BASE64',
    options: SHARED_MEMORY, generated: '',
  },
};

async function compile(name) {
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-kernel-'));
  try {
    const source = readFileSync(join(here, `${name}.as`), 'utf8') + KERNELS[name].generated;
    writeFileSync(join(folder, 'kernel.ts'), source);
    const { error, stderr } = await asc.main([
      'kernel.ts', '--baseDir', folder, '--outFile', 'kernel.wasm', '-O3', '--noAssert', '--runtime', 'stub',
      '--importMemory', '--initialMemory', '1', ...KERNELS[name].options,
    ]);
    if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
    return readFileSync(join(folder, 'kernel.wasm')).toString('base64');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const printed = process.argv[2] === '--print' ? process.argv[3] : undefined;
if (printed !== undefined) {
  process.stdout.write(await compile(printed));
} else {
  for (const [name, { module, constant }] of Object.entries(KERNELS)) {
    const lines = (await compile(name)).match(/.{1,100}/g).map((line) => `  '${line}',`).join('\n');
    writeFileSync(join(here, '..', 'src', module),
      `/** kernel/${name}.as compiled to WebAssembly, base64. Written by kernel/build.mjs; do not edit. */\n`
      + `export const ${constant} = [\n${lines}\n].join('');\n`);
  }
}
