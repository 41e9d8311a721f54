import {
  currentContext,
  decodeContextId,
  runInContext,
  type RequestContext,
} from '@loyalnest/core';
import { requireMerchant } from '@loyalnest/service-defaults';
import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Observable } from 'rxjs';

/**
 * Puts the shop from `x-merchant-id` into the request context, which is propagated to the services.
 * A stand-in for authentication: the gateway trusts whatever shop the caller names.
 */
@Injectable()
export class MerchantInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { headers } = execution.switchToHttp().getRequest<{
      headers: Record<string, string | string[] | undefined>;
    }>();
    const named = headers['x-merchant-id'];
    const merchantId = requireMerchant(
      typeof named === 'string' ? decodeContextId(named) : undefined,
    );
    const context: RequestContext = { ...currentContext()!, merchantId };
    return new Observable((subscriber) =>
      runInContext(context, () => next.handle().subscribe(subscriber)),
    );
  }
}
