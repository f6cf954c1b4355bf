import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContractError, messageOf } from '../errors.ts';

/**
 * Starts to listen and says where.
 *
 * @param port - 0 takes a free one.
 * @throws {ContractError} `port-in-use` or `cannot-listen`.
 */
export async function listen(server: Server, port: number, host: string): Promise<{ origin: string; port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new ContractError(
              'port-in-use',
              `Port ${port} of ${host} is in use. Stop the program that uses it, or choose another port (0 takes a free one).`,
              { cause: error },
            )
          : new ContractError('cannot-listen', `Cannot listen on ${host}:${port}: ${messageOf(error)}.`, {
              cause: error,
            }),
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { origin: `http://${name}:${address.port}`, port: address.port };
}

/** Ends every connection, also those that hang on purpose, and frees the port. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
}
