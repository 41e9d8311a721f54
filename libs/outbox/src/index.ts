// For your application
export { OutboxModule } from './outbox.module.js';
export { Outbox } from './outbox.js';
export { Inbox } from './inbox/inbox.js';
export type { InboxResult } from './inbox/inbox.js';
export { fromPg } from './database/from-pg.js';

// Options
export type { OutboxModuleOptions } from './outbox.options.js';

// Events
export { eventConsumed } from './inbox/inbox.events.js';
export type { EventConsumed } from './inbox/inbox.events.js';
export { eventsLost, eventsPublished } from './relay/outbox.events.js';
export type { EventsLost, EventsPublished } from './relay/outbox.events.js';

// Operating
export { OutboxRelay } from './relay/outbox-relay.js';
export { createOutboxSchema, OUTBOX_SCHEMA_SQL } from './database/outbox-schema.js';

// Extending
export type { SqlDatabase, SqlExecutor, SqlResult } from './database/sql-database.js';
