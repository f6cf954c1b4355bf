import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What an import costs in a page, minified and gzipped with all dependencies, KB of 1000 bytes. */
export async function measureBundleKb(code: string, resolveDir: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    // Optional parts of the official SDKs, which pages do not load.
    external: ['node:*'],
    logLevel: 'silent',
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length / 1000;
}
