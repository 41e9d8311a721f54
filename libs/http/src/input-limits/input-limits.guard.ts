import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { findInputFault } from './input-fault.js';
import { INPUT_LIMITS } from './input-limits.module-definition.js';
import type { ResolvedInputLimits } from './input-limits.options.js';
import { InputRefusedError, type InputPart } from './input-refused.error.js';

interface HttpInput {
  readonly body?: unknown;
  readonly query?: unknown;
  readonly params?: unknown;
}

/**
 * Refuses requests and messages above the limits. A guard sees them after the parsers, and before
 * interceptors, pipes and parameter decorators. The bodies of `rawBodies` are bytes, so it does not look
 * into them.
 */
@Injectable()
export class InputLimitsGuard implements CanActivate {
  constructor(@Inject(INPUT_LIMITS) private readonly limits: ResolvedInputLimits) {}

  /** @throws InputRefusedError */
  canActivate(context: ExecutionContext): boolean {
    switch (context.getType<string>()) {
      case 'http': {
        const { params, query, body } = context.switchToHttp().getRequest<HttpInput>();
        this.check('path', params);
        this.check('query', query);
        this.check('body', body);
        break;
      }
      case 'ws':
        this.check('message', context.switchToWs().getData());
        break;
      case 'rpc':
        this.check('message', context.switchToRpc().getData());
        break;
      case 'graphql':
        // A resolver is called with the parent, the arguments, the context and information on the field.
        this.check('arguments', context.getArgByIndex(1));
    }
    return true;
  }

  private check(part: InputPart, value: unknown): void {
    if (value === undefined) return;
    const fault = findInputFault(value, this.limits);
    if (fault) throw new InputRefusedError(part, fault);
  }
}
