import { isAbsolute, join, resolve } from 'node:path';
import { VinculumError } from '#libs/record';

/** `embedded`: one process, PostgreSQL from a package, jobs in-process. `cluster`: all brought along. */
export type Profile = 'embedded' | 'cluster';

export interface Settings {
  readonly profile: Profile;
  /** Folder of data, keys and the start lock. */
  readonly home: string;
  /** Folder of the master key and the audit log's signing key. */
  readonly keys: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Login that owns the schemas and may create roles; absent: embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly oidcIssuer: string | undefined;
  /** The `aud` that access tokens must carry. */
  readonly oidcAudience: string;
  /** First line of every checkpoint, a schema-less URL that names this log. */
  readonly auditOrigin: string;
  /** An extract that is being received expires when nothing has come for so long. */
  readonly uploadExpiryHours: number;
  /** Master keys of the storage from the environment (base64, by commas); absent: those of the key folder. */
  readonly storageMasterKeys: string | undefined;
  /** A key management service that holds the storage's keys instead. */
  readonly kmsUrl: string | undefined;
  readonly kmsTokenFile: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings from `VINCULUM_*`, `DATABASE_URL`, `REDIS_URL` and `OIDC_ISSUER`.
 *
 * @throws VinculumError `SETTINGS_INVALID` that lists every setting that is wrong or missing.
 */
export function readSettings(environment: Environment, workingDirectory: string): Settings {
  const wrong: string[] = [];
  const profile = environment['VINCULUM_PROFILE'] || 'embedded';
  if (profile !== 'embedded' && profile !== 'cluster') {
    wrong.push(`VINCULUM_PROFILE is 'embedded' or 'cluster', got '${profile}'`);
  }
  const portText = environment['VINCULUM_PORT'] || '3000';
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port > 65535) {
    wrong.push(`VINCULUM_PORT is 0 (any) to 65535, got '${portText}'`);
  }
  const expiryText = environment['VINCULUM_UPLOAD_EXPIRY_HOURS'] || '72';
  const uploadExpiryHours = Number(expiryText);
  if (!/^\d{1,4}$/.test(expiryText) || uploadExpiryHours < 1 || uploadExpiryHours > 8760) {
    wrong.push(`VINCULUM_UPLOAD_EXPIRY_HOURS is 1 to 8760, got '${expiryText}'`);
  }
  if (profile === 'cluster') {
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'OIDC_ISSUER']) {
      if (!environment[name]) wrong.push(`${name} is needed with VINCULUM_PROFILE=cluster`);
    }
  } else if (environment['OIDC_ISSUER']) {
    wrong.push('OIDC_ISSUER needs VINCULUM_PROFILE=cluster: the embedded profile trusts development identities');
  }
  if (wrong.length > 0) throw new VinculumError('SETTINGS_INVALID', wrong.join('; '));

  const home = absolute(environment['VINCULUM_HOME'] || '.vinculum', workingDirectory);
  return {
    profile: profile as Profile,
    home,
    keys: absolute(environment['VINCULUM_KEYS'] || join(home, 'keys'), workingDirectory),
    host: environment['VINCULUM_HOST'] || (profile === 'embedded' ? '127.0.0.1' : '0.0.0.0'),
    port,
    databaseUrl: environment['DATABASE_URL'] || undefined,
    redisUrl: environment['REDIS_URL'] || undefined,
    oidcIssuer: environment['OIDC_ISSUER'] || undefined,
    oidcAudience: environment['VINCULUM_AUDIENCE'] || 'vinculum',
    auditOrigin: environment['VINCULUM_AUDIT_ORIGIN'] || 'vinculum.example/audit-log',
    uploadExpiryHours,
    storageMasterKeys: environment['VINCULUM_STORAGE_KEYS'] || undefined,
    kmsUrl: environment['VINCULUM_KMS_URL']?.replace(/\/+$/, '') || undefined,
    kmsTokenFile: environment['VINCULUM_KMS_TOKEN_FILE'] || undefined,
  };
}

function absolute(path: string, workingDirectory: string): string {
  return isAbsolute(path) ? path : resolve(workingDirectory, path);
}
