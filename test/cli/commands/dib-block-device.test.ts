import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runLine } from './run-line.js';

test('commands and symbols that do not exist are refused with the ones that do', async (context) => {
  assert.deepEqual(await runLine(context, 'dib-block-device mount'), {
    status: 2,
    out: '',
    error:
      'error USAGE: there is no command "mount"\n  hint: there are init, getval, create, writefstab, umount, cleanup, delete\n',
  });
  const { status, error } = await runLine(context, 'dib-block-device getval image-block-partition');
  assert.deepEqual([status, error.split('\n')[0]], [2, 'error USAGE: there is no symbol "image-block-partition"']);
  assert.equal((await runLine(context, 'dib-block-device')).status, 2);
});

test('inside a build the environment of hooks answers', async (context) => {
  const environment = { DIB_BLOCK_DEVICE_PARAMS_YAML: '/no/params.yaml', DIB_MOUNTPOINTS: '/|/boot' };
  assert.deepEqual(await runLine(context, 'dib-block-device getval mount-points', { environment }), {
    status: 0,
    out: '/|/boot\n',
    error: '',
  });
  const { status, error } = await runLine(context, 'dib-block-device getval root-label', { environment });
  assert.equal(status, 1);
  assert.match(error, /^error FILE_UNREADABLE: parameters \/no\/params\.yaml: ENOENT/);
});
