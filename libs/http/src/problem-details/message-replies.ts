import type { ModulesContainer } from '@nestjs/core';
import type { ProblemDetailsFilter } from './problem-details.filter.js';

interface Reply {
  readonly response?: unknown;
  readonly err?: unknown;
  readonly isDisposed?: boolean;
}
type Respond = (reply: Reply) => unknown;

/** A server of `@nestjs/microservices`, which may not be installed. The one for gRPC has no `send`. */
interface RpcServer {
  send?(replies: unknown, respond: Respond): unknown;
}

/**
 * Answers a message whose reply cannot be sent, such as one with a BigInt or a cycle, with a problem. Nest
 * only logs it, so the caller would wait for ever.
 */
export function answerUnsendableReplies(
  modules: ModulesContainer,
  filter: ProblemDetailsFilter,
): void {
  modules.getRpcTargetRegistry<RpcServer>().subscribe((server) => {
    const send = server.send?.bind(server);
    if (!send) return;
    server.send = (replies, respond) =>
      send(replies, async (reply) => {
        try {
          await respond(reply);
        } catch (error) {
          // Anything else is a fault of the connection, and another reply would fail too.
          if (isSendable(reply)) throw error;
          await respond({ err: filter.describeUnsendable(error), isDisposed: true });
        }
      });
  });
}

function isSendable(reply: Reply): boolean {
  try {
    JSON.stringify(reply);
    return true;
  } catch {
    return false;
  }
}
