import { Inject, Injectable } from '@nestjs/common';
import { decodeSignature, verifyWebhookSignature } from './webhook-signature.js';
import { WebhookSignatureError } from './webhook-signature.error.js';
import { webhookRejected } from './webhook-signature.events.js';
import { MODULE_OPTIONS_TOKEN } from './webhook-signature.module-definition.js';
import {
  resolveSignatureOptions,
  type SignaturePolicy,
  type WebhookSignatureModuleOptions,
} from './webhook-signature.options.js';
import type { SignatureFault } from './webhook-signature.error.js';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Verifies webhooks with the module's secrets, for code that does not use the guard. */
@Injectable()
export class WebhookVerifier {
  private readonly policy: SignaturePolicy;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: WebhookSignatureModuleOptions) {
    this.policy = resolveSignatureOptions(options);
  }

  /**
   * Returns if one of the secrets signed `body`. Pass undefined for a body that was not read.
   *
   * @throws {@link WebhookSignatureError}
   */
  verify(headers: Headers, body: Uint8Array | undefined): void {
    const { header, secrets } = this.policy;
    const signature = headers[header];
    if (signature === undefined || signature === '') throw this.refusal('missing');
    if (!this.isWellFormed(signature)) throw this.refusal('malformed');
    if (body === undefined) throw this.refusal('body-not-read');
    if (!verifyWebhookSignature(body, signature, secrets, this.policy)) throw this.refusal('wrong');
  }

  /** Whether the headers have a signature in the expected form, right or wrong. */
  isSigned(headers: Headers): boolean {
    return this.isWellFormed(headers[this.policy.header]);
  }

  private isWellFormed(signature: Headers[string]): signature is string {
    return (
      typeof signature === 'string' && decodeSignature(signature, this.policy.encoding).length > 0
    );
  }

  private refusal(fault: SignatureFault): WebhookSignatureError {
    webhookRejected.publish({ fault });
    return new WebhookSignatureError(fault, this.policy.header);
  }
}
