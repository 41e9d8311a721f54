import { SystemClock } from '@loyalnest/core';
import {
  Logger,
  Module,
  type DynamicModule,
  type ModuleMetadata,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { QueueConnection } from '../connection/queue-connection.js';
import { AdminAccessGuard } from './admin-access.guard.js';
import { AdminCommands } from './admin-commands.js';
import { AdminOutageInterceptor } from './admin-outage.interceptor.js';
import { AuditController } from './audit.controller.js';
import { AuditTrail } from './audit-trail.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { longIdsPass } from './long-ids.js';
import { QueueAdmins } from './queue-admins.js';
import { QueuesController } from './queues.controller.js';
import { RefusedCommands } from './refused-commands.js';
import { RedrivesController } from './redrives.controller.js';

/**
 * Mounts the admin API: `/admin/queues`, `/admin/dead-letters` and `/admin/audit`. Every route asks
 * AdminAccess; without one, the application does not boot. Import it together with QueueModule. If
 * AdminAccess is not global, use `register` and import its module there.
 */
@Module({
  // Nest takes the first match: `/redrives` must come before `/:id`.
  controllers: [RedrivesController, DeadLettersController, QueuesController, AuditController],
  providers: [
    AdminAccessGuard,
    AdminOutageInterceptor,
    QueueAdmins,
    RefusedCommands,
    {
      provide: AuditTrail,
      inject: [QueueConnection],
      useFactory: ({ producer, options }: QueueConnection) =>
        new AuditTrail({ redis: producer, clock: new SystemClock(), prefix: options.prefix }),
    },
    {
      provide: AdminCommands,
      inject: [AuditTrail],
      useFactory: (trail: AuditTrail) => new AdminCommands(trail),
    },
  ],
})
export class QueueAdminModule implements OnApplicationBootstrap {
  static register({ imports = [] }: Pick<ModuleMetadata, 'imports'>): DynamicModule {
    return { module: QueueAdminModule, imports };
  }

  constructor(private readonly host: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    if (longIdsPass(this.host.httpAdapter)) return;
    new Logger('Queue').warn(
      'Fastify answers 404 for job ids longer than 100 characters; create its adapter with ' +
        'routerOptions: { maxParamLength: 1024 }',
    );
  }
}
