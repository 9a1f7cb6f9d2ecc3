import type { FaultList, Place } from './fault-list.js';

/** Something that takes a whole device for itself. */
export interface DeviceUser {
  readonly what: string;
  /** Name of the image, partition or logical volume. */
  readonly base: string;
  readonly place: Place;
}

/** Reports devices that two things would write to. */
export function checkBases(users: readonly DeviceUser[], faults: FaultList): void {
  const firstOfBase = new Map<string, DeviceUser>();
  for (const user of users) {
    if (user.base === '') continue;
    const first = firstOfBase.get(user.base);
    if (first === undefined) firstOfBase.set(user.base, user);
    else
      faults.fault(
        user.place,
        `${user.what} and ${first.what} (line ${first.place.line}) both write to "${user.base}"`,
      );
  }
}

/** Reports labels and UUIDs that two file systems share: a mount by label would find either. */
export function checkIdentities(
  fileSystems: readonly {
    readonly name: string;
    readonly label: string;
    readonly uuid?: string;
    readonly place: Place;
  }[],
  faults: FaultList,
): void {
  for (const [index, { name, label, uuid, place }] of fileSystems.entries()) {
    const before = fileSystems.slice(0, index);
    const sameLabel = before.find((other) => other.label === label);
    if (sameLabel !== undefined)
      faults.fault(
        place,
        `label "${label}" is used by "${sameLabel.name}" and "${name}"`,
        'fstab and boot loader find file systems by label',
      );
    const sameUuid = before.find((other) => uuid !== undefined && other.uuid === uuid);
    if (sameUuid !== undefined) faults.fault(place, `uuid ${uuid} is used by "${sameUuid.name}" and "${name}"`);
  }
}
