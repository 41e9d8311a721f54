import type { AuditLog } from '../audit-log.js';
import type { EventSource } from '../../event-source.js';

interface AdminCommanded {
  readonly command: string;
  readonly queue: string;
  readonly by: string;
  readonly source: string;
  readonly target?: string;
  readonly reason?: string;
  readonly outcome?: string;
}

/** Logs the commands of admins on queues and dead letters, with their outcome. */
export function logQueueCommands(logger: AuditLog['logger'], on: EventSource): void {
  on<AdminCommanded>(
    'loyalnest:queue:admin-command',
    ({ command, queue, by, source, target, reason, outcome }) =>
      logger.warn(
        { event: 'audit', command, queue, by, source, target, reason, outcome },
        `${by} ran ${command} on queue ${queue}`,
      ),
  );
}
