import { defineConfig } from 'drizzle-kit';

// `npx drizzle-kit generate --config apps/referrals-service/drizzle.config.ts --name <what>`
export default defineConfig({
  dialect: 'postgresql',
  schema: './apps/referrals-service/src/adapters/schema.ts',
  out: './apps/referrals-service/src/adapters/migrations',
  casing: 'snake_case',
});
