import { DataSource, type DataSourceOptions } from 'typeorm';
import { deriveKey } from '../keys/key-folder.js';
import type { DatabaseAddress } from './database-address.js';
import { loginOf, type DatabaseRole } from './database-roles.js';

/** Where the database is, and the master key that the logins' passwords derive from. */
export interface DatabaseAccess {
  readonly owner: DatabaseAddress;
  readonly masterKey: Uint8Array;
}

/** Eight pools share the server's 100 connections with other processes. */
const POOL_SIZE = 5;

export function addressOf(role: DatabaseRole, access: DatabaseAccess): DatabaseAddress {
  return { ...access.owner, user: loginOf(role), password: passwordOf(role, access.masterKey) };
}

export function passwordOf(role: DatabaseRole, masterKey: Uint8Array): string {
  return deriveKey(masterKey, `database login ${role}`).toString('base64url');
}

/** TypeORM options of one login. Nothing is logged: statements carry record content. */
export function dataSourceOptions(address: DatabaseAddress): DataSourceOptions {
  return {
    type: 'postgres',
    host: address.host,
    port: address.port,
    database: address.database,
    username: address.user,
    password: address.password,
    ssl: address.ssl ?? false,
    poolSize: POOL_SIZE,
    applicationName: address.user,
    logging: false,
    synchronize: false,
    installExtensions: false,
  };
}

/** A data source of one role, outside Nest (tests, commands). */
export function createDataSource(role: DatabaseRole, access: DatabaseAccess): DataSource {
  return new DataSource(dataSourceOptions(addressOf(role, access)));
}

