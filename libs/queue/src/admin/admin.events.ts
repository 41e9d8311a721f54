import { diagnostics } from '@loyalnest/core';
import type { AuditRecord } from './audit-record.js';

/** Somebody commanded something over HTTP or the command line, with its outcome. */
export const adminCommanded = diagnostics<AuditRecord>('loyalnest:queue:admin-command');
