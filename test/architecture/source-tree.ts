import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Path relative to the repository, with `/`, to the text of the file. */
export type SourceTree = ReadonlyMap<string, string>;

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git', '.vinculum']);
const TEXT = /\.(ts|tsx|mts|cts|js|mjs|cjs|json|md|sql|yml|yaml|csv|html|css|sh|npmrc|gitignore)$|\/run$/;

/** Every text file that a checkout holds; what installs, builds and runs leave behind is not ours. */
export function readSourceTree(root: string, folder = ''): Map<string, string> {
  const tree = new Map<string, string>();
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (NOT_OURS.has(entry.name)) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) for (const [inner, text] of readSourceTree(root, path)) tree.set(inner, text);
    else if (entry.isFile() && TEXT.test(path)) tree.set(path, readFileSync(join(root, path), 'utf8'));
  }
  return tree;
}
