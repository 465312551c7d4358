import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { OidcProvider } from '../../../test/support/oidc.js';
import { TokenVerifier } from './token-verifier.js';

describe('tokens of a real OpenID Connect provider', () => {
  let provider: OidcProvider;
  beforeAll(async () => { provider = await OidcProvider.start(); });
  afterAll(() => provider.stop());

  it('become principals', async () => {
    const verifier = new TokenVerifier(provider.issuer, 'vinculum');
    expect(await verifier.verify(await provider.token('board-civil-society'))).toEqual({
      subject: 'board-civil-society', organisation: 'migrant-council', organisationType: 'CIVIL_SOCIETY',
      roles: ['board-member'], seat: 'civil-society',
    });
  });

  it('are refused for another audience', async () => {
    const verifier = new TokenVerifier(provider.issuer, 'vinculum');
    await expect(verifier.verify(await provider.token('auditor', 'urn:other-service')))
      .rejects.toMatchObject({ status: 401, code: 'TOKEN_INVALID' });
  });

  it('cannot be checked while the provider is away: 503, and again once it is there', async () => {
    const verifier = new TokenVerifier('http://127.0.0.1:1', 'vinculum');
    const token = await provider.token('auditor');
    for (let tries = 0; tries < 2; tries++) {
      await expect(verifier.verify(token)).rejects.toMatchObject({ status: 503, code: 'ISSUER_UNREACHABLE' });
    }
  });
});

describe('tokens of an issuer with keys of every kind', () => {
  const keys = new Map<string, CryptoKey>();
  let server: Server;
  let issuer: string;
  let verifier: TokenVerifier;
  beforeAll(async () => {
    const published: object[] = [];
    for (const alg of ['ES256', 'EdDSA', 'RS256', 'ES384']) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      keys.set(alg, privateKey);
      published.push({ ...await exportJWK(publicKey), kid: alg, alg });
    }
    server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      const discovery = { issuer, jwks_uri: `${issuer}/jwks` };
      response.end(JSON.stringify(request.url === '/jwks' ? { keys: published } : discovery));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    verifier = new TokenVerifier(issuer, 'vinculum');
  });
  afterAll(() => { server.close(); });

  const claims = { organisation: 'office', organisation_type: 'STATISTICS_OFFICE', roles: ['auditor', 'wizard'] };
  interface Change {
    alg?: string; kid?: string; iss?: string; exp?: number; claims?: JWTPayload; sub?: string;
  }
  const sign = (
    { alg = 'ES256', kid = alg, iss = issuer, exp = 60, claims: own = claims, sub = 'x' }: Change,
  ): Promise<string> =>
    new SignJWT({ ...own }).setProtectedHeader({ alg, kid }).setIssuer(iss).setAudience('vinculum')
      .setSubject(sub).setIssuedAt().setExpirationTime(Math.floor(Date.now() / 1000) + exp)
      .sign(keys.get(alg)!);

  it.each(['ES256', 'EdDSA', 'RS256'])('%s holds; roles that the house does not know are dropped', async (alg) => {
    expect(await verifier.verify(await sign({ alg }))).toMatchObject({ roles: ['auditor'], seat: undefined });
  });

  it.each<[string, Change, string]>([
    ['another algorithm', { alg: 'ES384' }, 'TOKEN_INVALID'],
    ['another issuer', { iss: 'http://127.0.0.1:2' }, 'TOKEN_INVALID'],
    ['an expired one', { exp: -60 }, 'TOKEN_EXPIRED'],
    ['a key that the issuer does not publish', { kid: 'unknown' }, 'TOKEN_INVALID'],
    ['no organisation', { claims: { organisation_type: 'STATISTICS_OFFICE' } }, 'TOKEN_INCOMPLETE'],
    ['a subject with a line break', { sub: 'a\nb' }, 'TOKEN_INCOMPLETE'],
  ])('%s is refused', async (_, change, code) => {
    const verified = sign(change).then((token) => verifier.verify(token));
    await expect(verified).rejects.toMatchObject({ status: 401, code });
  });
});
