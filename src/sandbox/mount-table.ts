/**
 * The mount points below a directory, children before parents, from the text of `/proc/self/mountinfo`.
 *
 * @param directory absolute, without a trailing slash; itself not in the result
 * @see proc(5), field 5; blanks are written as octal escapes
 */
export function mountsBelow(mountInfoText: string, directory: string): readonly string[] {
  return mountInfoText
    .split('\n')
    .map((line) => line.split(' ')[4])
    .filter((field) => field !== undefined)
    .map((field) =>
      field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
    )
    .filter((mountPoint) => mountPoint.startsWith(`${directory}/`))
    .reverse();
}
