// A worker as a process of its own, to be killed: takes one job, says so, and never ends it.
// Arguments: adapter ('postgres' | 'redis'), its address as JSON, kind. Runs on the built service.
const { join } = require('node:path');
const built = (path) => require(join(process.cwd(), 'dist', 'src', 'platform', 'queue', path));

async function main([adapter, address, kind]) {
  const queue = adapter === 'postgres'
    ? await built('postgres-job-queue.js').PostgresJobQueue.open(JSON.parse(address))
    : new (built('redis-job-queue.js').RedisJobQueue)(JSON.parse(address), 1_000);
  await queue.consume(kind, (reference) => {
    process.stdout.write(`took ${reference}\n`);
    return new Promise(() => undefined);
  });
  process.stdout.write('ready\n');
}

void main(process.argv.slice(2));
