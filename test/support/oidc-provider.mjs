// A certified OpenID Connect provider as a process of its own: one confidential client for each person, whose
// access tokens (client credentials, RFC 9068) carry that person's claims. Prints its issuer when it listens.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const persons = JSON.parse(process.argv[2]);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'test' }] },
    clients: persons.map(({ id }) => ({
      client_id: id, client_secret: 'test-secret', grant_types: ['client_credentials'], redirect_uris: [],
      response_types: [], id_token_signed_response_alg: 'ES256',
    })),
    scopes: ['vinculum'],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:vinculum',
        getResourceServerInfo: (_context, resource) => ({
          scope: 'vinculum', audience: resource === 'urn:vinculum' ? 'vinculum' : resource,
          accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: (_context, token) => {
      const { organisation, organisationType, roles, seat } = persons.find(({ id }) => id === token.clientId);
      return { organisation, organisation_type: organisationType, roles, ...(seat ? { board_seat: seat } : {}) };
    },
  });
  server.on('request', provider.callback());
  process.stdout.write(`${issuer}\n`);
});
