// For an app
export { runService } from './run-service.js';
export { ServiceDefaultsModule } from './service-defaults.module.js';
export type { ServiceDefaultsOptions } from './service-defaults.module.js';

// At the edge of an app
export { requireMerchant } from './require-merchant.js';

// Variables
export { ServiceConfig } from './config/service-config.js';
export { ConfigError } from './config/config.error.js';
export { weakSecret } from './config/weak-secret.js';
export { readConfig } from './config/read-config.js';

// Postgres
export { PostgresModule } from './postgres/postgres.module.js';
export { Database } from './postgres/database.js';
export type { Transaction } from './postgres/database.js';
export type { PostgresModuleOptions } from './postgres/postgres.options.js';
export { DatabaseUnavailableError } from './postgres/database-unavailable.error.js';
export { ValueRefusedError } from './postgres/value-refused.error.js';

// Contracts between services
export { contactHash } from './contact-hash.js';
