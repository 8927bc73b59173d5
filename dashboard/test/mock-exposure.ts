import type { ExposedPort, ExposureReport } from '@vastrox/shared/exposure.ts'
import type { HostCare } from '@vastrox/shared/host-care.ts'

const AT = '2026-11-26T11:00:00.000Z'
const by = (
  name: string,
  ours = false,
  kind: ExposedPort['by']['kind'] = 'process',
): ExposedPort['by'] => ({
  kind,
  name,
  pid: kind === 'process' ? 700 : null,
  user: kind === 'process' ? 'root' : null,
  unit: null,
  image: kind === 'container' ? 'postgres:17' : null,
  ours,
})

export const EXPOSURE: ExposureReport = {
  at: AT,
  mode: 'observe',
  problem: null,
  addresses: ['203.0.113.7', '2001:db8::7'],
  hasPublicAddress: true,
  others: ['ufw is active: it filters what comes to processes of this machine as well.'],
  leftOff: 0,
  testedAt: AT,
  testIsStale: false,
  ports: [
    {
      protocol: 'tcp',
      port: 443,
      addresses: ['0.0.0.0', '::'],
      by: by('vastrox proxy', true),
      reach: 'world',
      to: [],
      because: 'It listens on every address, and the firewall lets everybody in.',
      tested: { at: AT, tries: [{ address: '203.0.113.7', outcome: 'answered' }], agrees: true },
      warning: null,
    },
    {
      protocol: 'tcp',
      port: 5432,
      addresses: ['0.0.0.0', '::'],
      by: by('reports-db', false, 'container'),
      reach: 'world',
      to: [],
      because: 'Docker publishes it on every address, and the firewall only watches.',
      tested: { at: AT, tries: [{ address: '203.0.113.7', outcome: 'silent' }], agrees: false },
      warning: {
        level: 'bad',
        message: 'A database answers to the whole internet.',
        hint: 'Fence it, or publish it on 127.0.0.1.',
        canFence: true,
      },
    },
    {
      protocol: 'udp',
      port: 323,
      addresses: ['127.0.0.1'],
      by: by('chronyd'),
      reach: 'machine',
      to: [],
      because: 'It listens on 127.0.0.1 only.',
      tested: null,
      warning: null,
    },
  ],
}

export const HOST_CARE: HostCare = {
  at: AT,
  findings: [
    { check: 'clock', level: 'ok', message: 'The clock is synchronised.' },
    {
      check: 'updates',
      level: 'warn',
      message: '3 security updates wait since 2026-11-20: openssl, libssl3, curl.',
      hint: 'apt-get upgrade',
    },
  ],
}
