import { stat } from 'node:fs/promises'
import { type Check, type Finding, NO_ACCOUNT, type Subject } from '#agent/cli/doctor/subject.ts'
import { expectedDirectories } from '#agent/cli/install/directories.ts'

interface Expected {
  path: string
  mode: number
  uid: number
  gid: number
}

/** Who owns what of the data directory, and who may read it: what install.sh makes, and every start relies on. */
export const checkFiles: Check = async (subject) => {
  const { installation, machine, owners } = subject
  for (const [name, { uid }] of [
    ['vastrox', owners.daemon],
    ['vastrox-proxy', owners.proxy],
  ] as const)
    if (uid === NO_ACCOUNT.uid)
      return [
        bad(`There is no account ${name} on this machine.`, 'Run ./install.sh again: it makes it.'),
      ]
  const directories = expectedDirectories(
    installation.paths,
    installation.dataDir,
    subject.owners,
  ).map(([path, mode, uid, gid]) => ({ path, mode, uid, gid }))
  const findings = await Promise.all([
    ...directories.map((each) => compare(each, 'directory')),
    ...(await expectedFiles(subject)).map((each) => compare(each, 'file')),
    ...(await expectedSockets(subject)).map((each) => compare(each, 'socket')),
    checkMount(subject),
  ])
  const found = findings.flat()
  if (found.length > 0) return found
  const where = await machine.link(installation.dataDir)
  return [
    {
      check: 'files',
      level: 'ok',
      message: `Owners and rights in ${where ?? installation.dataDir} are as they should be.`,
    },
  ]
}

const REPAIR = 'Run ./install.sh again: it repairs owners and rights.'

/** Rights beyond ours are bad, missing ones as well: what needs them does not work. */
async function compare(
  { path, mode, uid, gid }: Expected,
  kind: 'directory' | 'file' | 'socket',
): Promise<Finding[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found)
    return [
      bad(`${path} is missing.`, kind === 'socket' ? 'vastrox restart makes it anew.' : REPAIR),
    ]
  const problems: string[] = []
  if (found.uid !== uid || found.gid !== gid)
    problems.push(`belongs to ${found.uid}:${found.gid} in place of ${uid}:${gid}`)
  if ((found.mode & 0o7777) !== mode)
    problems.push(`has the rights ${octal(found.mode)} in place of ${octal(mode)}`)
  if (problems.length === 0) return []
  return [
    bad(
      `${path} ${problems.join(' and ')}.`,
      kind === 'file'
        ? `chown ${uid}:${gid} ${path}; chmod ${octal(mode)} ${path}`
        : kind === 'socket'
          ? 'vastrox restart makes it anew.'
          : REPAIR,
    ),
  ]
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')

async function expectedFiles({
  installation: { config, paths },
  owners: { root, daemon },
}: Subject): Promise<Expected[]> {
  const keyFile = { path: paths.masterKey, mode: 0o600, ...daemon }
  const credential = `/run/credentials/vastrox-${config.instance}-daemon.service/vastrox-master-key`
  const isThere = (path: string): Promise<boolean> =>
    stat(path).then(
      () => true,
      () => false,
    )
  // Where systemd gives the key the file is gone once nothing is sealed with its own.
  const isGiven = !(await isThere(paths.masterKey)) && (await isThere(credential))
  return [
    { path: paths.config, mode: 0o640, uid: root.uid, gid: daemon.gid },
    ...(isGiven ? [] : [keyFile]),
    { path: `${paths.localAuthority}/ca.key`, mode: 0o600, ...daemon },
  ]
}

/** A process that does not run has none, and is named elsewhere. */
async function expectedSockets({ installation, owners, platform }: Subject): Promise<Expected[]> {
  const { paths } = installation
  const { root, daemon, proxy } = owners
  const status = await platform.status()
  const runs = (name: string): boolean =>
    status?.processes.some((each) => each.name === name && each.state === 'running') ?? false
  return [
    ...(runs('agent')
      ? [{ path: paths.agentSocket, mode: 0o660, uid: root.uid, gid: daemon.gid }]
      : []),
    ...(runs('daemon')
      ? [
          { path: paths.proxySocket, mode: 0o660, uid: daemon.uid, gid: proxy.gid },
          { path: paths.consoleSocket, mode: 0o600, ...daemon },
        ]
      : []),
  ]
}

/** A file system that is mounted read-only, often after an error of the disk. */
async function checkMount({ installation, machine }: Subject): Promise<Finding[]> {
  const mounts = ((await machine.read('/proc/self/mounts')) ?? '')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, at = '']) => at === '/' || `${installation.dataDir}/`.startsWith(`${at}/`))
    .toSorted(([, one = ''], [, other = '']) => other.length - one.length)
  const [nearest] = mounts
  if (!nearest?.[3]?.split(',').includes('ro')) return []
  return [
    bad(
      `The file system of ${installation.dataDir} (${nearest[1]}) is mounted read-only.`,
      `dmesg says whether its disk failed; then: mount -o remount,rw ${nearest[1]}`,
    ),
  ]
}

const bad = (message: string, hint: string): Finding => ({
  check: 'files',
  level: 'bad',
  message,
  hint,
})
