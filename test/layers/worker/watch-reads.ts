import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { openStagingWatch, type StagingReads } from '../../../src/layers/staging-watch.js';

/** Watches a directory while shells do things in it; prints what was seen. */
const directory = '/dib/watched';
const quiet = '/dib/quiet';
mkdirSync(directory);
mkdirSync(quiet);
const run = (script: string): void => {
  const { status, stderr } = spawnSync('bash', ['-euc', script], { cwd: directory, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};
run(
  `mount -t tmpfs -o strictatime x ${directory}; mount --bind ${directory} ${quiet}; mount -o remount,bind,noatime ${quiet}`,
);
process.chdir(directory);
mkdirSync('a');
mkdirSync('b');
mkdirSync('install.d');
writeFileSync('a/one', '1');
writeFileSync('b/two', '2');
const watch = openStagingWatch(directory, quiet);
const during = (work: () => void): StagingReads => {
  watch.begin();
  work();
  return watch.end();
};
const listing = watch.digestOfNames('others');
const seen = {
  quiet: during(() => undefined),
  read: during(() => run('cat a/one; ls b')),
  existence: during(() => run('[ -e a/one ]; [ ! -e b/missing ]; [ -d b ]')),
  own: during(() => {
    watch.textOf('a/one');
    watch.digestOfFile('b/two');
    watch.digestOfListing('a');
    watch.digestOfNames('install');
    watch.filesOutsidePhases();
  }),
  made: during(() => writeFileSync('a/new', '')),
  changed: during(() => writeFileSync('a/one', '3')),
  digests: [] as boolean[],
};
const phase = watch.digestOfNames('install');
seen.digests.push(watch.digestOfNames('others') !== listing);
writeFileSync('install.d/x', '');
seen.digests.push(watch.digestOfNames('install') !== phase);
const one = watch.digestOfFile('a/one');
writeFileSync('a/one', '4');
seen.digests.push(watch.digestOfFile('a/one') !== one);
rmSync('a/one');
seen.digests.push(watch.digestOfFile('a/one') === undefined);
console.log(JSON.stringify(seen));
