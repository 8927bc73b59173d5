import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import { SetupError } from '#agent/cli/setup-error.ts'

/** What was asked for; undefined means: as it is, or the default. */
export interface InstallOptions {
  dataDir: string
  httpPort: number | undefined
  httpsPort: number | undefined
  dashboardPort: number | undefined
  sshPort: number | undefined
  ftpPort: number | undefined
  ftpPassivePorts: { from: number; to: number } | undefined
  ftps: boolean | undefined
  publicAddress: string | undefined
  baseDomain: string | undefined
  acmeDirectory: string | undefined
  acmeCaFile: string | undefined
  acmeEmail: string | undefined
  proxyWorkers: number | undefined
  example: boolean
  keys: KeysWish
  firewall: 'observe' | 'isolate' | 'enforce' | undefined
  swap: boolean
  json: boolean
  action: 'install' | 'uninstall' | 'help'
  purge: boolean
  /** A directory for backups, where there is no destination yet. */
  backupTo: string | undefined
  /** The repository that a whole installation comes from. */
  restore: string | undefined
  restoreKeyFile: string | undefined
  /** A time, or how the id of a backup begins. */
  restorePoint: string | undefined
}

/** What becomes of the SSH keys of this server. */
export type KeysWish = 'ask' | 'none' | { file: string }

export const DEFAULT_DATA_DIR = '/var/lib/vastrox'
/** OwnBaseDomain of shared/, which cannot be imported here: this is read before any library is there. */
const DOMAIN =
  /^(?=.{1,200}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

const FLAGS = {
  'data-dir': { type: 'string' },
  'http-port': { type: 'string' },
  'https-port': { type: 'string' },
  'dashboard-port': { type: 'string' },
  'ssh-port': { type: 'string' },
  'ftp-port': { type: 'string' },
  'ftp-passive-ports': { type: 'string' },
  ftps: { type: 'boolean' },
  'no-ftps': { type: 'boolean' },
  'public-address': { type: 'string' },
  'base-domain': { type: 'string' },
  'acme-directory': { type: 'string' },
  'acme-ca-file': { type: 'string' },
  'acme-email': { type: 'string' },
  'no-example': { type: 'boolean' },
  'no-keys': { type: 'boolean' },
  keys: { type: 'string' },
  firewall: { type: 'string' },
  swap: { type: 'boolean' },
  json: { type: 'boolean' },
  uninstall: { type: 'boolean' },
  purge: { type: 'boolean' },
  'backup-to': { type: 'string' },
  restore: { type: 'string' },
  'restore-key-file': { type: 'string' },
  'restore-point': { type: 'string' },
  help: { type: 'boolean' },
} as const

/**
 * Flags first, then `VASTROX_…` of the environment (`--http-port` is VASTROX_HTTP_PORT). Throws a
 * SetupError for everything that is unknown, wrong or not there yet.
 */
export function readOptions(
  args: string[],
  env: Record<string, string | undefined>,
): InstallOptions {
  const flags = parseFlags(args)
  const text = (name: keyof typeof FLAGS): string | undefined => {
    const flag = flags[name]
    return (typeof flag === 'string' ? flag : env[variableOf(name)]) || undefined
  }
  const isSet = (name: keyof typeof FLAGS): boolean =>
    flags[name] === true || /^(1|true|yes)$/.test(env[variableOf(name)] ?? '')
  const purge = isSet('purge')
  const restore = text('restore')
  if (restore !== undefined && isSet('uninstall'))
    throw new SetupError(
      '--restore and --uninstall contradict each other.',
      'Leave one of them out.',
    )
  if (purge && !isSet('uninstall'))
    throw new SetupError('--purge belongs to --uninstall.', 'Use ./install.sh --uninstall --purge')

  return {
    dataDir: absolute('data-dir', text('data-dir')) ?? DEFAULT_DATA_DIR,
    httpPort: port('http-port', text('http-port')),
    httpsPort: port('https-port', text('https-port')),
    dashboardPort: port('dashboard-port', text('dashboard-port')),
    sshPort: port('ssh-port', text('ssh-port')),
    ftpPort: port('ftp-port', text('ftp-port')),
    ftpPassivePorts: portRange('ftp-passive-ports', text('ftp-passive-ports')),
    ftps: ftpsOf(isSet('no-ftps'), isSet('ftps')),
    publicAddress: address(text('public-address')),
    baseDomain: domain(text('base-domain')),
    acmeDirectory: directory(text('acme-directory')),
    acmeCaFile: absolute('acme-ca-file', text('acme-ca-file')),
    acmeEmail: email(text('acme-email')),
    proxyWorkers: count(env['VASTROX_PROXY_WORKERS']),
    example: !isSet('no-example'),
    keys: keysOf(isSet('no-keys'), absolute('keys', text('keys'))),
    firewall: firewallMode(text('firewall')),
    swap: isSet('swap'),
    json: isSet('json'),
    action: actionOf(isSet('help'), isSet('uninstall')),
    purge,
    backupTo: absolute('backup-to', text('backup-to')),
    restore,
    restoreKeyFile: absolute('restore-key-file', text('restore-key-file')),
    restorePoint: text('restore-point'),
  }
}

const variableOf = (flag: string): string => `VASTROX_${flag.replaceAll('-', '_').toUpperCase()}`

function parseFlags(args: string[]) {
  try {
    return parseArgs({ args, options: FLAGS }).values
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new SetupError(`${reason}.`, './install.sh --help lists the flags.')
  }
}

function keysOf(none: boolean, file: string | undefined): KeysWish {
  if (none) return 'none'
  return file === undefined ? 'ask' : { file }
}

function actionOf(help: boolean, uninstall: boolean): InstallOptions['action'] {
  if (help) return 'help'
  return uninstall ? 'uninstall' : 'install'
}

function firewallMode(text: string | undefined): InstallOptions['firewall'] {
  if (text === undefined || text === 'observe' || text === 'isolate' || text === 'enforce')
    return text
  throw new SetupError(
    `--firewall ${text} is not a mode.`,
    'Use observe (drop nothing, the default), isolate (fence apps in) or enforce.',
  )
}

function port(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number
  throw new SetupError(`--${flag} ${text} is not a port.`, 'Use a number from 1 to 65535.')
}

/** Neither: as it is. */
function ftpsOf(isOff: boolean, isOn: boolean): boolean | undefined {
  if (isOff) return false
  return isOn ? true : undefined
}

/** Ten at least: each transfer takes one for itself. */
function portRange(
  flag: string,
  text: string | undefined,
): { from: number; to: number } | undefined {
  if (text === undefined) return undefined
  const [from = 0, to = 0] = /^(\d{1,5})-(\d{1,5})$/.exec(text)?.slice(1).map(Number) ?? []
  if (from >= 1_024 && to <= 65_535 && to - from >= 9) return { from, to }
  throw new SetupError(
    `--${flag} ${text} is no range of ports.`,
    'Give ten ports or more, such as 30000-30099.',
  )
}

function count(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 64) return number
  throw new SetupError(`VASTROX_PROXY_WORKERS=${text} is not a number of workers.`, 'Use 1 to 64.')
}

function absolute(flag: string, text: string | undefined): string | undefined {
  if (text === undefined || text.startsWith('/')) return text?.replace(/(?<=.)\/+$/, '')
  throw new SetupError(`--${flag} ${text} is not an absolute path.`, 'Begin it with a slash.')
}

function address(text: string | undefined): string | undefined {
  if (text === undefined || isIP(text) !== 0) return text
  throw new SetupError(
    `--public-address ${text} is not an IP address.`,
    'Give the address, such as 203.0.113.7; names go to --base-domain.',
  )
}

function directory(text: string | undefined): string | undefined {
  if (text === undefined || URL.parse(text)?.protocol === 'https:') return text
  throw new SetupError(
    `--acme-directory ${text} is not an address.`,
    'Give the address of the directory of a CA, such as https://ca.example.com/acme/directory.',
  )
}

function email(text: string | undefined): string | undefined {
  if (text === undefined || /^[^\s@]+@[^\s@]+$/.test(text)) return text
  throw new SetupError(
    `--acme-email ${text} is not an address.`,
    'Give one that somebody reads, such as ops@example.com.',
  )
}

function domain(text: string | undefined): string | undefined {
  const name = text?.toLowerCase().replace(/\.$/, '')
  if (name === undefined || DOMAIN.test(name)) return name
  throw new SetupError(
    `--base-domain ${text} is not a domain.`,
    'Give a name such as apps.example.com, without a scheme, a port or a star.',
  )
}

export const HELP = `Usage: ./install.sh [flags]

Installs Vastrox on this machine, or repairs and upgrades it. Every flag is also an environment
variable: --http-port is VASTROX_HTTP_PORT.

  --data-dir DIR           where everything is kept             (/var/lib/vastrox)
  --http-port PORT         apps over HTTP                       (80)
  --https-port PORT        apps over HTTPS                      (443)
  --dashboard-port PORT    dashboard, API and git over HTTPS    (8443)
  --ssh-port PORT          git and commands over SSH            (2222)
  --ftp-port PORT          uploads over FTPS                    (2121)
  --ftp-passive-ports A-B  ports for the data of FTPS           (30000-30099)
  --no-ftps                no FTPS at all; --ftps takes it back
  --public-address IP      address that people reach this machine at
  --base-domain NAME       apps are at <app>.NAME   (<public address>.sslip.io, or localhost)
  --acme-directory URL     CA that gives certificates, by ACME    (Let's Encrypt)
  --acme-ca-file FILE      CA bundle that its HTTPS is checked against
  --acme-email ADDRESS     address that the CA may write to
  --firewall MODE          observe, isolate or enforce          (observe)
  --no-example             do not push the example app
  --no-keys                take over no SSH keys of this server, and do not ask
  --keys FILE              take over those of an authorized_keys file
  --swap                   make 2 GB of swap, where there is none
  --json                   the last line of the output is one JSON object
  --backup-to DIR          keep backups in this directory of another disk, Vastrox itself every
                           day; prints the recovery key, once
  --restore REPOSITORY     bring a whole installation back onto this empty machine: a folder,
                           sftp:user@host:/path or s3:https://host/bucket/path (docs/DISASTER.md)
  --restore-key-file FILE  file with the recovery key; otherwise it is asked for
  --restore-point TIME     as of then, in place of the newest backup
  --uninstall              remove Vastrox, keep the data
  --uninstall --purge      remove Vastrox and all its data
`
