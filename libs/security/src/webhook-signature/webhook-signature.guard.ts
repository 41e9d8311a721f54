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
    const { headers, rawBody } = request;
    const bytes = rawBody ?? (hasBody(request) ? undefined : Buffer.alloc(0));
    // Only a request with a signature can show that the application is misconfigured: anybody can
    // send one without.
    if (bytes === undefined && this.verifier.isSigned(headers) && shouldHaveBytes(request)) {
      throw new RawBodyMissingError();
    }
    this.verifier.verify(headers, bytes);
    return true;
  }
}

/** Nest keeps the bytes of these types if the application has `rawBody: true`. */
const KEPT = /^application\/(json|x-www-form-urlencoded)\s*(;|$)/i;

/** Whether a parser of Nest read the body, which should have kept its bytes. */
function shouldHaveBytes({ headers, body }: SignedRequest): boolean {
  const type = headers['content-type'];
  return body != null && typeof type === 'string' && KEPT.test(type.trim());
}

function hasBody({ headers }: SignedRequest): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
