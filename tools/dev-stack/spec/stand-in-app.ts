/** How a stand-in misbehaves: it exits at once, never becomes ready, or ignores SIGTERM. */
export type StandInMode = 'dies' | 'never-ready' | 'stubborn';

/** Program of a stand-in app: it is ready at once, and records in a file when it is stopped. */
export const STAND_IN_APP = `
  import { createServer } from 'node:http';
  import { appendFileSync } from 'node:fs';
  const { NAME, PORT, HOST, ORDER_FILE, MODE = '' } = process.env;
  if (MODE === 'dies') { console.error('no such table'); process.exit(7); }
  const server = createServer((request, response) => {
    if (request.url === '/die') { console.error('out of memory'); process.exit(9); }
    response.statusCode = MODE === 'never-ready' ? 503 : 200;
    response.end(JSON.stringify(process.env));
  });
  server.listen(Number(PORT), HOST);
  process.on('SIGTERM', () => {
    appendFileSync(ORDER_FILE, NAME + ' asked\\n');
    if (MODE === 'stubborn') return;
    setTimeout(() => { appendFileSync(ORDER_FILE, NAME + ' stopped\\n'); process.exit(0); }, 100);
  });
`;
