/** Measures one contestant on one scenario, in a process of its own: node measure.ts <contestant> <scenario> */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contestants } from './contestants.ts';
import { scenarios } from './data.ts';

const [name = '', scenarioName = ''] = process.argv.slice(2);
const scenario = scenarios[scenarioName];
const contestant = contestants[name];
if (!scenario || !contestant)
  throw new Error(`node measure.ts ${Object.keys(contestants).join('|')} ${Object.keys(scenarios).join('|')}`);

const plain = scenario.chunks();
const named = name === 'anthropic' ? withNames(plain) : plain;
const headers = { 'Content-Type': 'text/event-stream' };
let baseUrl = 'http://127.0.0.1:9/v4';
const server = createServer(async (request, response) => {
  request.resume();
  response.writeHead(200, headers);
  for (const chunk of named)
    if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
  response.end();
});
if (scenario.http) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v4`;
} else {
  globalThis.fetch = async () => {
    let next = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = named[next++];
          if (chunk) controller.enqueue(chunk);
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers });
  };
}

const read = await contestant.load();
globalThis.gc?.();
const before = process.memoryUsage.rss();
let peak = before;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
let best = Infinity;
let events = 0;
for (let round = 0; round < scenario.rounds; round++) {
  // CPU time, not the clock: what else the machine does counts less.
  const start = process.cpuUsage();
  events = await read(baseUrl);
  const { user, system } = process.cpuUsage(start);
  best = Math.min(best, (user + system) / 1000);
}
peak = Math.max(peak, process.memoryUsage.rss());
clearInterval(watch);
console.log(JSON.stringify({ ms: best, events, memoryMb: (peak - before) / 2 ** 20 }));
process.exit();

/** Anthropic's SDK drops events without a name that it knows. */
function withNames(chunks: Uint8Array[]): Uint8Array[] {
  const text = Buffer.concat(chunks).toString().replaceAll('data: {', 'event: completion\ndata: {');
  const parts = scenario === scenarios['single'] ? text.split(/(?<=\n\n)/) : undefined;
  if (parts) return parts.map((part) => Buffer.from(part));
  const bytes = Buffer.from(text);
  const size = chunks[0]?.length ?? 1;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
