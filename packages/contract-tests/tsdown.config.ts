import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts', 'src/cli.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node24',
  dts: true,
  // With the tests and the mutations in it, declarations would be written beside the sources of other packages.
  tsconfig: 'tsconfig.build.json',
  fixedExtension: false,
});
