import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { withScope } from '../../src/base/scope.js';
import { openTreeView } from '../../src/disk/tree-view.js';
import { openDiskPorts } from './disk-ports.js';

// Started in a mount namespace of its own: the request comes on standard input, what is seen goes out.
const request = JSON.parse(readFileSync(0, 'utf8'));
const seen = await withScope(async (scope) => {
  const directory = await openTreeView(request, openDiskPorts(), scope);
  const entries = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return { directory, entries, modes: entries.map((name) => lstatSync(`${directory}/${name}`).mode.toString(8)) };
});
const mountsAfterwards = readFileSync('/proc/self/mountinfo', 'utf8')
  .split('\n')
  .map((line) => line.split(' ')[4] ?? '')
  .filter((path) => path.startsWith(request.treeDirectory) || path.startsWith(request.viewDirectory));
process.stdout.write(JSON.stringify({ ...seen, mountsAfterwards }));
