import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InstallationConfig } from '@vastrox/shared/installation.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { connectInstallation, type Installation } from '#support/installation.ts'

const PORT_FLAGS = ['--http-port', '--https-port', '--dashboard-port', '--ssh-port', '--ftp-port']
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

interface Wish {
  /** Of its folder, and of nothing else. */
  name: string
  /** The first of five in a row. */
  port: number
  /** The CA of the person's own network. */
  acmeDirectory: string
  acmeCaFile: string
  /** Who answers for the person's domains. */
  dnsServer: string
}

/**
 * A server that nobody has signed in to yet, of the programs that are installed already: what
 * install.sh does after it has built them. `remove` takes all of it away.
 */
export async function installForJourney(beside: Installation, wish: Wish) {
  const home = `/var/tmp/vastrox-journey-${wish.name}`
  const dataDir = join(home, 'data')
  const programs = realpathSync(`/opt/vastrox/current-${beside.config.instance}`)
  const installer = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(
      `/${programs.slice(1)}/node`,
      [join(programs, 'install.mjs'), ...args, '--data-dir', dataDir],
      { env: { PATH, HOME: '/root', DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 300_000 },
    )
    if (exitCode !== 0) throw new Error(`${stdout.toString()}\n${stderr}`)
    return stdout.toString()
  }
  const remove = async (): Promise<void> => {
    await installer('--uninstall', '--purge')
    rmSync(home, { recursive: true, force: true })
  }

  // Of a run that was cut off.
  if (existsSync(join(dataDir, 'config.json'))) await remove()
  mkdirSync(home, { recursive: true, mode: 0o755 })
  const ports = PORT_FLAGS.flatMap((flag, at) => [flag, String(wish.port + at)])
  const authority = ['--acme-directory', wish.acmeDirectory, '--acme-ca-file', wish.acmeCaFile]
  const how = ['--public-address', '127.0.0.1', '--no-example', '--no-keys', '--json']
  try {
    const said = await installer(...ports, ...authority, ...how)
    const file = join(home, 'installation.json')
    writeFileSync(file, said.trim().split('\n').at(-1) ?? '')
    const installation = connectInstallation(file)
    await askThere(installation, wish.dnsServer)
    return { installation, home, remove }
  } catch (error) {
    await remove()
    throw error
  }
}
export type JourneyInstallation = Awaited<ReturnType<typeof installForJourney>>

/** Names are asked for at one server, and the ports of the web are the installation's own. */
async function askThere({ paths, command }: Installation, dnsServer: string): Promise<void> {
  const config = InstallationConfig.parse(JSON.parse(readFileSync(paths.config, 'utf8')))
  const { httpPort, httpsPort } = config
  const domainChecks = { dnsServers: [dnsServer], httpPort, httpsPort }
  // Written in place: its owner stays.
  writeFileSync(paths.config, JSON.stringify({ ...config, domainChecks }))
  const { exitCode, stderr } = await command('restart', '--process', 'daemon')
  if (exitCode !== 0) throw new Error(stderr)
}
