import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Refusal } from '../platform/problem/refusal.js';
import { TokenVerifier } from '../platform/identity/token-verifier.js';
import { AccessPolicy } from './access-policy.js';
import { REQUIRED_ACTION, type AccessRequest } from './requires.decorator.js';

/** Stands before every route and denies by default. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly policy: AccessPolicy,
    private readonly tokens: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AccessRequest>();
    const action = this.reflector.getAllAndOverride<string | undefined>(
      REQUIRED_ACTION, [context.getHandler(), context.getClass()]);
    if (!action) throw new Refusal(403, 'ROUTE_WITHOUT_PERMISSION', 'this route states no action; it is closed');
    request.accessAction = action;
    if (this.policy.isAnonymous(action)) return true;
    request.principal = await this.tokens.verify(bearerToken(request));
    const role = this.policy.actingRole(request.principal, action);
    request.actingPrincipal = { ...request.principal, role };
    return true;
  }
}

function bearerToken(request: AccessRequest): string {
  const [scheme, token, ...rest] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new Refusal(401, 'TOKEN_MISSING', 'the request carries no access token',
      'send the header Authorization: Bearer TOKEN');
  }
  return token;
}
