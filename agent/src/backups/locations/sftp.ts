import { readFile } from 'node:fs/promises'
import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { judgedAddresses } from '#agent/backups/locations/judged-address.ts'
import type { Opened } from '#agent/backups/locations/opened.ts'
import type { PrivateFolder } from '#agent/backups/private-folder.ts'
import { readBackupSettings } from '#agent/backups/settings.ts'

type SftpPlace = Extract<Repository['location'], { type: 'sftp' }>

const SSH_PORT = 22
/** What the server is called where its key is looked up and in restic's own words. */
const ALIAS = 'vastrox-destination'
const USER = /^[A-Za-z0-9_][A-Za-z0-9._@+-]{0,99}$/
const HOST_KEY =
  /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]{30,4900}={0,2}$/

/**
 * A server that is reached by OpenSSH's own client, whose whole configuration is ours: it goes to the
 * address that was judged, takes the host key that was noted and none other, and runs nothing besides.
 * What users have said stands in a file in one form each; restic is given words that hold nothing of it.
 */
export async function openSftp(
  { backupSettingsFile }: Pick<BackupDeps, 'backupSettingsFile'>,
  { host, port, user, path, hostKeys, secret }: SftpPlace,
  folder: PrivateFolder,
): Promise<Opened> {
  if (!USER.test(user)) throw refused('The user name has signs in it that it cannot have.')
  if (!isPlainPath(path)) throw refused('The path has signs in it that it cannot have.')
  const wrong = hostKeys.find((key) => !HOST_KEY.test(key))
  if (wrong !== undefined) throw refused('A host key is not in the form of known_hosts.')
  const { networks } = await readBackupSettings(backupSettingsFile)
  const [address] = await judgedAddresses({ host, port, usualPort: SSH_PORT, networks })

  const knownHosts = await folder.write(
    'known_hosts',
    hostKeys.map((key) => `${ALIAS} ${key}\n`).join(''),
  )
  const proof =
    'password' in secret ? await byPassword(folder, secret) : await byKey(folder, secret)
  const config = await folder.write(
    'ssh_config',
    sshConfig([
      ['HostName', address ?? ''],
      ['Port', String(port)],
      ['User', user],
      ['UserKnownHostsFile', quoted(knownHosts)],
      ...proof.lines,
    ]),
  )
  const said = await folder.write('ssh.log', '')
  return {
    repository: `sftp:${ALIAS}:${path}`,
    options: [
      '-o',
      `sftp.command=/usr/bin/ssh -F ${wordOf(config)} -E ${wordOf(said)} -s ${ALIAS} sftp`,
    ],
    env: { ...proof.env, PATH: '/usr/bin', HOME: folder.path },
    shownAs: `${host}:${path}`,
    // restic does not always pass on what ssh has said.
    complaint: async () => (await readFile(said, 'utf8')).trim().split('\n').at(-1)?.slice(0, 300),
    close: async () => {},
  }
}

type Line = readonly [name: string, value: string]

const FIXED: readonly Line[] = [
  ['HostKeyAlias', ALIAS],
  ['GlobalKnownHostsFile', '/dev/null'],
  ['StrictHostKeyChecking', 'yes'],
  ['UpdateHostKeys', 'no'],
  ['CheckHostIP', 'no'],
  ['IdentitiesOnly', 'yes'],
  ['IdentityAgent', 'none'],
  ['ForwardAgent', 'no'],
  ['ClearAllForwardings', 'yes'],
  ['PermitLocalCommand', 'no'],
  ['ProxyCommand', 'none'],
  ['ControlMaster', 'no'],
  ['ControlPath', 'none'],
  ['RequestTTY', 'no'],
  ['GSSAPIAuthentication', 'no'],
  ['NumberOfPasswordPrompts', '1'],
  ['ConnectTimeout', '20'],
  ['ConnectionAttempts', '1'],
  ['ServerAliveInterval', '15'],
  ['ServerAliveCountMax', '4'],
  ['LogLevel', 'ERROR'],
]

const sshConfig = (lines: readonly Line[]): string =>
  [`Host ${ALIAS}`, ...[...lines, ...FIXED].map(([name, value]) => `  ${name} ${value}`), ''].join(
    '\n',
  )

async function byKey(folder: PrivateFolder, { privateKey }: { privateKey: string }) {
  // OpenSSH reads no key whose last line does not end.
  const file = await folder.write('key', `${privateKey.replaceAll('\r', '').trimEnd()}\n`)
  const lines: Line[] = [
    ['IdentityFile', quoted(file)],
    ['PreferredAuthentications', 'publickey'],
    ['BatchMode', 'yes'],
  ]
  return { lines, env: {} }
}

/** OpenSSH asks a program for it; what that prints is in a file that root alone reads. */
async function byPassword(folder: PrivateFolder, { password }: { password: string }) {
  const file = await folder.write('ssh_password', password)
  const program = await folder.write(
    'askpass',
    `#!${process.execPath}\nprocess.stdout.write(require('node:fs').readFileSync(${JSON.stringify(file)}, 'utf8') + '\\n')\n`,
    0o700,
  )
  const lines: Line[] = [
    ['PreferredAuthentications', 'password,keyboard-interactive'],
    ['PubkeyAuthentication', 'no'],
  ]
  return { lines, env: { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' } }
}

/** In double quotes, with the percent sign that would begin something. */
function quoted(path: string): string {
  if (/["\\\n]/.test(path)) throw new Error(`${path} cannot be said to ssh`)
  return `"${path.replaceAll('%', '%%')}"`
}

/** restic cuts the words of a command up as a shell does, without being one. */
function wordOf(path: string): string {
  if (/['\n]/.test(path)) throw new Error(`${path} cannot be said to restic`)
  return `'${path}'`
}

/** Printable, without what an SFTP server or restic reads as something else. */
const isPlainPath = (path: string): boolean =>
  path !== '' && !path.startsWith('~') && !/[\p{Cc}\\]/u.test(path)

const refused = (reason: string): CodedError => new CodedError('DESTINATION_REFUSED', { reason })
