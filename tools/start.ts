// npm start: builds, then runs the launcher in the same process. The script uses `exec node` because a
// shell in between would exit with 130 on Ctrl-C before the launcher has stopped.
await import('./build.ts');
await import(new URL('../dist/tools/dev-stack/main.js', import.meta.url).href);
