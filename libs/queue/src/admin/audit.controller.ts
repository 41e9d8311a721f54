import { Get } from '@nestjs/common';
import { AdminController } from './admin-controller.decorator.js';
import { AdminQuery } from './admin-input.pipe.js';
import { PageQuery } from './admin-queries.js';
import { AdminRoute } from './admin-route.decorator.js';
import type { AuditPage } from './audit-record.js';
import { AuditTrail } from './audit-trail.js';

/** The audit trail: who did what, over HTTP and the command line. */
@AdminController('audit')
export class AuditController {
  constructor(private readonly trail: AuditTrail) {}

  @Get()
  @AdminRoute({
    role: 'view',
    summary: 'Lists the last commands with their outcomes, newest first',
    query: PageQuery,
    answer: 'audit',
  })
  list(@AdminQuery(PageQuery) query: PageQuery): Promise<AuditPage> {
    return this.trail.list(query);
  }
}
