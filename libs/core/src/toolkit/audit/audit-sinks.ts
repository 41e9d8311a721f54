import { currentContext } from '../../context/request-context.js';
import type { AuditEntry } from './audit-entry.js';

/** Writes audit entries, whatever the log level is. */
export interface AuditSink {
  /** The application whose entries it writes. @defaultValue those of every application */
  readonly app?: string;
  /** Returns after the entry is handed over. @throws if it cannot be written */
  write(entry: AuditEntry): void;
}

const KEY = Symbol.for('@loyalnest/core:audit-sinks');

/** The sinks of the process, shared by every installed copy of this package. */
function sinks(): Set<AuditSink> {
  const holder = globalThis as { [KEY]?: Set<AuditSink> };
  return (holder[KEY] ??= new Set());
}

/** Adds a sink. Without one, entries are written to stderr as lines of JSON. */
export function addAuditSink(sink: AuditSink): () => void {
  sinks().add(sink);
  return () => void sinks().delete(sink);
}

/** @throws if a sink cannot write the entry */
export function writeAudit(entry: AuditEntry): void {
  const concerned = [...sinks()].filter(
    ({ app }) => app === undefined || entry.app === undefined || app === entry.app,
  );
  if (concerned.length === 0) toStderr(entry);
  for (const sink of concerned) sink.write(entry);
}

function toStderr({ app: _app, details, ...entry }: AuditEntry): void {
  const { correlationId } = currentContext() ?? {};
  const time = new Date().toISOString();
  const line = { level: 'warn', time, event: 'audit', ...entry, ...details, correlationId };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
