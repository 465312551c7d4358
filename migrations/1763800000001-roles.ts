import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const LOGINS = ['governance', 'extracts', 'linker', 'cohort', 'releases', 'audit', 'queue'];

/**
 * The logins, the schemas, and who may enter which. Roles belong to the whole server: another database of
 * it may have made them already.
 */
export class Roles1763800000001 implements MigrationInterface {
  name = 'Roles1763800000001';

  async up(runner: QueryRunner): Promise<void> {
    const [{ database }] = await runner.query('SELECT current_database() AS database') as [{ database: string }];
    await runner.query(`REVOKE ALL ON DATABASE "${database}" FROM PUBLIC`);
    await runner.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
    for (const login of LOGINS) await this.createLogin(runner, `vinculum_${login}`, database);
    await this.createRole(runner, 'vinculum_audit_owner', 'NOLOGIN');
    for (const schema of ['governance', 'encodings', 'content', 'links', 'releases']) {
      await runner.query(`CREATE SCHEMA ${schema}`);
    }
    for (const [schema, readers] of Object.entries({
      governance: ['governance'],
      encodings: ['extracts', 'linker'],
      content: ['extracts', 'cohort'],
      links: ['linker', 'cohort'],
      releases: ['releases'],
    })) {
      for (const reader of readers) await runner.query(`GRANT USAGE ON SCHEMA ${schema} TO vinculum_${reader}`);
    }
    // The queue library makes and migrates its own schema.
    await runner.query(`GRANT CREATE ON DATABASE "${database}" TO vinculum_queue`);
  }

  down = forwardOnly;

  private async createLogin(runner: QueryRunner, role: string, database: string): Promise<void> {
    await this.createRole(runner, role, 'LOGIN');
    await runner.query(`GRANT CONNECT ON DATABASE "${database}" TO ${role}`);
    await runner.query(`ALTER ROLE ${role} SET statement_timeout = '15min'`);
    await runner.query(`ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '5min'`);
  }

  private async createRole(runner: QueryRunner, role: string, login: 'LOGIN' | 'NOLOGIN'): Promise<void> {
    const found = await runner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]) as unknown[];
    if (found.length === 0) await runner.query(`CREATE ROLE ${role} ${login}`);
  }
}
