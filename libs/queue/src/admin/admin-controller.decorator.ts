import { REQUEST_PRIORITY, type RequestPriority } from '@loyalnest/core';
import {
  applyDecorators,
  Controller,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { AdminAccessGuard } from './admin-access.guard.js';
import { AdminOutageInterceptor } from './admin-outage.interceptor.js';
import { AdminProblemFilter } from './admin-problem.filter.js';

/** A controller below `/admin`. It asks AdminAccess, and answers errors as problem details. */
export const AdminController = (path: string): ClassDecorator =>
  applyDecorators(
    Controller({ path: `admin/${path}`, version: VERSION_NEUTRAL }),
    SetMetadata(REQUEST_PRIORITY, 'critical' satisfies RequestPriority),
    UseGuards(AdminAccessGuard),
    UseInterceptors(AdminOutageInterceptor),
    UseFilters(AdminProblemFilter),
  );
