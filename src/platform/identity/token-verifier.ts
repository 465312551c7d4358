import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { Refusal } from '../problem/refusal.js';
import { BOARD_SEATS, ROLES, type BoardSeat, type Principal, type Role } from './principal.js';

const ALGORITHMS = ['ES256', 'EdDSA', 'RS256'];
const CLOCK_TOLERANCE_SECONDS = 30;
const DISCOVERY_TIMEOUT_MS = 5_000;

/** Turns an OIDC access token (JWT) into a principal: signature, issuer, audience and times are checked. */
export class TokenVerifier {
  private keys: Promise<JWTVerifyGetKey> | undefined;

  /** @param issuer its keys are found by OpenID Connect Discovery, at the first token. */
  constructor(private readonly issuer: string, private readonly audience: string) {}

  /** @throws Refusal 401 for a token that does not hold, 503 while the issuer cannot be reached. */
  async verify(token: string): Promise<Principal> {
    const keys = await this.issuerKeys();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: this.issuer, audience: this.audience, algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS, requiredClaims: ['sub', 'exp', 'iat'],
      });
      return principalOf(payload);
    } catch (error) {
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) {
        throw error instanceof Refusal ? error : issuerUnreachable();
      }
      const expired = error instanceof errors.JWTExpired;
      throw new Refusal(401, expired ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID',
        expired ? 'the access token has expired' : `the access token does not hold (${error.code})`,
        'sign in again');
    }
  }

  private issuerKeys(): Promise<JWTVerifyGetKey> {
    this.keys ??= this.discover().catch((error: unknown) => {
      this.keys = undefined; // The next request tries again.
      throw error;
    });
    return this.keys;
  }

  private async discover(): Promise<JWTVerifyGetKey> {
    const address = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    try {
      const answer = await fetch(address, { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS) });
      const { issuer, jwks_uri: jwksUri } = await answer.json() as { issuer?: string; jwks_uri?: string };
      if (issuer === this.issuer && jwksUri) return createRemoteJWKSet(new URL(jwksUri));
    } catch {
      // Unreachable or no JSON: reported below.
    }
    throw issuerUnreachable();
  }
}

function issuerUnreachable(): Refusal {
  return new Refusal(503, 'ISSUER_UNREACHABLE', 'the identity provider does not answer as it should', 'try again');
}

function principalOf(payload: JWTPayload): Principal {
  const { sub, organisation, organisation_type: organisationType, roles, board_seat: seat } = payload;
  if (!isText(sub) || !isText(organisation) || !isText(organisationType)) {
    throw new Refusal(401, 'TOKEN_INCOMPLETE',
      'the access token lacks one of sub, organisation, organisation_type',
      'have the identity provider add these claims to access tokens');
  }
  return {
    subject: sub,
    organisation,
    organisationType,
    roles: Array.isArray(roles) ? ROLES.filter((role: Role) => roles.includes(role)) : [],
    seat: BOARD_SEATS.find((known: BoardSeat) => known === seat),
  };
}

/** Fit for the audit log: short, printable. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 200 && /^[^\p{C}\u2028\u2029]+$/u.test(value);
}
