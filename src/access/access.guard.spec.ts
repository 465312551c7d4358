import {
  Catch, Controller, Get, Module, type ArgumentsHost, type ExceptionFilter, type INestApplication,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import type { ServerResponse } from 'node:http';
import { problemDocument } from '../platform/problem/problem-document.js';
import {
  startDevelopmentIdentityProvider, type DevelopmentIdentityProvider,
} from '../platform/identity/development-identity-provider.js';
import { TokenVerifier } from '../platform/identity/token-verifier.js';
import { AccessGuard } from './access.guard.js';
import { AccessPolicy } from './access-policy.js';
import { Requires } from './requires.decorator.js';

@Controller()
class Routes {
  @Get('forgotten') forgotten(): string { return 'reached'; }
  @Get('misspelt') @Requires('project.raed') misspelt(): string { return 'reached'; }
  @Get('inherited') @Requires('constructor') inherited(): string { return 'reached'; }
  @Get('open') @Requires('health.read') open(): string { return 'reached'; }
  @Get('log') @Requires('audit-log.read') log(): string { return 'reached'; }
}

@Catch()
class Answer implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const problem = problemDocument(thrown);
    response.writeHead(problem.status).end(problem.code);
  }
}

@Module({ controllers: [Routes] })
class TestModule {}

describe('the access guard', () => {
  let provider: DevelopmentIdentityProvider;
  let application: INestApplication;
  let url: string;
  beforeAll(async () => {
    provider = await startDevelopmentIdentityProvider('vinculum');
    application = await NestFactory.create({
      module: TestModule,
      providers: [
        { provide: AccessPolicy, useFactory: () => AccessPolicy.read() },
        { provide: TokenVerifier, useValue: new TokenVerifier(provider.issuer, 'vinculum') },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
    }, { logger: false });
    application.useGlobalFilters(new Answer());
    await application.listen(0, '127.0.0.1');
    url = await application.getUrl();
  });
  afterAll(async () => {
    await application.close();
    await provider.close();
  });
  const get = async (path: string, authorization?: string): Promise<[number, string]> => {
    const answer = await fetch(`${url}/${path}`, { headers: authorization ? { authorization } : {} });
    return [answer.status, await answer.text()];
  };
  const tokenOf = async (person: string): Promise<string> => {
    const answer = await fetch(`${provider.issuer}/token?person=${person}`, { method: 'POST' });
    return (await answer.json() as { access_token: string }).access_token;
  };

  it('closes a route that states no action, and one whose action the policy does not know', async () => {
    const auditor = `Bearer ${await tokenOf('auditor')}`;
    expect(await get('forgotten', auditor)).toEqual([403, 'ROUTE_WITHOUT_PERMISSION']);
    expect(await get('forgotten')).toEqual([403, 'ROUTE_WITHOUT_PERMISSION']);
    expect(await get('misspelt', auditor)).toEqual([403, 'NOT_PERMITTED']);
    expect(await get('inherited', auditor)).toEqual([403, 'NOT_PERMITTED']);
  });

  it('opens to anyone what is anonymous, and to the role what is the role\'s', async () => {
    expect(await get('open')).toEqual([200, 'reached']);
    expect(await get('log', `Bearer ${await tokenOf('auditor')}`)).toEqual([200, 'reached']);
    expect(await get('log', `Bearer ${await tokenOf('statistician')}`)).toEqual([403, 'NOT_PERMITTED']);
    expect(await get('log', `Bearer ${await tokenOf('enforcement-officer')}`)).toEqual([403, 'ENFORCEMENT_HOLDS_NO_ROLE']);
  });

  it('refuses a missing, malformed, altered or doubled token', async () => {
    const token = await tokenOf('auditor');
    const [head, payload, signature] = token.split('.');
    const forged = Buffer.from(JSON.stringify({
      ...JSON.parse(Buffer.from(payload, 'base64url').toString()) as object, sub: 'somebody-else',
    })).toString('base64url');
    expect(await get('log')).toEqual([401, 'TOKEN_MISSING']);
    expect(await get('log', 'Basic YTpi')).toEqual([401, 'TOKEN_MISSING']);
    expect(await get('log', `Bearer ${token} ${token}`)).toEqual([401, 'TOKEN_MISSING']);
    expect(await get('log', 'Bearer nonsense')).toEqual([401, 'TOKEN_INVALID']);
    expect(await get('log', `Bearer ${head}.${forged}.${signature}`)).toEqual([401, 'TOKEN_INVALID']);
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await get('log', `Bearer ${none}.${payload}.`)).toEqual([401, 'TOKEN_INVALID']);
  });
});
