import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { AppModule } from '../app.module.js';
import { readSettings } from '../platform/settings/settings.js';
import { openStorageKeys } from '../platform/keys/open-storage-keys.js';
import type { JobQueue } from '../platform/queue/job-queue.js';
import { withProblems } from './problem-schema.js';

/** The OpenAPI document of all routes, from the built controllers; nothing is started for it. */
export async function describeApi(): Promise<OpenAPIObject> {
  const settings = readSettings({}, process.cwd());
  const nobody = { host: '', port: 0, database: '', user: '', password: '' };
  const masterKey = new Uint8Array(32);
  const application = await NestFactory.create(AppModule.forRoot({
    context: {
      settings, issuer: 'http://127.0.0.1', masterKey, consumesJobs: false, storageKeys: openStorageKeys(settings),
    },
    // A preview makes no provider, so nobody asks these for anything.
    database: { owner: nobody, masterKey }, queue: {} as JobQueue,
  }), { preview: true, logger: false });
  const base = new DocumentBuilder()
    .setTitle('Vinculum')
    .setDescription('Links registers without seeing the people in them. Refusals are problem documents (RFC 9457).')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  return withProblems(SwaggerModule.createDocument(application, base, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
  }));
}
