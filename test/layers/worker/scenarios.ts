import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BuiltTree, buildTree } from './build-tree.js';

/** Argument: SCRATCH, with `base`. Builds the same elements again and again after single edits; prints what came of it. */
const scratch = process.argv[2] ?? '';
const elements = `${scratch}/elements`;
const cacheDirectory = `${scratch}/cache`;
const write = (path: string, text: string, mode = 0o755): void => {
  mkdirSync(dirname(`${elements}/${path}`), { recursive: true });
  writeFileSync(`${elements}/${path}`, text);
  chmodSync(`${elements}/${path}`, mode);
};
const hook = (text: string): string => `#!/bin/bash\nset -eu\n${text}\n`;
const seen: Record<string, unknown> = {};
const build = (cacheMode = 'on', variables: Readonly<Record<string, string>> = {}): Promise<BuiltTree> =>
  buildTree({
    elementsDirectory: elements,
    elements: ['os', 'two'],
    variables: { DIB_CACHE_MERGE_MS: '0', ...variables },
    cacheMode,
    cacheDirectory,
    imageName: '/tmp/image',
  });
const chroot = (tree: BuiltTree): readonly string[] =>
  tree.decisions
    .filter((decision) => decision.phase !== 'root')
    .map((decision) => [decision.outcome, ...decision.hooks, ...decision.because].join(' | '));

write('os/element-provides', 'operating-system\n', 0o644);
write('os/root.d/10-root', hook(`cp -a ${scratch}/base/. "$TARGET_ROOT/"`));
write('os/install.d/10-first', hook('echo "$DIB_FIRST" > /made/first').replace('$DIB_FIRST', '${DIB_FIRST:-}'));
write('two/install.d/20-second', hook('cat "$(dirname "$0")/../data/word" > /made/second'));
write('two/install.d/30-third', hook('[ ! -e "$(dirname "$0")/../data/flag" ] || touch /made/flagged'));
write('two/data/word', 'one\n', 0o644);

const cold = await build('off');
seen.cold = chroot(await build());
const again = await build();
seen.again = chroot(again);
seen.isSame = again.digest === cold.digest;
write('two/data/word', 'two\n', 0o644);
seen.dataChanged = chroot(await build());
seen.variableChanged = chroot(await build('on', { DIB_FIRST: 'x', DIB_OTHER: 'y' }));
write('two/data/flag', '', 0o644);
seen.fileAdded = chroot(await build());
rmSync(`${elements}/two/data/flag`);
seen.fileRemoved = chroot(await build());
seen.fresh = chroot(await build('fresh'));

write('two/install.d/20-second', hook('echo half > /made/half; exit 3'));
const failed = await build();
seen.failed = [chroot(failed), failed.error?.split('\n')[0]];
const store = `${cacheDirectory}/layers/${readdirSync(`${cacheDirectory}/layers`)[0]}/v1`;
const [kept = ''] = readdirSync(`${store}/failed`);
seen.failedUpper = readFileSync(`${store}/failed/${kept}/upper/made/half`, 'utf8');
write('two/install.d/20-second', hook('echo whole > /made/second'));
seen.resumed = chroot(await build());

const last = (await build()).decisions.find((decision) => decision.hooks.includes('20-second'))?.layer ?? '';
writeFileSync(`${store}/layers/${last}/tree/made/second`, 'damaged');
const healed = await build();
seen.healed = [
  chroot(healed),
  healed.events.filter((event) => event.kind === 'message' && event.level === 'warning').length,
];
seen.isHealed = healed.digest === (await build('off')).digest;

write('two/install.d/20-second', hook('touch /tmp/in_target.d/new 2>/dev/null || true; echo wrote > /made/second'));
seen.stagingWritten = chroot(await build());
write('two/install.d/20-second', hook('sleep 100 & true'));
seen.leftover = [chroot(await build()), chroot(await build())];
const sharing = { DIB_CACHE_MERGE_MS: '100000' };
write('two/install.d/20-second', hook('true'));
write('two/install.d/40-asks', hook('ls "$(dirname "$0")" > /dev/null'));
write('two/install.d/50-costly', hook('echo costly > /made/costly'));
await build('on', sharing);
write('two/install.d/60-late', hook('echo late > /made/late'));
seen.asking = chroot(await build('on', sharing));

// The first hook declares that a variable names a mere place; what is true for it is not for those that follow.
write('os/cache-inputs.yaml', 'hooks: {install.d/10-first: {place-variables: [DIB_PLACE]}}\n', 0o644);
write('os/install.d/10-first', hook('[ -n "$DIB_PLACE" ]; echo first > /made/first'));
write('two/install.d/20-second', hook('echo "$DIB_PLACE" > /made/second'));
await build('on', { ...sharing, DIB_PLACE: '/one' });
seen.moved = chroot(await build('on', { ...sharing, DIB_PLACE: '/two' })).slice(0, 2);
seen.leftBehind = [readdirSync(`${store}/partial`), readdirSync(`${store}/leases`)];
console.log(JSON.stringify(seen));
process.exit(0);
