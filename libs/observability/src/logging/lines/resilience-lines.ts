import type { PinoLogger } from 'nestjs-pino';
import type { EventSource } from '../../event-source.js';
import type { AuditLog } from '../audit-log.js';
import { wholeMs, type PolicyEvent } from '../../policy-event.js';
import { describeError } from './describe-error.js';

interface OperatorCommand {
  readonly policy: string;
  readonly command: string;
  readonly by: string;
  readonly instance: string;
  readonly applied: boolean;
}

interface PolicyLine {
  readonly level: 'debug' | 'info' | 'warn';
  readonly fields: (event: PolicyEvent) => object;
  readonly text: (event: PolicyEvent) => string;
}

/**
 * Lines by channel below `loyalnest:resilience:`. Events that can occur on every call to an
 * overloaded dependency are logged at `debug`: a flood of lines would make an outage worse.
 */
const LINES: Readonly<Record<string, PolicyLine>> = {
  'circuit-state': {
    level: 'warn',
    fields: ({ key, from, to }) => ({ key, from, to }),
    text: ({ policy, to }) => `circuit ${policy} is ${to}`,
  },
  'attempt-failed': {
    level: 'info',
    fields: ({ attempt, delayMs }) => ({ attempt, delayMs: wholeMs(delayMs) }),
    text: ({ policy, attempt }) => `attempt ${attempt} of ${policy} failed`,
  },
  'retry-budget-exhausted': {
    level: 'warn',
    fields: ({ refused }) => ({ refused }),
    text: ({ policy, refused }) =>
      `${refused} of ${policy} suppressed: its retry budget is exhausted`,
  },
  'call-rejected': {
    level: 'debug',
    fields: ({ by, retryAfterMs }) => ({ by, retryAfterMs: wholeMs(retryAfterMs) }),
    text: ({ policy, by }) => `the ${by} of ${policy} rejected a call`,
  },
  'result-not-counted': {
    level: 'debug',
    fields: ({ reason }) => ({ cause: reason }),
    text: ({ policy, reason }) => `a result of ${policy} was not counted: ${reason}`,
  },
  fallback: {
    level: 'warn',
    fields: ({ handler }) => ({ handler }),
    text: ({ policy, handler }) => `${policy} falls back to ${handler}`,
  },
  'hedge-started': {
    level: 'debug',
    fields: ({ hedge }) => ({ hedge }),
    text: ({ policy, hedge }) => `hedge ${hedge} of ${policy} starts`,
  },
  'stale-served': {
    level: 'info',
    fields: ({ ageMs }) => ({ ageMs: wholeMs(ageMs) }),
    text: ({ policy }) => `${policy} serves an expired value`,
  },
  'fault-injected': {
    level: 'info',
    fields: ({ fault }) => ({ fault }),
    text: ({ policy, fault }) => `injected a fault into ${policy}: ${fault}`,
  },
};

/**
 * Logs what policies decide (`event: "resilience"`) and what operators command (`event: "audit"`).
 */
export function logResilience(
  logger: PinoLogger,
  audit: AuditLog['logger'],
  on: EventSource,
): void {
  for (const [kind, { level, fields, text }] of Object.entries(LINES)) {
    on<PolicyEvent>(`loyalnest:resilience:${kind}`, (event) => {
      const { policy, error } = event;
      logger[level](
        { event: 'resilience', kind, policy, ...fields(event), ...describeError(error) },
        text(event),
      );
    });
  }
  on<OperatorCommand>(
    'loyalnest:resilience:operator-command',
    ({ policy, command, by, instance, applied }) =>
      audit.warn(
        { event: 'audit', policy, command, by, instance, applied },
        `${by} ran ${command} on circuit ${policy}`,
      ),
  );
}
