import { readFileSync } from 'node:fs';
import { assembleDisk } from '../../src/disk/assemble-disk.js';
import { openDiskPorts } from './disk-ports.js';

// Started in a mount namespace of its own: the request comes on standard input, the paths of the images go out.
const request = JSON.parse(readFileSync(0, 'utf8'));
const images = await assembleDisk(request, openDiskPorts());
process.stdout.write(JSON.stringify([...images]));
