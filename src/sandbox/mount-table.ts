/**
 * The outermost mount points below a directory, from the text of `/proc/self/mountinfo`, last mounted first; one that
 * is mounted over several times comes as often. Unmounting them lazily takes away what is mounted inside them too: in
 * a user namespace that is the only way, as mounts that came along with their parent are locked to it
 * (mount_namespaces(7)).
 *
 * @param directory absolute, without a trailing slash; itself not in the result
 * @param kept mount points that are left out, and hide nothing that is mounted inside them
 * @see proc(5), field 5; blanks are written as octal escapes
 */
export function outermostMountsBelow(
  mountInfoText: string,
  directory: string,
  kept: readonly string[] = [],
): readonly string[] {
  const mountPoints = mountInfoText
    .split('\n')
    .map((line) => line.split(' ')[4])
    .filter((field) => field !== undefined)
    .map((field) =>
      field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
    )
    .filter((mountPoint) => mountPoint.startsWith(`${directory}/`) && !kept.includes(mountPoint))
    .reverse();
  return mountPoints.filter((inner) => !mountPoints.some((outer) => inner.startsWith(`${outer}/`)));
}
