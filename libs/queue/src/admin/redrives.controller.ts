import { Get, HttpCode, Param, Post } from '@nestjs/common';
import type { RedriveTask } from '../redrive-tasks/redrive-task.js';
import { AdminController } from './admin-controller.decorator.js';
import { Administrator } from './admin-access.guard.js';
import { RedriveBody } from './admin-bodies.js';
import { AdminCommands, requireFilter } from './admin-commands.js';
import { AdminBody } from './admin-input.pipe.js';
import { AdminRoute } from './admin-route.decorator.js';
import type { Actor } from './audit-record.js';
import { QueueAdmins } from './queue-admins.js';

/** Redrives many dead letters of a queue as a task. */
@AdminController('dead-letters/:queue/redrives')
export class RedrivesController {
  constructor(
    private readonly admins: QueueAdmins,
    private readonly commands: AdminCommands,
  ) {}

  @Post()
  @HttpCode(200)
  @AdminRoute({
    role: 'operate',
    summary: 'Redrives many dead letters: a canary first, then at a rate; stops if they fail again',
    command: 'start-redrive',
    description: 'Answers at once, while the task runs. With `dryRun` it only counts.',
    body: RedriveBody,
    answer: 'redrive',
    problems: [404, 409],
  })
  async start(
    @Administrator() actor: Actor,
    @Param('queue') queue: string,
    @AdminBody(RedriveBody) { dryRun = false, ...request }: RedriveBody,
  ): Promise<{ readonly count: number; readonly task?: RedriveTask }> {
    const admin = this.admins.of(queue);
    if (dryRun) {
      requireFilter(request.filter ?? {}, request.all ?? false);
      return { count: await admin.redrives.count({ ...request.filter }) };
    }
    const task = await this.commands.startRedrive(admin, actor, request);
    return { count: task.total, task };
  }

  @Get()
  @AdminRoute({
    role: 'view',
    summary: 'Lists the last tasks, newest first',
    answer: 'redriveTasks',
    problems: [404],
  })
  async list(@Param('queue') queue: string): Promise<{ readonly tasks: readonly RedriveTask[] }> {
    return { tasks: await this.admins.of(queue).redrives.list() };
  }

  @Get(':taskId')
  @AdminRoute({
    role: 'view',
    summary: 'Shows the current state of a task',
    answer: 'redriveTask',
    problems: [404],
  })
  async show(@Param('queue') queue: string, @Param('taskId') id: string): Promise<RedriveTask> {
    return this.admins.of(queue).redrives.get(id);
  }

  @Post(':taskId/cancel')
  @HttpCode(200)
  @AdminRoute({
    role: 'operate',
    summary: 'Ends a task; once this answers, the task redrives nothing more',
    command: 'cancel-redrive',
    answer: 'redriveTask',
    problems: [404],
  })
  async cancel(
    @Administrator() actor: Actor,
    @Param('queue') queue: string,
    @Param('taskId') id: string,
  ): Promise<RedriveTask> {
    return this.commands.cancelRedrive(this.admins.of(queue), actor, id);
  }
}
