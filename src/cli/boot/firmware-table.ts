/** UEFI firmware for a virtual machine: the code, and an empty store for its variables. */
export interface FirmwarePlace {
  readonly codePath: string;
  readonly variablesPath: string;
}

/** Where distributions put UEFI firmware, in the order searched, and the Debian package that brings it. */
export const firmwareTable: Readonly<
  Record<'x86_64' | 'aarch64', { readonly package: string; readonly places: readonly FirmwarePlace[] }>
> = {
  x86_64: {
    package: 'ovmf',
    places: [
      // Debian, Ubuntu
      { codePath: '/usr/share/OVMF/OVMF_CODE_4M.fd', variablesPath: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
      { codePath: '/usr/share/OVMF/OVMF_CODE.fd', variablesPath: '/usr/share/OVMF/OVMF_VARS.fd' },
      // Fedora, CentOS
      { codePath: '/usr/share/edk2/ovmf/OVMF_CODE.fd', variablesPath: '/usr/share/edk2/ovmf/OVMF_VARS.fd' },
      // Arch
      { codePath: '/usr/share/edk2/x64/OVMF_CODE.4m.fd', variablesPath: '/usr/share/edk2/x64/OVMF_VARS.4m.fd' },
      // openSUSE
      {
        codePath: '/usr/share/qemu/ovmf-x86_64-4m-code.bin',
        variablesPath: '/usr/share/qemu/ovmf-x86_64-4m-vars.bin',
      },
    ],
  },
  aarch64: {
    package: 'qemu-efi-aarch64',
    places: [
      // Debian, Ubuntu
      { codePath: '/usr/share/AAVMF/AAVMF_CODE.fd', variablesPath: '/usr/share/AAVMF/AAVMF_VARS.fd' },
      // Fedora, CentOS
      {
        codePath: '/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw',
        variablesPath: '/usr/share/edk2/aarch64/vars-template-pflash.raw',
      },
    ],
  },
};
