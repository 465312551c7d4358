import type { ExtractView } from '../extracts/extract-view.js';
import { FolderSource } from './folder-source.js';
import { submitSource, type Submission } from './submit-source.js';

/**
 * Submits an extract's folder, as `submitSource` does.
 *
 * @throws VinculumError also where the folder holds no extract.
 */
export async function submitExtract(
  { folder, ...submission }: Submission & { readonly folder: string },
): Promise<ExtractView> {
  return submitSource(await FolderSource.at(folder), submission);
}
