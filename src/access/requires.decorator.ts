import { createParamDecorator, SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Principal, Role } from '../platform/identity/principal.js';

export const REQUIRED_ACTION = 'vinculum:required-action';

/** The action of `config/access/roles.json` that a route performs. A route without one is refused. */
export function Requires(action: string): CustomDecorator {
  return SetMetadata(REQUIRED_ACTION, action);
}

/** A principal in the role in which it acts. */
export interface ActingPrincipal extends Principal {
  readonly role: Role;
}

/** A request, and what the guard found out about it, for the log and for the handler. */
export interface AccessRequest extends IncomingMessage {
  readonly path: string;
  /** The matched route's pattern. */
  readonly route?: { readonly path?: unknown };
  accessAction?: string;
  principal?: Principal;
  actingPrincipal?: ActingPrincipal;
}

/** The principal, in a handler's parameters. */
export const Acting = createParamDecorator((_: unknown, context: ExecutionContext): ActingPrincipal => {
  const { actingPrincipal } = context.switchToHttp().getRequest<AccessRequest>();
  if (!actingPrincipal) throw new Error('@Acting() on a route that anyone may call: there is no principal');
  return actingPrincipal;
});
