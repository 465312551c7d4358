import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TokenVerifier } from './token-verifier.js';

@Global()
@Module({})
export class IdentityModule {
  static forRoot(issuer: string, audience: string): DynamicModule {
    return {
      module: IdentityModule,
      providers: [{ provide: TokenVerifier, useValue: new TokenVerifier(issuer, audience) }],
      exports: [TokenVerifier],
    };
  }
}
