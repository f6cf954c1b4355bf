/**
 * Tries the built client in every runtime, against the mock on this machine, and prints a table: `node run.ts [--all]`.
 * Exits with 1 when a case fails, and with `--all` also when a runtime is not installed.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMock } from '@humanloop-v4/contract-tests';
import type { Target } from './cases.ts';
import { runtimes } from './runtimes.ts';

await using mock = await startMock();

/** The blank page that the cases run in, and, at a request id, what the mock saw of that exchange. */
const witness = createServer((request, response) => {
  response.setHeader('access-control-allow-origin', '*');
  if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
  else
    mock.ended((request.url ?? '').slice(1)).then(
      ({ outcome }) => response.end(outcome),
      () => response.destroy(),
    );
});
await new Promise<void>((resolve) => witness.listen(0, '127.0.0.1', resolve));

const target: Target = {
  baseUrl: mock.baseUrl,
  witness: `http://127.0.0.1:${(witness.address() as AddressInfo).port}`,
  isPage: false,
  manyScripts: await readText('many-scripts'),
};

const rows: string[][] = [];
for (const [name, run] of Object.entries(runtimes)) {
  try {
    const outcome = await run(target);
    if (!outcome) {
      rows.push([name, '', 'not here']);
      if (process.argv.includes('--all')) process.exitCode = 1;
      continue;
    }
    const { version, results } = outcome;
    const failed = results.filter(({ problem }) => problem !== null);
    for (const { name: fact, problem } of failed) console.error(`${name}: ${fact}: ${problem}`);
    rows.push([name, version, `${results.length - failed.length} of ${results.length}`]);
    if (failed.length > 0) process.exitCode = 1;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    console.error(`${name}: ${(stderr || message).slice(0, 500)}`);
    rows.push([name, '', 'does not run']);
    process.exitCode = 1;
  }
}
witness.closeAllConnections();
witness.close();

for (const [name = '', version = '', passed = ''] of [['runtime', 'version', 'cases passed'], ...rows]) {
  console.log(name.padEnd(16), version.padEnd(20), passed);
}

/** The text of one of the document's streams, read as simply as can be. */
async function readText(example: string): Promise<string> {
  const file = new URL(`../../../openapi/examples/chat-streams/${example}.sse`, import.meta.url);
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.startsWith('data: '));
  return lines.map((line) => (JSON.parse(line.slice(6)) as { data: { output: string }[] }).data[0]?.output).join('');
}
