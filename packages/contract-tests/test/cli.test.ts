import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { run as runHere } from '../src/cli/run.ts';
import { ContractError } from '../src/errors.ts';

const cli = path.join(import.meta.dirname, '../src/cli.ts');
const folder = await mkdtemp(path.join(tmpdir(), 'humanloop-cli-'));
afterAll(() => rm(folder, { recursive: true }));

interface Run {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command; `until` stops it as Ctrl-C does when its output has come so far. */
async function run(args: string[], until?: RegExp): Promise<Run> {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => {
    const wasThere = until?.test(stdout);
    stdout += text.toString();
    // Once: a second one ends any program at once.
    if (!wasThere && until?.test(stdout)) child.kill('SIGINT');
  });
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString();
  });
  const status = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { status, stdout, stderr };
}

/** The mock speaks no TLS, so it refuses that. */
const overTls = inject('mockUrl').replace('http:', 'https:');

const check = ['check', '--target', inject('mockUrl'), '--api-key', 'k'];

describe.concurrent('humanloop-contract', () => {
  it.each([[['--help']], [['check', '--help']]])('explains itself with %j', async (args) => {
    const { status, stdout } = await run(args);
    expect(status).toBe(0);
    expect(stdout).toContain('humanloop-contract');
  });

  it.each([
    { args: ['moc'], want: 'There is no command "moc"' },
    { args: ['mock', '--prot', '1'], want: '--prot' },
    { args: ['mock', '--port', 'x'], want: '--port takes a whole number' },
    { args: ['mock', '--port', '99999'], want: '--port takes a whole number from 0 to 65535, not "99999"' },
    { args: ['mock', '--document'], want: "Option '--document <value>' argument missing." },
    { args: ['mock', '--document', '/nowhere.json'], want: '/nowhere.json cannot be read' },
    { args: ['torture'], want: '--target is missing' },
    { args: ['torture', '--target', 'http://127.0.0.1:9'], want: 'No server answers' },
    { args: ['torture', '--target', inject('mockUrl'), '--plan', 'cut=yes'], want: 'unknown part "cut=yes"' },
    { args: ['torture', '--target', overTls], want: 'TLS was refused' },
    { args: ['check', '--target', overTls, '--api-key', 'k'], want: 'TLS was refused' },
    { args: ['check'], want: 'The target is missing' },
    { args: ['check', '--target', inject('mockUrl')], want: 'The API key is missing' },
    { args: [...check, '--only', 'X'], want: 'no operation "X"' },
    { args: [...check, '--only', ' , '], want: '--only names no operation' },
    { args: [...check, '--write'], want: 'The target is the mock' },
    { args: [...check, '--html', '/nowhere/page.html'], want: 'cannot be written' },
    { args: [...check, '--expect-missing', '/nowhere.txt'], want: '--expect-missing cannot be read' },
    { args: ['check', '--target', 'http://u:p@127.0.0.1', '--api-key', 'k'], want: 'has a user or a password' },
    { args: ['check', '--target', inject('mockUrl'), '--api-key', 'k\u00ff'], want: 'a header cannot carry' },
    { args: ['mock', '--document', import.meta.filename], want: 'is not JSON' },
  ])('says in one sentence what is wrong with $args', async ({ args, want }) => {
    // In this process: what a command does with the error is shown below.
    const error: unknown = await runHere(args).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ContractError);
    expect((error as ContractError).message).toContain(want);
    expect((error as ContractError).message).not.toContain('\n');
  });

  it('says which port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { status, stderr } = await run(['mock', '--port', String(port)]);
    server.close();
    expect(status).toBe(2);
    expect(stderr).toMatch(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is in use\\..*choose another port`));
  });

  it('starts the mock, prints what to try, and ends with Ctrl-C', async () => {
    const { status, stdout, stderr } = await run(['mock', '--port', '0'], /Try: /);
    expect(stdout).toMatch(/listens on http:\/\/127\.0\.0\.1:\d+\/v4\./);
    expect(/^Try: curl -N .*/m.exec(stdout)?.[0].length).toBeLessThan(400);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('ends with the shell that npx put between them', async () => {
    const command = `"${process.execPath}" "${cli}" mock --port 0 & wait`;
    const shell = spawn('sh', ['-c', command], {
      env: { PATH: process.env['PATH'] ?? '', npm_lifecycle_event: 'npx' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // The end of its output is the end of the mock, because the shell is gone before.
    for await (const text of shell.stdout as AsyncIterable<Buffer>) {
      if (text.includes('listens on')) shell.kill('SIGTERM');
    }
    expect(shell.signalCode).toBe('SIGTERM');
  });

  it('checks a server, writes the reports, and fails where the server does', async () => {
    const missing = path.join(folder, 'missing.txt');
    await writeFile(missing, '# none yet\n\nSessions_get  made for this test\n');
    const files = ['json', 'junit', 'html'].map((name) => [name, path.join(folder, `report.${name}`)] as const);
    const args = files.flatMap(([name, file]) => [`--${name}`, file]);
    const target = ['--target', inject('mockUrl'), '--api-key', 'k', '--only', 'Sessions_get'];
    const { status, stdout } = await run(['check', ...target, '--expect-missing', missing, ...args]);
    expect(status).toBe(1);
    // The mock takes any key, and has what was expected to be missing.
    expect(stdout).toContain('✗ Sessions_get: refuses a wrong key');
    expect(stdout).toContain('take it off the list');
    expect(stdout).toMatch(/\d+ passed, \d+ failed, 0 missing/);
    for (const [, file] of files) expect(await readFile(file, 'utf8')).toContain('Sessions_get');
    expect(await readFile(path.join(folder, 'report.json'), 'utf8')).not.toContain('"k"');
  });
});
