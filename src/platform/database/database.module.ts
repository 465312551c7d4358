import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { addressOf, dataSourceOptions, type DatabaseAccess } from './data-sources.js';
import { DATABASE_ROLES } from './database-roles.js';

/**
 * One TypeORM data source for each database role, under the role's name:
 * `@InjectDataSource('linker') private readonly database: DataSource`.
 */
@Module({})
export class DatabaseModule {
  static forRoot(access: DatabaseAccess): DynamicModule {
    return {
      module: DatabaseModule,
      imports: DATABASE_ROLES.filter((role) => role !== 'queue').map((role) => TypeOrmModule.forRootAsync({
        name: role,
        useFactory: () => ({
          // The name again: at shutdown Nest looks the data source up by the name in its options.
          ...dataSourceOptions(addressOf(role, access)), name: role, autoLoadEntities: true,
          retryAttempts: 3, retryDelay: 500,
        }),
      })),
    };
  }
}
