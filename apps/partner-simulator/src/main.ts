import { runService } from '@loyalnest/service-defaults';
import { AppModule } from './app.module.js';

await runService(AppModule);
