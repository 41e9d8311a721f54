import { Module } from '@nestjs/common';
import { Database } from './database.js';
import { ConfigurableModuleClass } from './postgres.module-definition.js';

/** The service's own database: a pool with Drizzle, and migrations at boot. */
@Module({ providers: [Database], exports: [Database] })
export class PostgresModule extends ConfigurableModuleClass {}
