/** `npm start`: builds everything from the document, and runs the demo with it. Shows the build only when it fails. */
import { runTurbo } from './turbo.ts';

console.log('Building the types, the client and the mock from the document …');
const { status, stdout } = runTurbo(['run', 'build', '--output-logs=errors-only'], { quiet: true });
if (status !== 0) {
  console.error(stdout);
  process.exit(1);
}
await import('./demo.ts');
