import { diagnostics } from '@loyalnest/core';
import type { AuditRecord } from './audit-record.js';

/** Published after each command over HTTP or the command line, with its outcome. */
export const adminCommanded = diagnostics<AuditRecord>('loyalnest:queue:admin-command');
