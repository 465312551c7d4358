import { TestService } from '../../test/support/service.js';

describe('the page for custodians', () => {
  let service: TestService;
  beforeAll(async () => { service = await TestService.start(); });
  afterAll(() => service.stop());

  const get = (path: string): Promise<Response> =>
    fetch(service.url + path, { headers: { origin: 'https://elsewhere.example' } });

  it('is served to anyone, under a policy that lets in its own script, style and service alone', async () => {
    const answer = await get('/submit');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = answer.headers.get('content-security-policy')!.split('; ');
    expect(policy).toEqual(expect.arrayContaining([
      "default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]));
    expect(policy.join()).not.toContain('unsafe');
    const page = await answer.text();
    expect(page).not.toMatch(/<script(?! src="\/submit\/page\.js" defer><\/script>)/);
    expect(page).not.toMatch(/<style|\son\w+=|\sstyle=/);
  });

  it.each([['page.js', 'text/javascript'], ['page.css', 'text/css']])('%s comes as what it is', async (file, type) => {
    const answer = await get(`/submit/${file}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await answer.text()).length).toBeGreaterThan(1_000);
  });
});
