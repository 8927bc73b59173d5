import { describe, expect, it } from 'vitest'
import { readOptions } from '#agent/cli/install/options.ts'

describe('the flags of install.sh', () => {
  it('are all optional', () => {
    expect(readOptions([], {})).toEqual({
      dataDir: '/var/lib/vastrox',
      example: true,
      keys: 'ask',
      swap: false,
      json: false,
      action: 'install',
      purge: false,
    })
  })

  it('may come from the environment, where a flag wins', () => {
    const options = readOptions(['--http-port', '8080', '--base-domain=Apps.Example.com.'], {
      VASTROX_HTTP_PORT: '81',
      VASTROX_HTTPS_PORT: '8444',
      VASTROX_NO_EXAMPLE: '1',
      VASTROX_DATA_DIR: '/srv/vastrox/',
    })

    expect(options).toMatchObject({
      dataDir: '/srv/vastrox',
      httpPort: 8080,
      httpsPort: 8444,
      baseDomain: 'apps.example.com',
      example: false,
    })
  })

  it('say which ports FTPS may use, or that there is none', () => {
    expect(readOptions(['--ftp-passive-ports', '40000-40100'], {})).toMatchObject({
      ftpPassivePorts: { from: 40_000, to: 40_100 },
    })
    expect(readOptions(['--no-ftps'], {}).ftps).toBe(false)
    expect(readOptions([], { VASTROX_FTPS: '1' }).ftps).toBe(true)
  })

  it.each([
    [['--restore', 's3:x', '--uninstall'], '--restore and --uninstall contradict each other.'],
    [['--htp-port', '80'], "Unknown option '--htp-port'."],
    [['--http-port', '0'], '--http-port 0 is not a port.'],
    [['--http-port', '80x'], '--http-port 80x is not a port.'],
    [['--ftp-passive-ports', '30000'], '--ftp-passive-ports 30000 is no range of ports.'],
    [
      ['--ftp-passive-ports', '30000-30003'],
      '--ftp-passive-ports 30000-30003 is no range of ports.',
    ],
    [['--ftp-passive-ports', '80-99'], '--ftp-passive-ports 80-99 is no range of ports.'],
    [['--data-dir', 'here'], '--data-dir here is not an absolute path.'],
    [['--public-address', 'example.com'], '--public-address example.com is not an IP address.'],
    [
      ['--base-domain', 'https://example.com'],
      '--base-domain https://example.com is not a domain.',
    ],
    [['--base-domain', '*.example.com'], '--base-domain *.example.com is not a domain.'],
    [['--firewall', 'on'], '--firewall on is not a mode.'],
    [['--purge'], '--purge belongs to --uninstall.'],
  ])('refuses %j by name', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(message)
  })

  it('takes a CA by the address of its directory only', () => {
    const url = 'https://ca.example.com/dir'
    expect(readOptions(['--acme-directory', url], {}).acmeDirectory).toBe(url)
    expect(readOptions([], { VASTROX_ACME_EMAIL: 'ops@example.com' }).acmeEmail).toBe(
      'ops@example.com',
    )
    for (const wrong of ['ca.example.com', 'http://ca.example.com/dir'])
      expect(() => readOptions(['--acme-directory', wrong], {})).toThrow('is not an address')
    expect(() => readOptions(['--acme-email', 'ops'], {})).toThrow('is not an address')
  })
})
