import { diagnostics } from '@loyalnest/core';
import type { SignatureFault } from './webhook-signature.error.js';

export interface WebhookRejected {
  readonly fault: SignatureFault;
}

/** Published for each refused webhook. Many `wrong` ones mean a rotated secret or an attack. */
export const webhookRejected = diagnostics<WebhookRejected>('loyalnest:security:webhook-rejected');
