import { writeFileSync } from 'node:fs';
import { describeApi } from './api-description.js';

// `npm run api:describe`: writes the OpenAPI document to the file that it is given.
describeApi().then((document) => {
  writeFileSync(process.argv[2], `${JSON.stringify(document, null, 1)}\n`);
}, (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
