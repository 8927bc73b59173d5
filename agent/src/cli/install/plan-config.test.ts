import { describe, expect, it } from 'vitest'
import { readOptions } from '#agent/cli/install/options.ts'
import { planConfig } from '#agent/cli/install/plan-config.ts'

const machine = {
  publicAddress: '203.0.113.7',
  cores: 2,
  memoryBytes: 4 * 2 ** 30,
  newInstance: () => 'abc123',
  env: { HTTPS_PROXY: 'http://proxy:3128', SECRET: 'x', NO_PROXY: '' },
}
const plan = (args: string[], existing?: ReturnType<typeof planConfig>, here = machine) =>
  planConfig(readOptions(args, {}), existing, here, '/root/vastrox')

describe('the configuration of an installation', () => {
  it('has the defaults of the design on a machine with a public address', () => {
    expect(plan([])).toEqual({
      instance: 'abc123',
      httpPort: 80,
      httpsPort: 443,
      dashboardPort: 8443,
      sshPort: 2222,
      ftpPort: 2121,
      ftps: true,
      ftpPassivePorts: { from: 30_000, to: 30_099 },
      publicAddress: '203.0.113.7',
      baseDomain: '203-0-113-7.sslip.io',
      proxyWorkers: 2,
      acmeDirectory: null,
      acmeCaFile: null,
      acmeEmail: null,
      appNetworkRange: '10.128.0.0/12',
      hostEnv: { HTTPS_PROXY: 'http://proxy:3128' },
      sourceDir: '/root/vastrox',
    })
  })

  it('is for this machine alone where no interface has a public address', () => {
    const laptop = { ...machine, publicAddress: undefined }

    expect(planConfig(readOptions([], {}), undefined, laptop, undefined)).toMatchObject({
      publicAddress: '127.0.0.1',
      baseDomain: 'localhost',
    })
  })

  it('keeps on a second run what nobody asks to change', () => {
    const first = plan(['--http-port', '8080', '--base-domain', 'example.com'])

    const second = plan(['--https-port', '8444'], first, { ...machine, newInstance: () => 'fff' })

    expect(second).toEqual({ ...first, httpsPort: 8444 })
  })

  it('moves a default base domain along with the address, and leaves a chosen one', () => {
    const moved = ['--public-address', '203.0.113.8']

    expect(plan(moved, plan([])).baseDomain).toBe('203-0-113-8.sslip.io')
    expect(plan(moved, plan(['--base-domain', 'example.com'])).baseDomain).toBe('example.com')
  })

  it('has one proxy worker on a small machine', () => {
    expect(plan([], undefined, { ...machine, memoryBytes: 2 ** 30 }).proxyWorkers).toBe(1)
  })
})
