import { ServiceRefusal, type Problem } from '../submission/problem.js';
import { submitExtract as submit } from '../submission/submit-extract.js';
import type { ServiceClient } from './service-client.js';

const PARALLEL = 2;

/**
 * Submits an extract's folder as its custodian does: what `vinculum submit` does.
 *
 * @throws ServiceRefusal with the service's own words where the extract is refused.
 */
export async function submitExtract(
  client: ServiceClient, custodian: string, project: string, folder: string,
): Promise<string> {
  const api = client.extractsAs(custodian);
  return (await submit({ api, project, folder, parallel: PARALLEL })).extractId;
}

/** @returns what the service said where it refused the extract. */
export async function refusalOfExtract(
  client: ServiceClient, custodian: string, project: string, folder: string,
): Promise<Problem | undefined> {
  try {
    await submitExtract(client, custodian, project, folder);
    return undefined;
  } catch (error) {
    if (error instanceof ServiceRefusal) return error.problem;
    throw error;
  }
}
