// Administrators
export { AdminAccessModule } from './admin-access/admin-access.module.js';
export { TokenAdminAccess } from './admin-access/token-admin-access.js';
export type { AdminAccessModuleOptions, AdminToken } from './admin-access/admin-access.options.js';

// Webhooks
export { WebhookSignatureModule } from './webhook-signature/webhook-signature.module.js';
export { WebhookSignatureGuard } from './webhook-signature/webhook-signature.guard.js';
export { WebhookVerifier } from './webhook-signature/webhook-verifier.js';
export { signWebhook, verifyWebhookSignature } from './webhook-signature/webhook-signature.js';

// Options
export type {
  SignatureEncoding,
  SignatureFormat,
  WebhookSignatureModuleOptions,
} from './webhook-signature/webhook-signature.options.js';

// Errors
export { RawBodyMissingError } from './webhook-signature/raw-body-missing.error.js';
export { WebhookSignatureError } from './webhook-signature/webhook-signature.error.js';
export type { SignatureFault } from './webhook-signature/webhook-signature.error.js';

// Events
export { webhookRejected } from './webhook-signature/webhook-signature.events.js';
export type { WebhookRejected } from './webhook-signature/webhook-signature.events.js';
