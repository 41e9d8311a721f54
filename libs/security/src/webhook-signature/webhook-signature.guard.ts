import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { RawBodyMissingError } from './raw-body-missing.error.js';
import { WebhookVerifier } from './webhook-verifier.js';

interface SignedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
  readonly rawBody?: Buffer;
}

/**
 * Rejects requests whose body was not signed with one of the module's secrets. It verifies the raw
 * body, so the application must be created with `rawBody: true`.
 *
 * @throws WebhookSignatureError, RawBodyMissingError
 */
@Injectable()
export class WebhookSignatureGuard implements CanActivate {
  constructor(private readonly verifier: WebhookVerifier) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<SignedRequest>();
    const { headers, rawBody, body } = request;
    // A parser read the body but kept no bytes: the application is misconfigured, not the sender.
    if (rawBody === undefined && body != null) throw new RawBodyMissingError();
    this.verifier.verify(headers, rawBody ?? (hasBody(request) ? undefined : Buffer.alloc(0)));
    return true;
  }
}

function hasBody({ headers }: SignedRequest): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
