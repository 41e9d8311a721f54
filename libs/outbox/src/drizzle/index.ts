export { fromDrizzle } from './from-drizzle.js';
