import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { approvedProject, PROJECT } from '../../test/support/projects.js';
import { TestService } from '../../test/support/service.js';

const KEY = `${'0f'.repeat(32)}\n`;

describe('sealed keys', () => {
  let service: TestService;
  let project: string;
  let identity: string;
  let sealed: Uint8Array;
  beforeAll(async () => {
    service = await TestService.start();
    project = await approvedProject(service, { registers: PROJECT.registers.slice(0, 2) });
    identity = await generateX25519Identity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    sealed = await encrypter.encrypt(KEY);
  });
  afterAll(() => service.stop());

  const at = (id = ''): string => `/api/projects/${project}/sealed-keys${id && `/${id}`}`;
  const handOn = (person: string, file: Uint8Array): ReturnType<TestService['request']> =>
    service.request(person, 'POST', at(), { sealedKey: Buffer.from(file).toString('base64') });

  it('get from one custodian of a project to another, who opens them, and are taken back', async () => {
    const posted = await handOn('custodian-population', sealed);
    expect(posted).toMatchObject({ status: 201, body: { organisation: 'population-agency', recipients: 1 } });
    const { body } = await service.request('custodian-permits', 'GET', at());
    expect(body).toEqual([posted.body]);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(await decrypter.decrypt(Buffer.from(body[0].sealedKey, 'base64'), 'text')).toBe(KEY);
    expect((await service.request('custodian-permits', 'DELETE', at(body[0].id))).status).toBe(404);
    expect((await service.request('custodian-population', 'DELETE', at(body[0].id))).status).toBe(204);
    expect((await service.request('custodian-population', 'DELETE', at(body[0].id))).status).toBe(404);
    expect((await service.request('custodian-permits', 'GET', at())).body).toEqual([]);
    const events = (await service.auditEvents()).filter(({ action }) => String(action).startsWith('sealed-key.'));
    expect(events.map(({ action, outcome, project: of }) => [action, outcome, of])).toEqual([
      ['sealed-key.hand-on', 'accepted', project], ['sealed-key.remove', 'accepted', project]]);
    expect(JSON.stringify(events)).not.toContain(posted.body.sealedKey);
  });

  it('are not there for who is no custodian of the project', async () => {
    expect((await handOn('custodian-borders', sealed)).status).toBe(404);
    expect((await service.request('custodian-borders', 'GET', at())).status).toBe(404);
    for (const person of ['operator', 'statistician', 'board-methodology', 'auditor', 'administrator']) {
      expect((await service.request(person, 'GET', at())).status).toBe(403);
    }
    // A custodian whom the administrator made a member of a project that is not of its register.
    await service.request('administrator', 'PUT', `/api/projects/${project}/members/custodian-borders`,
      { role: 'custodian', organisation: 'borders-agency', organisationType: 'REGISTER_CUSTODIAN' });
    expect(await service.request('custodian-borders', 'GET', at()))
      .toMatchObject({ status: 403, body: { code: 'NOT_THE_CUSTODIAN' } });
  });

  it('are ciphertext, or refused: a key in plain text stays out', async () => {
    for (const file of [Buffer.from(KEY), sealed.subarray(0, 60), Buffer.alloc(65_537)]) {
      expect((await handOn('custodian-permits', file)).status).toBe(422);
    }
    expect(await handOn('custodian-permits', Buffer.from(KEY))).toMatchObject({ body: { code: 'SEALED_KEY_INVALID' } });
    expect((await service.request('custodian-permits', 'POST', at(), { sealedKey: 'not base64!' })).status).toBe(422);
    expect((await service.request('custodian-permits', 'GET', at())).body).toEqual([]);
  });

  it('are at most 20 of a custodian on a project, also when they come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 22 }, () => handOn('custodian-permits', sealed)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(20).fill(201), 409, 409]);
    expect((await handOn('custodian-permits', sealed)).body.code).toBe('TOO_MANY_SEALED_KEYS');
    expect((await handOn('custodian-population', sealed)).status).toBe(201);
  });
});
