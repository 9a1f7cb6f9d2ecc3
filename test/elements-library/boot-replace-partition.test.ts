import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTarget, whyNoTarget } from './target-fixture.js';

test('replace-partition fills the tree from the image, and notices when only half of it came', {
  skip: whyNoTarget,
}, (t) => {
  const target = openTarget(t, { builtin: ['replace-partition'] });
  // guestfish opens images in a machine of its own; here it is stood in for by an archive of a directory.
  const run = (status: number, extra = '') =>
    target.onHost(`mkdir -p source/etc bin out; echo host >source/etc/hostname; chown 12:34 source/etc/hostname; : >image.qcow2
printf '#!/bin/bash\\nprintf "%%s\\\\n" "$*" >%s/call\\ntar -C %s/source -cf - .\\nexit ${status}\\n' "$work" "$work" >bin/guestfish; chmod 755 bin/guestfish
rm -rf out; mkdir out; : >call; export PATH=$PWD/bin:$PATH TARGET_ROOT=$PWD/out DIB_LOCAL_IMAGE=$PWD/image.qcow2 ${extra}
"$staging/root.d/10-local-image-extract" 2>said && echo 0 || echo $?; cat said; sed "s#$work#DIR#" call; rm call; stat -c %u:%g out/etc/hostname`);
  const call = (size: string) =>
    `--ro -i --blocksize=${size} -a DIR/image.qcow2 tar-out / - numericowner:true xattrs:true\n`;
  assert.equal(run(0).stdout, `0\n${call('512')}12:34\n`);
  assert.equal(run(0, 'DIB_SOURCE_BLOCK_SIZE=4096').stdout, `0\n${call('4096')}12:34\n`);
  assert.match(run(3).stdout, /^3\n/);
  const refused = (extra: string) => run(0, extra).stdout.split('\n').slice(0, 2);
  assert.deepEqual(refused('DIB_LOCAL_IMAGE='), [
    '1',
    'error: replace-partition: DIB_LOCAL_IMAGE is not set: name the image to rebuild',
  ]);
  assert.deepEqual(refused('DIB_SOURCE_BLOCK_SIZE=7'), [
    '1',
    'error: replace-partition: DIB_SOURCE_BLOCK_SIZE is "7"; 512 and 4096 are possible',
  ]);
});
