// What `npm start` runs: the build, then the launcher, in one process. The script says `exec node`,
// since a shell in between would answer Ctrl-C with exit code 130 before the launcher has stopped.
await import('./build.ts');
await import(new URL('../dist/tools/dev-stack/main.js', import.meta.url).href);
