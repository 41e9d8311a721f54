import { defineConfig } from 'drizzle-kit';

// `npx drizzle-kit generate --config apps/points-service/drizzle.config.ts --name <what>`
export default defineConfig({
  dialect: 'postgresql',
  schema: './apps/points-service/src/adapters/schema.ts',
  out: './apps/points-service/src/adapters/migrations',
  casing: 'snake_case',
});
