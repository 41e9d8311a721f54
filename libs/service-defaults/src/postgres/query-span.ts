import { traced, type SpanDescription } from '@loyalnest/core';

const TARGET =
  /\b(?:from|into|update)\s+(?:only\s+)?((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)/i;
const MAX_TEXT = 2_000;

type Callback = (...results: unknown[]) => void;

/**
 * Runs a query of `pg` in a span. `args` are those of its `query` method. The span has the
 * statement, but never its parameters.
 */
export function tracedQuery(args: unknown[], run: (args: unknown[]) => unknown): unknown {
  const callback = args.at(-1);
  return typeof callback === 'function'
    ? withCallback(args.slice(0, -1), callback as Callback, run)
    : traced(
        'client',
        () => querySpan(args),
        () => run(args),
      );
}

/** The form with a callback, which the pool uses. */
function withCallback(
  args: unknown[],
  callback: Callback,
  run: (args: unknown[]) => unknown,
): unknown {
  return traced(
    'client',
    () => querySpan(args),
    (span) => {
      if (span === undefined) return run([...args, callback]);
      return new Promise<void>((resolve) => {
        run([
          ...args,
          (...results: unknown[]) => {
            if (results[0]) span.fail(results[0]);
            resolve();
            callback(...results);
          },
        ]);
      });
    },
  );
}

/** Follows OpenTelemetry's conventions for databases. */
function querySpan([query]: unknown[]): SpanDescription {
  const text = typeof query === 'string' ? query : String((query as { text?: unknown }).text ?? '');
  const operation = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'QUERY';
  const table = TARGET.exec(text)?.[1]?.replaceAll('"', '');
  const summary = table === undefined ? operation : `${operation} ${table}`;
  return {
    name: summary,
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.collection.name': table,
      'db.query.summary': summary,
      'db.query.text': text.slice(0, MAX_TEXT),
    },
  };
}
