import { redactText } from '@loyalnest/core/toolkit';
import { format } from 'node:util';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import type { Redaction } from '../redaction/redaction.js';

/**
 * Not redacted: the adapter's objects, which serializers leave out, and ids that this lib creates.
 */
const PLAIN: ReadonlySet<string> = new Set(['req', 'res', 'traceId', 'spanId']);
const PLACEHOLDERS = /%[sdifjoOc]/g;

/**
 * Creates a pino logger that redacts everything it writes: fields at every depth, messages with
 * their placeholder values, errors, and the bindings of child loggers.
 */
export function redactingLogger(
  options: LoggerOptions,
  destination: DestinationStream,
  redaction: Redaction,
): Logger {
  const logger = pino(
    {
      ...options,
      formatters: {
        ...options.formatters,
        log: (fields) => redaction.fields(fields, PLAIN),
      },
      hooks: {
        logMethod(args, method) {
          method.apply(this, redactArguments(args, redaction) as typeof args);
        },
      },
    },
    destination,
  );
  return redactBindings(logger, redaction);
}

/** pino creates a child with its parent as the prototype, so this covers all descendants. */
function redactBindings(logger: Logger, redaction: Redaction): Logger {
  const { child, setBindings } = logger;
  return Object.assign(logger, {
    child(this: Logger, bindings: object, options?: object): unknown {
      return Reflect.apply(child, this, [redaction.fields(bindings, PLAIN), options]);
    },
    setBindings(this: Logger, bindings: object): void {
      Reflect.apply(setBindings, this, [redaction.fields(bindings, PLAIN)]);
    },
  });
}

/**
 * Reads arguments as pino does: fields or an error, a message, and the values of its placeholders.
 */
function redactArguments(args: readonly unknown[], redaction: Redaction): readonly unknown[] {
  const [first] = args;
  const hasFields = typeof first === 'object';
  const [message, ...values] = hasFields ? args.slice(1) : args;
  if (typeof message === 'string') {
    const text = redactText(values.length === 0 ? message : fill(message, values, redaction));
    return hasFields ? [first, text] : [text];
  }
  if (!hasFields) return args.map((value) => redaction.value(value));
  if (message !== undefined) return [first, redaction.value(message)];
  const error = first instanceof Error ? first : (first as { err?: unknown } | null)?.err;
  // Without a message, pino would write the error's own, unredacted.
  return error instanceof Error ? [first, redactText(error.message)] : [first];
}

/** Drops values without a placeholder, as pino does. */
function fill(message: string, values: readonly unknown[], redaction: Redaction): string {
  const places = message.match(PLACEHOLDERS)?.length ?? 0;
  if (places === 0) return message;
  return format(message, ...values.slice(0, places).map((value) => redaction.value(value)));
}
