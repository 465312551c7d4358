import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { DEVELOPMENT_PERSONS, type DevelopmentPerson } from './development-persons.js';

export interface DevelopmentIdentityProvider {
  /** `http://127.0.0.1:PORT`. */
  readonly issuer: string;
  close(): Promise<void>;
}

const TOKEN_LIFETIME_SECONDS = 8 * 3600;

/**
 * An OIDC issuer that gives anyone on this machine the token of any made-up person: for trying things
 * out, and for nothing else. Its key lives in memory and dies with the process.
 *
 * `GET /persons` lists them; `POST /token?person=ID` gives `{access_token, token_type, expires_in}`.
 * It listens on 127.0.0.1 only, and answers only requests that name that host (a web page that has its
 * own name point here is refused).
 */
export async function startDevelopmentIdentityProvider(
  audience: string,
): Promise<DevelopmentIdentityProvider> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk: JWK = { ...await exportJWK(publicKey), kid: 'development', alg: 'ES256', use: 'sig' };
  const server = createServer();
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, { issuer, audience, jwk, privateKey })
      .then(({ status, body }) => send(response, status, body))
      .catch(() => send(response, 500, { error: 'server_error' }));
  });
  return { issuer, close: () => closed(server) };
}

interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

async function answer(request: IncomingMessage, own: Issuer): Promise<{ status: number; body: object }> {
  const url = new URL(request.url ?? '/', own.issuer);
  if (request.headers.host !== new URL(own.issuer).host) return { status: 421, body: { error: 'wrong_host' } };
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /.well-known/openid-configuration':
      return { status: 200, body: { issuer: own.issuer, jwks_uri: `${own.issuer}/jwks` } };
    case 'GET /jwks':
      return { status: 200, body: { keys: [own.jwk] } };
    case 'GET /persons':
      return { status: 200, body: { unsafe: 'development identities', persons: DEVELOPMENT_PERSONS } };
    case 'POST /token': {
      const person = DEVELOPMENT_PERSONS.find(({ id }) => id === url.searchParams.get('person'));
      if (!person) return { status: 400, body: { error: 'invalid_request', hint: 'GET /persons lists them' } };
      return { status: 200, body: await tokenOf(person, own) };
    }
    default:
      return { status: 404, body: { error: 'not_found' } };
  }
}

async function tokenOf(person: DevelopmentPerson, own: Issuer): Promise<object> {
  const token = await new SignJWT({
    organisation: person.organisation,
    organisation_type: person.organisationType,
    roles: person.roles,
    ...(person.seat ? { board_seat: person.seat } : {}),
  }).setProtectedHeader({ alg: 'ES256', kid: 'development', typ: 'at+jwt' })
    .setSubject(person.id).setIssuer(own.issuer).setAudience(own.audience)
    .setIssuedAt().setExpirationTime(`${TOKEN_LIFETIME_SECONDS}s`).sign(own.privateKey);
  return { access_token: token, token_type: 'Bearer', expires_in: TOKEN_LIFETIME_SECONDS };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
