import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { APP_FILTER, ModulesContainer } from '@nestjs/core';
import { answerForGateways } from './gateway-problems.js';
import { answerUnsendableReplies } from './message-replies.js';
import { ProblemDetailsFilter } from './problem-details.filter.js';
import { ConfigurableModuleClass } from './problem-details.module-definition.js';

/**
 * Answers unknown routes, and every error of routes, guards, pipes, middleware and body parsers, with
 * problem details (RFC 9457). Errors of message handlers, WebSocket gateways and GraphQL resolvers are
 * answered in the form of their protocol. Import it once, in the root module, with `forRoot({})`.
 */
@Module({
  providers: [ProblemDetailsFilter, { provide: APP_FILTER, useExisting: ProblemDetailsFilter }],
  exports: [ProblemDetailsFilter],
})
export class ProblemDetailsModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer, filter: ProblemDetailsFilter) {
    super();
    requireSingleImport(ProblemDetailsModule, modules.values());
    answerForGateways(modules, filter);
    answerUnsendableReplies(modules, filter);
  }
}
