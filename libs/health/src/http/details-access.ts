import { AdminAccess, type AdminRequest } from '@loyalnest/core';
import { ADMIN_ACCESS_REMEDY, requireAdminAccess } from '@loyalnest/core/toolkit';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthSampler } from '../health-sampler.js';

/** Decides who sees the individual checks. */
@Injectable()
export class DetailsAccess implements OnModuleInit {
  private access: AdminAccess | undefined;

  constructor(
    private readonly modules: ModuleRef,
    private readonly sampler: HealthSampler,
  ) {}

  onModuleInit(): void {
    const { details, needsAdminAccess } = this.sampler.policy;
    if (details !== 'authorized') return;
    this.access = this.find();
    if (this.access) return;
    if (needsAdminAccess) requireAdminAccess(undefined, 'HealthModule.details', details);
    new Logger('Health').warn(`nobody can see the details of /health: ${ADMIN_ACCESS_REMEDY}`);
  }

  /** Returns a promise only if `AdminAccess` decides. The promise never rejects and never hangs. */
  allows(request: AdminRequest): boolean | Promise<boolean> {
    const { details } = this.sampler.policy;
    if (details !== 'authorized') return details === 'always';
    return this.access ? this.ask(this.access, request) : false;
  }

  private ask(access: AdminAccess, { headers }: AdminRequest): Promise<boolean> {
    const { clock, check } = this.sampler.policy;
    return new Promise((resolve) => {
      const cancel = clock.schedule(() => resolve(false), check.timeoutMs, false);
      const settle = (allowed: boolean): void => {
        cancel();
        resolve(allowed);
      };
      // An unauthorized caller gets only the status, like the public, and no reason.
      void authorized(access, { headers }).then(settle);
    });
  }

  private find(): AdminAccess | undefined {
    try {
      return this.modules.get(AdminAccess, { strict: false });
    } catch {
      return undefined;
    }
  }
}

async function authorized(access: AdminAccess, request: AdminRequest): Promise<boolean> {
  try {
    await access.authorize(request, 'view');
    return true;
  } catch {
    return false;
  }
}
