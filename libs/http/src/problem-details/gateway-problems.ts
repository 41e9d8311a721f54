import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { ProblemDetailsFilter } from './problem-details.filter.js';
import { refuseUnsendableReplies } from './sendable-replies.js';

/** Keys of metadata that Nest reads and does not export. */
const GATEWAY = 'websockets:is_gateway';
const FILTERS = '__exceptionFilters__';
const INTERCEPTORS = '__interceptors__';

/** Stands in the metadata of a gateway's class, which several applications may share. */
@Catch()
class GatewayFilter implements ExceptionFilter {
  filter!: ProblemDetailsFilter;

  catch(error: unknown, host: ArgumentsHost): void {
    this.filter.answerMessage(error, host);
  }
}

/**
 * Lets the filter answer the errors of WebSocket gateways, after their own filters: Nest applies global
 * guards, pipes and interceptors to gateways, but no global filters. A reply that cannot be sent counts as
 * an error too. Call it before Nest connects the gateways.
 */
export function answerForGateways(modules: ModulesContainer, filter: ProblemDetailsFilter): void {
  for (const { providers } of modules.values()) {
    for (const { metatype } of providers.values()) {
      if (typeof metatype !== 'function' || !Reflect.hasMetadata(GATEWAY, metatype)) continue;
      const own = (Reflect.getMetadata(FILTERS, metatype) ?? []) as unknown[];
      const known = own.find((one) => one instanceof GatewayFilter);
      const answering = known ?? new GatewayFilter();
      // Of two applications in one process, the later one logs.
      answering.filter = filter;
      // Nest asks the last filter first.
      if (known) continue;
      Reflect.defineMetadata(FILTERS, [answering, ...own], metatype);
      const interceptors = (Reflect.getMetadata(INTERCEPTORS, metatype) ?? []) as unknown[];
      // The first is the outermost, so it sees what the others make of the reply.
      const all = [refuseUnsendableReplies, ...interceptors];
      Reflect.defineMetadata(INTERCEPTORS, all, metatype);
    }
  }
}
