import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { StorageKeys } from '../keys/storage-keys.js';
import type { Settings } from './settings.js';

/** What features may know of the process that they run in. */
export interface ServiceContext {
  readonly settings: Settings;
  readonly issuer: string;
  /** 32 bytes; what must stay the same for ever derives from it: names of entities, passwords of logins. */
  readonly masterKey: Uint8Array;
  /** Wraps the extracts' data keys. */
  readonly storageKeys: StorageKeys;
  /** Whether this process takes jobs from the queue. */
  readonly consumesJobs: boolean;
}

/** Injection token of the context. */
export const SERVICE_CONTEXT = Symbol('ServiceContext');

@Global()
@Module({})
export class ServiceContextModule {
  static forRoot(context: ServiceContext): DynamicModule {
    return {
      module: ServiceContextModule,
      providers: [{ provide: SERVICE_CONTEXT, useValue: context }],
      exports: [SERVICE_CONTEXT],
    };
  }
}
