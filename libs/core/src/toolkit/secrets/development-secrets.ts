/**
 * Every secret that this repository publishes: in `.env.example`, `docker-compose.yml`, the manifests
 * for development and `npm start`. Refused in production by name, because everybody knows them. A spec
 * compares the list with these files.
 */
export const DEVELOPMENT_SECRETS = {
  adminToken: 'dev-only-admin-token',
  webhookSecret: 'dev-only-webhook-secret',
  postgresPassword: 'postgres',
  pointsDbPassword: 'points',
  referralsDbPassword: 'referrals',
  grafanaPassword: 'admin',
} as const;

const KNOWN: ReadonlySet<string> = new Set(Object.values(DEVELOPMENT_SECRETS));
/** What people write when they have no secret yet. */
const PLACEHOLDER =
  /^(?:dev-only-.*|(?:change|replace)[-_ ]?(?:me|this|it)?|(?:my|your|the|a|some|test|dev|default)?[-_ ]?(?:super)?[-_ ]?(?:secret|password|passwd|token|key)(?:[-_ ]?(?:here|key|token|\d{1,4}))?|x+|todo|example|<.*>|\$\{.*\})$/i;

/** Returns whether a secret is published with this repository, or is a placeholder for one. */
export function isDevelopmentSecret(secret: string): boolean {
  const text = secret.trim();
  return KNOWN.has(text) || PLACEHOLDER.test(text);
}
