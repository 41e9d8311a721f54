import type { ContextCarrier, SpanAttributes, SpanDescription } from '@loyalnest/core';
import { isRedriven } from './is-redriven.js';
import type { JobDefinition } from './job-definition.js';

/** The fields of a run that its span shows. */
interface TracedRun {
  readonly id?: string | undefined;
  readonly name: string;
  readonly queueName: string;
  readonly attemptsMade: number;
  readonly stacktrace?: readonly string[] | null;
}

/** The span of an enqueue, following OpenTelemetry's semantic conventions for messaging. */
export function sendSpan({ name, queue }: JobDefinition, jobs = 1): SpanDescription {
  return {
    name: `send ${name}`,
    attributes: {
      ...messaging('send', queue),
      'loyalnest.job.name': name,
      ...(jobs > 1 && { 'messaging.batch.message_count': jobs }),
    },
  };
}

/**
 * The span of a run. It continues the producer's trace and links to it. After a redrive it starts a
 * new trace and only links to the producer's, which ended long ago.
 */
export function processSpan(job: TracedRun, context: ContextCarrier | undefined): SpanDescription {
  const { id, name, queueName, attemptsMade } = job;
  const redriven = isRedriven(job);
  return {
    name: `process ${name}`,
    newTrace: redriven,
    links: context?.traceparent === undefined ? [] : [context.traceparent],
    attributes: {
      ...messaging('process', queueName),
      'messaging.message.id': id,
      'loyalnest.job.name': name,
      'loyalnest.job.attempt': attemptsMade + 1,
      ...(redriven && { 'loyalnest.job.redriven': true }),
    },
  };
}

function messaging(operation: 'send' | 'process', queue: string): SpanAttributes {
  return {
    'messaging.system': 'bullmq',
    'messaging.destination.name': queue,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
  };
}
