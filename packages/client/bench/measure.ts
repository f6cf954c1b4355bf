/** Measures one contestant on one scenario, in a process of its own: node measure.ts <contestant> <scenario> <file> */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { contestants } from './contestants.ts';
import { readChunks, scenarios } from './data.ts';

const [name = '', scenarioName = '', file = ''] = process.argv.slice(2);
const scenario = scenarios[scenarioName];
const contestant = contestants[name];
if (!scenario || !contestant)
  throw new Error(`node measure.ts ${Object.keys(contestants).join('|')} ${Object.keys(scenarios).join('|')} <file>`);

let baseUrl = 'http://127.0.0.1:9/v4';
if (scenario.http) {
  const server = fork(path.join(import.meta.dirname, 'serve.ts'), [scenarioName, file]);
  const [port] = (await once(server, 'message')) as [number];
  baseUrl = `http://127.0.0.1:${port}/v4`;
} else {
  const chunks = readChunks(scenario, file);
  globalThis.fetch = async () => {
    let next = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = chunks[next++];
          if (chunk) controller.enqueue(chunk);
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  };
}

const read = await contestant.load();
globalThis.gc?.();
// The most that the process ever had, KB: a stream that never waits leaves no time to look while it is read.
const before = process.resourceUsage().maxRSS;
let best = Infinity;
let events = 0;
for (let round = 0; round < scenario.rounds; round++) {
  // CPU time, not the clock: what else the machine does counts less.
  const start = process.cpuUsage();
  events = await read(baseUrl);
  const { user, system } = process.cpuUsage(start);
  best = Math.min(best, (user + system) / 1000);
  // What one stream leaves behind is not the next one's.
  globalThis.gc?.();
}
const memoryMb = (process.resourceUsage().maxRSS - before) / 1024;
console.log(JSON.stringify({ ms: best, events, memoryMb }));
process.exit();
