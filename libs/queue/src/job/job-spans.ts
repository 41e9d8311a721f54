import type { ContextCarrier, SpanAttributes, SpanDescription } from '@loyalnest/core';
import { isRedriven } from './is-redriven.js';
import type { JobDefinition } from './job-definition.js';

/** A run as its span tells of it. */
interface TracedRun {
  readonly id?: string | undefined;
  readonly name: string;
  readonly queueName: string;
  readonly attemptsMade: number;
  readonly stacktrace?: readonly string[] | null;
}

/** The span of storing jobs, after OpenTelemetry's conventions for messaging. */
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
 * The span of a run. It continues the trace of whoever enqueued the job, and links to it. After a
 * redrive it begins a trace of its own with the link alone: the first trace has long ended.
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
