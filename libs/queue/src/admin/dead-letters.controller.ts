import { AdminAccessError } from '@loyalnest/core';
import { includesRole } from '@loyalnest/core/toolkit';
import { Get, HttpCode, Param, Post } from '@nestjs/common';
import type { DeadLetterGroup } from '../dead-letter/index/dead-letter-group.js';
import type { DeadLetterDetails, DeadLetterPage } from '../dead-letter/dead-letter.js';
import { AdminController } from './admin-controller.decorator.js';
import { Administrator } from './admin-access.guard.js';
import { DiscardBody, EditBody } from './admin-bodies.js';
import { AdminCommands } from './admin-commands.js';
import { AdminBody, AdminQuery } from './admin-input.pipe.js';
import { DeadLetterQuery, DetailsQuery, PageQuery } from './admin-queries.js';
import { AdminRoute } from './admin-route.decorator.js';
import type { Actor } from './audit-record.js';
import { maskDeadLetter } from './payload-mask.js';
import { QueueAdmins } from './queue-admins.js';
import { RefusedCommands } from './refused-commands.js';

/** The outcome of a command for one dead letter. */
interface Done {
  readonly queue: string;
  readonly id: string;
  readonly outcome: 'redriven' | 'edited-and-redriven' | 'discarded' | 'restored';
}

/** Inspects and changes single dead letters of a queue. */
@AdminController('dead-letters/:queue')
export class DeadLettersController {
  constructor(
    private readonly admins: QueueAdmins,
    private readonly commands: AdminCommands,
    private readonly refused: RefusedCommands,
  ) {}

  @Get()
  @AdminRoute({
    role: 'view',
    summary: 'Lists the matching dead letters, newest first',
    description: 'A page may be short although more follow: continue until there is no `cursor`.',
    query: DeadLetterQuery,
    answer: 'deadLetters',
    problems: [404],
  })
  async list(
    @Param('queue') queue: string,
    @AdminQuery(DeadLetterQuery) query: DeadLetterQuery,
  ): Promise<DeadLetterPage> {
    const page = await this.admins.of(queue).letters.list(query);
    return { ...page, items: page.items.map(maskDeadLetter) };
  }

  @Get('groups')
  @AdminRoute({
    role: 'view',
    summary: 'Groups the dead letters by cause, largest group first',
    answer: 'groups',
    problems: [404],
  })
  async groups(
    @Param('queue') queue: string,
  ): Promise<{ readonly groups: readonly DeadLetterGroup[] }> {
    return { groups: await this.admins.of(queue).letters.groups() };
  }

  @Get('discarded')
  @AdminRoute({
    role: 'view',
    summary: 'Lists the discarded dead letters, last discarded first',
    query: PageQuery,
    answer: 'discarded',
    problems: [404],
  })
  async discarded(
    @Param('queue') queue: string,
    @AdminQuery(PageQuery) query: PageQuery,
  ): Promise<DeadLetterPage> {
    const page = await this.admins.of(queue).letters.discarded(query);
    return { ...page, items: page.items.map(maskDeadLetter) };
  }

  @Get(':id')
  @AdminRoute({
    role: 'view',
    summary: 'Shows a dead letter with its stacks and its history',
    query: DetailsQuery,
    answer: 'deadLetter',
    problems: [404],
  })
  async show(
    @Administrator() actor: Actor,
    @Param('queue') queue: string,
    @Param('id') id: string,
    @AdminQuery(DetailsQuery) { payload = false }: DetailsQuery,
  ): Promise<DeadLetterDetails> {
    const admin = this.admins.of(queue);
    if (!payload) return maskDeadLetter(await admin.letters.get(id));
    if (!includesRole(actor.role!, 'operate')) {
      const error = new AdminAccessError('forbidden', 'operate');
      await this.refused.note(actor, { command: 'show-payload', queue, target: id }, error);
      throw error;
    }
    return this.commands.showPayload(admin, actor, id);
  }

  @Post(':id/redrive')
  @HttpCode(200)
  @AdminRoute({
    role: 'operate',
    summary: 'Runs a dead letter again, in place and with all its attempts',
    command: 'redrive',
    answer: 'done',
    problems: [404, 409],
  })
  async redrive(
    @Administrator() actor: Actor,
    @Param('queue') queue: string,
    @Param('id') id: string,
  ): Promise<Done> {
    await this.commands.redrive(this.admins.of(queue), actor, id);
    return { queue, id, outcome: 'redriven' };
  }

  @Post(':id/edit')
  @HttpCode(200)
  @AdminRoute({
    role: 'operate',
    summary: 'Replaces the payload of a dead letter and runs it again',
    command: 'edit',
    description: 'If this service handles the job, its definition validates the payload.',
    body: EditBody,
    answer: 'done',
    problems: [404, 409],
  })
  async edit(
    @Administrator() actor: Actor,
    @Param('queue') queue: string,
    @Param('id') id: string,
    @AdminBody(EditBody) { payload, revision }: EditBody,
  ): Promise<Done> {
    await this.commands.edit(this.admins.of(queue), actor, id, { payload, revision });
    return { queue, id, outcome: 'edited-and-redriven' };
  }

  @Post(':id/discard')
  @HttpCode(200)
  @AdminRoute({
    role: 'destroy',
    summary: 'Discards a dead letter; you can restore it for a while',
    command: 'discard',
    body: DiscardBody,
    answer: 'done',
    problems: [404, 409],
  })
  async discard(
    @Administrator() actor: Actor,
    @Param('queue') queue: string,
    @Param('id') id: string,
    @AdminBody(DiscardBody) { reason }: DiscardBody,
  ): Promise<Done> {
    await this.commands.discard(this.admins.of(queue), actor, id, reason);
    return { queue, id, outcome: 'discarded' };
  }

  @Post(':id/restore')
  @HttpCode(200)
  @AdminRoute({
    role: 'operate',
    summary: 'Makes a discarded job a dead letter again, with its original age',
    command: 'restore',
    answer: 'done',
    problems: [404, 409],
  })
  async restore(
    @Administrator() actor: Actor,
    @Param('queue') queue: string,
    @Param('id') id: string,
  ): Promise<Done> {
    await this.commands.restore(this.admins.of(queue), actor, id);
    return { queue, id, outcome: 'restored' };
  }
}
