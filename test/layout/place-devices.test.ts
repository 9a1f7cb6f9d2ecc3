import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gibibyte, mebibyte } from '../../src/base/units.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { placeDevices } from '../../src/layout/place-devices.js';
import { plainLayout } from './stock-layouts.js';

const defaults = { rootFileSystemType: 'ext4' };
const place = (text: string, sizes: Readonly<Record<string, number>>) =>
  placeDevices(parseLayout({ text, origin: 't', defaults }), new Map(Object.entries(sizes)));

test('without a table the disk itself is the device', () => {
  const { regionsOfDevice } = place(plainLayout, { image0: 3 * mebibyte });
  assert.deepEqual([...regionsOfDevice], [['image0', [{ image: 'image0', offsetBytes: 0, sizeBytes: 3 * mebibyte }]]]);
});

const twoDisks = `
- local_loop: { name: image0 }
- local_loop: { name: data, size: 1GiB }
- partitioning: { base: image0, label: gpt, partitions: [ { name: root, type: 8E00, size: 100% } ] }
- lvm:
    name: lvm
    pvs: [ { name: pv1, base: root }, { name: pv2, base: data } ]
    vgs: [ { name: vg, base: [ pv1, pv2 ] } ]
    lvs:
      - { name: lv, base: vg, extents: 300 }
      - { name: pool, base: vg, type: thin-pool, extents: 100 }
      - { name: t1, base: vg, type: thin, thin-pool: pool, size: 10MiB }
      - { name: t2, base: vg, type: thin, thin-pool: pool, size: 20MiB }
`;

test('volumes lie where their extents and chunks are, over two disks', () => {
  const { regionsOfDevice, faults, imageSizes } = place(twoDisks, { image0: gibibyte });
  assert.deepEqual(faults, []);
  assert.deepEqual(
    [...imageSizes],
    [
      ['image0', gibibyte],
      ['data', gibibyte],
    ],
  );
  // 1022 MiB in root: 255 extents; the spare takes the first one of pv1.
  assert.deepEqual(
    [...regionsOfDevice],
    [
      ['image0', [{ image: 'image0', offsetBytes: 0, sizeBytes: gibibyte }]],
      ['data', [{ image: 'data', offsetBytes: 0, sizeBytes: gibibyte }]],
      ['root', [{ image: 'image0', offsetBytes: mebibyte, sizeBytes: 1022 * mebibyte }]],
      [
        'lv',
        [
          { image: 'image0', offsetBytes: 6 * mebibyte, sizeBytes: 254 * 4 * mebibyte },
          { image: 'data', offsetBytes: mebibyte, sizeBytes: 46 * 4 * mebibyte },
        ],
      ],
      ['pool', [{ image: 'data', offsetBytes: 185 * mebibyte, sizeBytes: 400 * mebibyte }]],
      ['t1', [{ image: 'data', offsetBytes: 185 * mebibyte, sizeBytes: 8 * mebibyte }]],
      ['t2', [{ image: 'data', offsetBytes: 193 * mebibyte, sizeBytes: 20 * mebibyte }]],
    ],
  );
});

test('a partition that does not fit is the only fault, not the volumes in it', () => {
  const text = twoDisks.replace('size: 100%', 'size: 5GiB');
  assert.deepEqual(
    place(text, { image0: gibibyte }).faults.map(({ message }) => message.slice(0, 20)),
    ['partition "root" nee'],
  );
});

test('a disk without any size is a fault', () => {
  assert.deepEqual(
    place(plainLayout, {}).faults.map(({ message }) => message),
    ['no size is known for image0'],
  );
});

test('whatever the sizes, devices are aligned, inside their disk and apart', () => {
  let state = 7;
  const random = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  let placed = 0;
  for (let round = 0; round < 300; round++) {
    const label = random(2) === 0 ? 'gpt' : 'mbr';
    const partitions = Array.from({ length: 1 + random(6) }, (_, index) => {
      const size =
        random(2) === 0 ? `${1 + random(99)}.${random(10)}%` : `${1 + random(300)}${['MB', 'MiB', 'KiB'][random(3)]}`;
      const flags = label === 'mbr' && index < random(4) ? ', flags: [ primary ]' : '';
      return { flags, text: `{ name: p${index}, size: ${size}${flags} }` };
    }).sort((a, b) => b.flags.length - a.flags.length);
    const text = `
- local_loop: { name: image0 }
- partitioning: { base: image0, label: ${label}, partitions: [ ${partitions.map((partition) => partition.text).join(', ')} ] }
`;
    const diskBytes = (64 + random(1024)) * mebibyte + random(16) * 65536;
    const { faults, regionsOfDevice, tables } = place(text, { image0: diskBytes });
    placed += faults.length === 0 ? 1 : 0;
    let end = 0;
    for (const { name } of tables[0]?.placement.partitions.map(({ spec }) => spec) ?? []) {
      const region = regionsOfDevice.get(name)?.[0] ?? { offsetBytes: 0, sizeBytes: 0 };
      assert.equal(region.offsetBytes % mebibyte, 0, text);
      assert.equal(region.sizeBytes % mebibyte, 0, text);
      assert.ok(region.sizeBytes > 0 && region.offsetBytes >= Math.max(end, mebibyte), text);
      end = region.offsetBytes + region.sizeBytes;
    }
    assert.ok(end <= diskBytes - (label === 'gpt' ? 33 * 512 : 0), text);
  }
  assert.ok(placed > 100, `${placed} of 300 were placed whole`);
});
