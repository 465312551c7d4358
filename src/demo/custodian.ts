import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXTRACT_PART_FILES, type ExtractManifest, type ExtractPartName } from '#libs/record';
import { expectSuccess, type Answer, type ServiceClient } from './service-client.js';

/** The parts in the order in which the service checks them. */
const PARTS: readonly ExtractPartName[] = ['encodings', 'content', 'events'];

/**
 * Submits an extract's folder as its custodian does: manifest, parts, seal.
 *
 * @returns the last answer: of the seal, or of what was refused before.
 */
export async function trySubmitExtract(
  client: ServiceClient, custodian: string, project: string, folder: string,
): Promise<{ readonly answer: Answer; readonly extractId: string | undefined }> {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as ExtractManifest;
  const opened = await client.ask(custodian, 'POST', `/api/projects/${project}/extracts`, manifest);
  if (opened.status >= 400) return { answer: opened, extractId: undefined };
  const { extractId } = opened.json<{ extractId: string }>();
  for (const part of PARTS.filter((name) => manifest.parts[name] !== undefined)) {
    const path = `/api/extracts/${extractId}/parts/${part}`;
    const answer = await client.upload(custodian, path, join(folder, EXTRACT_PART_FILES[part]));
    if (answer.status >= 400) return { answer, extractId };
  }
  return { answer: await client.ask(custodian, 'POST', `/api/extracts/${extractId}/seal`), extractId };
}

/** @throws Error with the service's own words where the extract is refused. */
export async function submitExtract(
  client: ServiceClient, custodian: string, project: string, folder: string,
): Promise<string> {
  const { answer, extractId } = await trySubmitExtract(client, custodian, project, folder);
  expectSuccess(answer, folder);
  return extractId!;
}
