import { redactText } from '@loyalnest/core/toolkit';
import { format } from 'node:util';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import type { Redaction } from '../redaction/redaction.js';

/** Not looked into: the adapter's own objects, which serializers leave out, and ids made here. */
const PLAIN: ReadonlySet<string> = new Set(['req', 'res', 'traceId', 'spanId']);
const PLACEHOLDERS = /%[sdifjoOc]/g;

/**
 * A pino whose lines pass `redaction`: fields at every depth, the text with what was put into it,
 * errors, and the bindings of child loggers.
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

/** Children are made from their parent as prototype, so that this holds for all of them. */
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

/** Takes them as pino does: fields or an error, a text, and the values of its placeholders. */
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
  // Else pino would take the error's own message.
  return error instanceof Error ? [first, redactText(error.message)] : [first];
}

/** Values without a placeholder are left out, as pino does. */
function fill(message: string, values: readonly unknown[], redaction: Redaction): string {
  const places = message.match(PLACEHOLDERS)?.length ?? 0;
  if (places === 0) return message;
  return format(message, ...values.slice(0, places).map((value) => redaction.value(value)));
}
