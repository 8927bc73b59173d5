import type { ExposedPort, ExposureReport } from '@vastrox/shared/exposure.ts'
import type { HostCare } from '@vastrox/shared/host-care.ts'
import type { NodeExposure } from '#ports/node-exposure.ts'

export const exposedPort = (changes: Partial<ExposedPort> = {}): ExposedPort => ({
  protocol: 'tcp',
  port: 6379,
  addresses: ['0.0.0.0'],
  by: {
    kind: 'container',
    name: 'cache',
    pid: null,
    user: null,
    unit: null,
    image: 'redis:7',
    ours: false,
  },
  reach: 'world',
  to: [],
  because: 'It listens on all addresses. The firewall only counts.',
  tested: null,
  warning: {
    level: 'bad',
    message: 'A database answers to everybody.',
    hint: 'Fence the port.',
    canFence: true,
  },
  ...changes,
})

/** A node whose ports are what a test says. */
export function createFakeExposure() {
  const fake = {
    ports: [exposedPort()],
    findings: [] as HostCare['findings'],
    mode: 'observe' as ExposureReport['mode'],
    tested: 0,
    agent: (ask: (verb: string) => Promise<void>): NodeExposure => ({
      async list() {
        await ask('list-exposure')
        return report()
      },
      async test() {
        await ask('test-exposure')
        fake.tested += 1
        return report()
      },
      async care() {
        await ask('read-host-care')
        return { at: new Date(0).toISOString(), findings: fake.findings }
      },
    }),
  }
  const report = (): ExposureReport => ({
    at: new Date(0).toISOString(),
    mode: fake.mode,
    problem: null,
    addresses: ['203.0.113.10'],
    hasPublicAddress: true,
    others: [],
    ports: fake.ports,
    leftOff: 0,
    testedAt: fake.tested > 0 ? new Date(0).toISOString() : null,
    testIsStale: false,
  })
  return fake
}
export type FakeExposure = ReturnType<typeof createFakeExposure>
