// Says in one sentence what is missing when this Node cannot run the repository. In CommonJS and old syntax, so that an
// old Node gets as far as saying it.
const { engines } = require('../package.json');

const [, major, minor] = /(\d+)\.(\d+)/.exec(engines.node).map(Number);
const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);

if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(
    `Node ${process.versions.node} is too old for this repository, which needs ${engines.node}: ` +
      'run `npm start` or `npm test`, which bring a Node of their own, or install a newer one.',
  );
  process.exit(1);
}
