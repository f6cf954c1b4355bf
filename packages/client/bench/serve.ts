/** Serves a scenario in a process of its own, whose time is not the contestant's: fork('serve.ts', [<scenario>, <file>]) */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readChunks, scenarios } from './data.ts';

const [scenarioName = '', file = ''] = process.argv.slice(2);
const scenario = scenarios[scenarioName];
if (!scenario) throw new Error(`node serve.ts ${Object.keys(scenarios).join('|')} <file>`);
const chunks = readChunks(scenario, file);
const server = createServer(async (request, response) => {
  request.resume();
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const chunk of chunks)
    if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
  response.end();
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
