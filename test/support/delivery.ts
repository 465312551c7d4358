import type { ExtractManifest, ExtractPartName } from '#libs/record';
import type { TestService } from './service.js';


const TUS = { 'tus-resumable': '1.0.0' };

/** What a custodian sends. */
export interface Delivery {
  readonly manifest: ExtractManifest;
  readonly bytes: Readonly<Partial<Record<ExtractPartName, Buffer>>>;
}

/** Opens an extract, sends its parts whole and seals it, as its custodian. */
export async function deliver(
  service: TestService, custodian: string, project: string, extract: Delivery,
): Promise<string> {
  const opened = await service.request(custodian, 'POST', `/api/projects/${project}/extracts`, extract.manifest);
  if (opened.status !== 201) throw new Error(`not opened: ${JSON.stringify(opened.body)}`);
  const id = (opened.body as { extractId: string }).extractId;
  const authorization = `Bearer ${await service.token(custodian)}`;
  for (const [part, bytes] of Object.entries(extract.bytes)) {
    const created = await fetch(`${service.url}/api/extracts/${id}/parts/${part}/uploads`, {
      method: 'POST', headers: { ...TUS, authorization, 'upload-length': String(bytes.length) },
    });
    const sent = await fetch(service.url + created.headers.get('location')!, {
      method: 'PATCH', body: new Uint8Array(bytes),
      headers: {
        ...TUS, authorization, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream',
      },
    });
    if (sent.status !== 204) throw new Error(`${part} not taken: ${sent.status}`);
  }
  const sealed = await service.request(custodian, 'POST', `/api/extracts/${id}/seal`);
  if (sealed.status !== 200) throw new Error(`not sealed: ${JSON.stringify(sealed.body)}`);
  return id;
}
