export { DeadLetterFixture, envelope } from './dead-letter-fixture.js';
