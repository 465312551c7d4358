/** How to reach one database as one login. `host` may be the folder of a unix socket. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** TLS with a verified certificate; from `sslmode=require|verify-full` of DATABASE_URL. */
  readonly ssl?: boolean;
}

/** `postgresql://user:password@host:port/database[?sslmode=require]`, or `?host=/socket/folder`. */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const parsed = new URL(url);
  const sslMode = parsed.searchParams.get('sslmode');
  return {
    host: parsed.searchParams.get('host') ?? decodeURIComponent(parsed.hostname),
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    ...(sslMode === 'require' || sslMode === 'verify-full' ? { ssl: true } : {}),
  };
}
