import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { assertTusVersion, TUS_VERSION } from './tus-protocol.js';

/** Each request names the version of the protocol, except the one that asks for it; each answer does. */
@Injectable()
export class TusInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const response = http.getResponse<ServerResponse>();
    response.setHeader('tus-resumable', TUS_VERSION);
    response.setHeader('tus-version', TUS_VERSION);
    const request = http.getRequest<IncomingMessage>();
    if (request.method !== 'OPTIONS') assertTusVersion(request.headers);
    return next.handle();
  }
}
