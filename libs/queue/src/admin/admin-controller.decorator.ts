import {
  applyDecorators,
  Controller,
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
    UseGuards(AdminAccessGuard),
    UseInterceptors(AdminOutageInterceptor),
    UseFilters(AdminProblemFilter),
  );
