import { lstatSync } from 'node:fs';
import { describeTree } from './sample-tree.js';

// Started in a mount namespace of its own with the image mounted.
const [mountDirectory = '', hasTimes] = process.argv.slice(2);
const root = lstatSync(mountDirectory);
const result = {
  lines: await describeTree(mountDirectory, { hasTimes: hasTimes === 'true' }),
  sparseBlocks: lstatSync(`${mountDirectory}/var/sparse`).blocks,
  root: `${root.mode.toString(8)} ${root.uid}:${root.gid}`,
};
process.stdout.write(JSON.stringify(result));
