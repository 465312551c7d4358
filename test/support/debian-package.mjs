// Programs that tests run for real and npm does not bring. Where one is missing and we may install Debian's package,
// do so; elsewhere say what to do and fail: a test that quietly left it out would prove nothing.
import { spawnSync } from 'node:child_process';

const isPresent = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

/** Runs a command with no terminal to ask questions on; true when it succeeded. */
function succeeds(command, args, environment = {}) {
  const result = spawnSync(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  if (result.status !== 0 && result.stderr) process.stderr.write(result.stderr);
  return result.status === 0;
}

/** The words before apt-get: none as root, sudo where it asks for no password, undefined where we may not. */
function privilege() {
  if (process.getuid?.() === 0) return [];
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return sudo.status === 0 ? ['sudo', '-n'] : undefined;
}

/**
 * The tests start their own server on their own port, so `RUNLEVEL=1` tells Debian's service scripts
 * to leave a packaged service stopped (systemd may still start it; nothing here talks to it).
 * `env` passes the variables through sudo.
 */
function installDebianPackage(prefix, name) {
  const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get'];
  process.stderr.write(`${name} is missing: installing the Debian package for the tests\n`);
  return succeeds(command, [...rest, 'update', '-q'])
    && succeeds(command, [...rest, 'install', '-q', '-y', '--no-install-recommends', name]);
}

/**
 * Sets exit code 1 unless `program` is on the PATH, or can be put there by Debian's package of the same name;
 * `otherWays` are lines that tell a person how else to install it.
 */
export function needProgram(program, otherWays) {
  if (isPresent(program)) return;
  const prefix = isPresent('apt-get') ? privilege() : undefined;
  if (prefix !== undefined && installDebianPackage(prefix, program) && isPresent(program)) return;
  process.stderr.write([
    `The tests need ${program} on the PATH, and it could not be installed from here. Install it and run again:`,
    `  Debian, Ubuntu: sudo apt-get install ${program}`,
    ...otherWays,
    '',
  ].join('\n'));
  process.exitCode = 1;
}
