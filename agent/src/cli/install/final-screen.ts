import { DEFAULT_FTP_PASSIVE_PORTS, type InstallationConfig } from '@vastrox/shared/installation.ts'
import type { SshAccess } from '@vastrox/shared/ssh-key.ts'
import type { Addresses } from '#agent/cli/install/addresses-of.ts'

interface Result {
  config: InstallationConfig
  addresses: Addresses
  command: string
  caFile: string
  signInUrl: string
  exampleUrl: string | undefined
  /** Only of a first installation: it is kept hashed and cannot be shown again. */
  deployToken: string | undefined
  ssh: SshAccess
  took: string
  systemd: boolean
  swapOffer?: string | undefined
}

/** The last thing that install.sh prints to people. */
export function finalScreen(result: Result): string {
  const { config, addresses, command, caFile, ssh } = result
  const token = result.deployToken ?? '<deploy token>'
  const remote = `${addresses.dashboardUrl.replace('https://', `https://git:${token}@`)}/git/myapp.git`
  const isLocal = config.baseDomain === 'localhost'
  const lines = [
    `Vastrox is running (${result.took}).`,
    `  Dashboard  ${result.signInUrl}   one use, 1 hour; again: ${command} sign-in-link`,
    ...(result.exampleUrl === undefined ? [] : [`  Example    ${result.exampleUrl}`]),
    '  Push your app:',
    `    git remote add vastrox ${remote} && git push vastrox main`,
    ...(result.deployToken === undefined
      ? [`    A token for git: ${command} tokens:create --name laptop --push`]
      : []),
    `    Over SSH:  ssh://git@${ssh.host}:${ssh.port}/myapp.git   commands: ssh -p ${ssh.port} vastrox@${ssh.host} help`,
    `               host key ${ssh.hostKeys[0]?.fingerprint ?? ''}`,
    `  Trust for your machine's git and browser: ${caFile}`,
    ...(isLocal
      ? ['    This machine trusts it already; Firefox and Chromium import it in their settings.']
      : [
          `    copy:     scp root@${config.publicAddress}:${caFile} vastrox-ca.pem`,
          `    git:      git config --global http.${addresses.dashboardUrl}/.sslCAInfo "$PWD/vastrox-ca.pem"`,
          '    browser:  import vastrox-ca.pem as an authority for web sites in its settings',
        ]),
    ...(isLocal ? [] : domainLines(config, command)),
    ...(result.swapOffer === undefined ? [] : [`  ${result.swapOffer}`]),
    ...(result.systemd ? [] : [`  After a restart of this machine run: ${command} up`]),
    ...(isLocal ? [`  Trouble: ${command} doctor`] : []),
  ]
  return `\n${lines.join('\n')}\n`
}

function domainLines(config: InstallationConfig, command: string): string[] {
  const { from, to } = config.ftpPassivePorts ?? DEFAULT_FTP_PASSIVE_PORTS
  const ofFtp = config.ftps === false ? [] : [config.ftpPort, `${from}-${to}`]
  const { httpPort, httpsPort, sshPort, dashboardPort } = config
  const ports = [httpPort, httpsPort, sshPort, dashboardPort, ...ofFtp]
  return [
    `  Your domain: A records example.com and *.example.com -> ${config.publicAddress}, then: ${command} base-domain example.com`,
    `  Cloud firewall: open TCP ${ports.join(' ')}.   Trouble: ${command} doctor`,
  ]
}
