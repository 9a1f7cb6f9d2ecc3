/** A functional test of an element: `test-elements/<name>`, an element that is built together with it. */
export interface ElementTest {
  /** `element/name`. */
  readonly id: string;
  readonly element: string;
  readonly name: string;
  /** Directory of the element. Absolute. */
  readonly elementDirectory: string;
  /** The file `element-type`; `ramdisk` makes a kernel and an initramfs. */
  readonly type: 'disk' | 'ramdisk';
  /** The file `test-output-formats`; default `tar`, for ramdisks none. */
  readonly formats: readonly string[];
  /** The file `should-fail`: the build has to fail, and with the mark that says that it failed where it should. */
  readonly shouldFail: boolean;
}
