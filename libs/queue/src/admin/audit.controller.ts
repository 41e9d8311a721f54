import {
  Controller,
  Get,
  UseFilters,
  UseGuards,
  UseInterceptors,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { AdminAccessGuard } from './admin-access.guard.js';
import { AdminQuery } from './admin-input.pipe.js';
import { AdminOutageInterceptor } from './admin-outage.interceptor.js';
import { AdminProblemFilter } from './admin-problem.filter.js';
import { PageQuery } from './admin-queries.js';
import { AdminRoute } from './admin-route.decorator.js';
import type { AuditPage } from './audit-record.js';
import { AuditTrail } from './audit-trail.js';

/** Who did what, over HTTP and the command line. */
@Controller({ path: 'admin/audit', version: VERSION_NEUTRAL })
@UseGuards(AdminAccessGuard)
@UseInterceptors(AdminOutageInterceptor)
@UseFilters(AdminProblemFilter)
export class AuditController {
  constructor(private readonly trail: AuditTrail) {}

  @Get()
  @AdminRoute({
    role: 'view',
    summary: 'The last commands with their outcomes, the newest first',
    query: PageQuery,
    answer: 'audit',
  })
  list(@AdminQuery(PageQuery) query: PageQuery): Promise<AuditPage> {
    return this.trail.list(query);
  }
}
