import { Get, HttpCode, Param, Post } from '@nestjs/common';
import { readQueueOverview, type QueueOverview } from '../monitoring/queue-overview.js';
import { Administrator } from './admin-access.guard.js';
import { AdminCommands } from './admin-commands.js';
import { AdminController } from './admin-controller.decorator.js';
import { AdminRoute } from './admin-route.decorator.js';
import type { Actor } from './audit-record.js';
import { QueueAdmins } from './queue-admins.js';

/** Shows, pauses and resumes the queues that this service declared. */
@AdminController('queues')
export class QueuesController {
  constructor(
    private readonly admins: QueueAdmins,
    private readonly commands: AdminCommands,
  ) {}

  @Get()
  @AdminRoute({ role: 'view', summary: 'Lists all queues of this service', answer: 'queues' })
  async list(): Promise<{ readonly queues: readonly QueueOverview[] }> {
    return { queues: await Promise.all(this.admins.names().map((name) => this.overview(name))) };
  }

  @Get(':queue')
  @AdminRoute({
    role: 'view',
    summary: 'Shows one queue: jobs by state, ages, workers, dead letters by reason',
    answer: 'queue',
    problems: [404],
  })
  show(@Param('queue') queue: string): Promise<QueueOverview> {
    return this.overview(queue);
  }

  @Post(':queue/pause')
  @HttpCode(200)
  @AdminRoute({
    role: 'operate',
    summary: 'Stops the workers of all processes from taking jobs',
    command: 'pause',
    answer: 'queue',
    problems: [404],
  })
  async pause(
    @Administrator() actor: Actor,
    @Param('queue') queue: string,
  ): Promise<QueueOverview> {
    await this.commands.pause(this.admins.of(queue), actor);
    return this.overview(queue);
  }

  @Post(':queue/resume')
  @HttpCode(200)
  @AdminRoute({
    role: 'operate',
    summary: 'Lets the workers take jobs again',
    command: 'resume',
    answer: 'queue',
    problems: [404],
  })
  async resume(
    @Administrator() actor: Actor,
    @Param('queue') queue: string,
  ): Promise<QueueOverview> {
    await this.commands.resume(this.admins.of(queue), actor);
    return this.overview(queue);
  }

  private async overview(queue: string): Promise<QueueOverview> {
    const { letters, redrives } = this.admins.of(queue);
    return readQueueOverview(letters, redrives);
  }
}
