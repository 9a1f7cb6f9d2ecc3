/** The family of each distribution, for pkg-map and svc-map alike; others have none. */
export const familyOfDistribution: Readonly<Record<string, string>> = {
  almalinux: 'redhat',
  centos: 'redhat',
  centos7: 'redhat',
  fedora: 'redhat',
  openeuler: 'redhat',
  rhel: 'redhat',
  rhel7: 'redhat',
  rocky: 'redhat',
  debian: 'debian',
  ubuntu: 'debian',
  opensuse: 'suse',
  gentoo: 'gentoo',
};
