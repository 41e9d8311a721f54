export { KnownSecrets as Secrets } from '@loyalnest/core/toolkit';
