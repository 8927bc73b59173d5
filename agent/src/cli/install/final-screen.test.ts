import { describe, expect, it } from 'vitest'
import { addressesOf } from '#agent/cli/install/addresses-of.ts'
import { finalScreen } from '#agent/cli/install/final-screen.ts'
import { readOptions } from '#agent/cli/install/options.ts'
import { planConfig } from '#agent/cli/install/plan-config.ts'

const machine = {
  publicAddress: '203.0.113.7',
  cores: 2,
  memoryBytes: 4 * 2 ** 30,
  newInstance: () => 'abc123',
  env: {},
}
const configOf = (...args: string[]) =>
  planConfig(readOptions(args, {}), undefined, machine, undefined)

function screenOf(config: ReturnType<typeof configOf>, domainLeadsHere: boolean): string {
  const addresses = addressesOf(config, domainLeadsHere)
  return finalScreen({
    config,
    addresses,
    command: 'vastrox',
    caFile: '/var/lib/vastrox/ca.pem',
    signInUrl: `${addresses.dashboardUrl}/sign-in/abc`,
    exampleUrl: addresses.appUrl('hello'),
    deployToken: 'vxt_deploy_x',
    ssh: {
      host: new URL(addresses.dashboardUrl).hostname,
      port: config.sshPort,
      hostKeys: [{ type: 'ssh-ed25519', fingerprint: 'SHA256:abc', publicKey: 'ssh-ed25519 AAAA' }],
      connections: { open: 0, git: 0, console: 0, sftp: 0 },
    },
    took: '3 min 12 s',
    systemd: true,
  })
}

describe('the last screen of install.sh', () => {
  it('has everything for the first push, on a server with a public address', () => {
    expect(screenOf(configOf(), false)).toBe(`
Vastrox is running (3 min 12 s).
  Dashboard  https://203.0.113.7:8443/sign-in/abc   one use, 1 hour; again: vastrox sign-in-link
  Example    http://hello.203-0-113-7.sslip.io
  Push your app:
    git remote add vastrox https://git:vxt_deploy_x@203.0.113.7:8443/git/myapp.git && git push vastrox main
    Over SSH:  ssh://git@203.0.113.7:2222/myapp.git   commands: ssh -p 2222 vastrox@203.0.113.7 help
               host key SHA256:abc
  Trust for your machine's git and browser: /var/lib/vastrox/ca.pem
    copy:     scp root@203.0.113.7:/var/lib/vastrox/ca.pem vastrox-ca.pem
    git:      git config --global http.https://203.0.113.7:8443/.sslCAInfo "$PWD/vastrox-ca.pem"
    browser:  import vastrox-ca.pem as an authority for web sites in its settings
  Your domain: A records example.com and *.example.com -> 203.0.113.7, then: vastrox base-domain example.com
  Cloud firewall: open TCP 80 443 2222 8443 2121 30000-30099.   Trouble: vastrox doctor
`)
  })

  it('needs no trust and no DNS on a laptop, and carries the port', () => {
    const screen = screenOf(configOf('--public-address', '127.0.0.1', '--http-port', '8080'), true)

    expect(screen).toContain('  Dashboard  https://localhost:8443/sign-in/abc')
    expect(screen).toContain('  Example    http://hello.localhost:8080\n')
    expect(screen).not.toContain('scp')
    expect(screen).not.toContain('Cloud firewall')
  })

  it('names the domain of the operator once it leads here, and the bare address until then', () => {
    const config = configOf('--base-domain', 'example.com')

    expect(addressesOf(config, true).dashboardUrl).toBe('https://example.com:8443')
    expect(addressesOf(config, false).dashboardUrl).toBe('https://203.0.113.7:8443')
    expect(addressesOf(config, false).appUrl('blog')).toBe('http://blog.example.com')
  })
})
