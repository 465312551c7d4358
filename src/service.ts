import 'reflect-metadata';
import { ValidationPipe, type INestApplication, type INestApplicationContext, type LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { ValidationError } from 'class-validator';
import { VinculumError } from '#libs/record';
import { AppModule, type ServiceResources } from './app.module.js';
import { addressOf, type DatabaseAccess } from './platform/database/data-sources.js';
import { parseDatabaseUrl } from './platform/database/database-address.js';
import { migrate } from './platform/database/migrate.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './platform/embedded-postgres/embedded-postgres.js';
import { lockHome } from './platform/home/service-lock.js';
import { startDevelopmentIdentityProvider } from './platform/identity/development-identity-provider.js';
import { readMasterKey } from './platform/keys/key-folder.js';
import { openStorageKeys } from './platform/keys/open-storage-keys.js';
import { Refusal } from './platform/problem/refusal.js';
import type { JobQueue } from './platform/queue/job-queue.js';
import { PostgresJobQueue } from './platform/queue/postgres-job-queue.js';
import { RedisJobQueue } from './platform/queue/redis-job-queue.js';
import type { Settings } from './platform/settings/settings.js';

export interface RunningService {
  /** `http://host:port`. */
  readonly url: string;
  readonly issuer: string;
  /** What an earlier, killed start had left behind and was put right. */
  readonly recovered: string | undefined;
  /** Resolves with what happened when the database that this process started ends unasked. */
  readonly lost: Promise<string>;
  readonly application: INestApplication;
  /** Where the database is, for tests that look at it from below. */
  readonly database: DatabaseAccess;
  /** Stops taking requests and jobs, then closes what was opened, last opened first. */
  close(): Promise<void>;
}

type Closer = () => Promise<void> | void;

const LOG_LEVELS: LogLevel[] = ['error', 'warn'];

/** Starts the API (in the embedded profile with everything that it needs) and resolves when it listens. */
export async function startService(settings: Settings): Promise<RunningService> {
  const opened: Closer[] = [];
  const close = (): Promise<void> => closeAll(opened);
  try {
    if (!settings.databaseUrl) opened.push(lockHome(settings.home));
    const masterKey = readMasterKey(settings.keys, true);
    const { owner, recovered, lost } = await openDatabase(settings, opened);
    const database = { owner, masterKey };
    await migrate(database);
    const issuer = await openIssuer(settings, opened);
    const consumesJobs = settings.profile === 'embedded';
    const resources = await openResources(settings, { database, issuer, consumesJobs }, opened);
    const application = await createApplication(resources);
    opened.push(() => closeApplication(application));
    const url = await listen(application, settings);
    return { url, issuer, recovered, lost, application, database, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts a process that takes jobs and answers no requests. Its database is migrated by the API. */
export async function startWorker(settings: Settings): Promise<{
  readonly application: INestApplicationContext; close(): Promise<void>;
}> {
  if (settings.profile !== 'cluster') {
    throw new VinculumError('SETTINGS_INVALID',
      'a worker needs VINCULUM_PROFILE=cluster; the embedded profile does its jobs in the API process');
  }
  const opened: Closer[] = [];
  const close = (): Promise<void> => closeAll(opened);
  try {
    const owner = parseDatabaseUrl(settings.databaseUrl!);
    const database = { owner, masterKey: readMasterKey(settings.keys, false) };
    const resources = await openResources(
      settings, { database, issuer: settings.oidcIssuer!, consumesJobs: true }, opened);
    const application = await NestFactory.createApplicationContext(
      AppModule.forRoot(resources), { logger: LOG_LEVELS, abortOnError: false });
    opened.push(() => application.close());
    return { application, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openDatabase(
  settings: Settings, opened: Closer[],
): Promise<Pick<EmbeddedPostgres, 'owner' | 'recovered' | 'lost'>> {
  if (settings.databaseUrl) {
    const never = new Promise<string>(() => undefined);
    return { owner: parseDatabaseUrl(settings.databaseUrl), recovered: undefined, lost: never };
  }
  const postgres = await startEmbeddedPostgres(settings.home);
  opened.push(() => postgres.stop());
  return postgres;
}

async function openIssuer(settings: Settings, opened: Closer[]): Promise<string> {
  if (settings.profile === 'cluster') return settings.oidcIssuer!;
  const provider = await startDevelopmentIdentityProvider(settings.oidcAudience);
  opened.push(() => provider.close());
  return provider.issuer;
}

async function openResources(
  settings: Settings,
  given: { database: DatabaseAccess; issuer: string; consumesJobs: boolean },
  opened: Closer[],
): Promise<ServiceResources> {
  const queue: JobQueue = settings.redisUrl
    ? new RedisJobQueue(settings.redisUrl)
    : await PostgresJobQueue.open(addressOf('queue', given.database));
  opened.push(() => queue.close());
  return {
    context: {
      settings, issuer: given.issuer, masterKey: given.database.masterKey, consumesJobs: given.consumesJobs,
      storageKeys: openStorageKeys(settings),
    },
    database: given.database,
    queue,
  };
}

async function createApplication(resources: ServiceResources): Promise<NestExpressApplication> {
  const application = await NestFactory.create<NestExpressApplication>(
    AppModule.forRoot(resources), { logger: LOG_LEVELS, abortOnError: false });
  application.use(helmet());
  application.disable('x-powered-by');
  application.useGlobalPipes(new ValidationPipe({
    transform: true, whitelist: true, forbidNonWhitelisted: true,
    validationError: { value: false, target: false },
    exceptionFactory: (errors) => new Refusal(422, 'REQUEST_INVALID', reasons(errors).join('; ')),
  }));
  return application;
}

/** `path: reason` of every fault; class-validator's texts name properties and never values. */
function reasons(errors: readonly ValidationError[], path = ''): string[] {
  return errors.flatMap((error) => [
    ...Object.values(error.constraints ?? {}).map((reason) => `${path}${error.property}: ${reason}`),
    ...reasons(error.children ?? [], `${path}${error.property}.`),
  ]);
}

/** Node ends a request after five minutes; a custodian's upload over a bad line takes longer. */
const LONGEST_REQUEST_MILLISECONDS = 4 * 3_600_000;

async function listen(application: NestExpressApplication, settings: Settings): Promise<string> {
  try {
    const server = application.getHttpServer() as { requestTimeout: number };
    server.requestTimeout = LONGEST_REQUEST_MILLISECONDS;
    await application.listen(settings.port, settings.host);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new VinculumError('PORT_BUSY',
      `port ${settings.port} on ${settings.host} is taken by another program. Set VINCULUM_PORT (0 = any free port)`);
  }
  const { port } = application.getHttpServer().address() as { port: number };
  return `http://${settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host}:${port}`;
}

/** Requests that go on at the end get so long; an upload takes longer, and goes on at the next start. */
const GRACE_MILLISECONDS = 3_000;

/** A client that tries again and again on one connection must not keep the service from ending. */
async function closeApplication(application: NestExpressApplication): Promise<void> {
  const server = application.getHttpServer() as { closeAllConnections(): void };
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MILLISECONDS);
  try {
    await application.close();
  } finally {
    clearTimeout(timer);
  }
}

/** Last opened first; a failure of one does not keep the others open. */
async function closeAll(opened: Closer[]): Promise<void> {
  const failures: unknown[] = [];
  for (let closer = opened.pop(); closer; closer = opened.pop()) {
    try {
      await closer();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
