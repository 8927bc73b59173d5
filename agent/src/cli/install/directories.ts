import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { idsOf } from '#agent/cli/install/accounts.ts'
import type { Installation } from '#agent/cli/installation.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

/** Makes the data directory as shared/src/installation.ts describes it; repairs owners and modes. */
export async function prepareDirectories(
  paths: Installation['paths'],
  dataDir: string,
): Promise<void> {
  const owners = {
    root: { uid: 0, gid: 0 },
    daemon: await idsOf('vastrox'),
    proxy: await idsOf('vastrox-proxy'),
  }
  for (const [path, mode, uid, gid] of expectedDirectories(paths, dataDir, owners)) {
    await mkdir(path, { recursive: true, mode })
    await chown(path, uid, gid)
    await chmod(path, mode)
  }
  await checkThatOthersGetThere(dataDir)
}

interface Ids {
  uid: number
  gid: number
}

/** Every directory of an installation, with its rights and owner. */
export const expectedDirectories = (
  paths: Installation['paths'],
  dataDir: string,
  { root, daemon, proxy }: { root: Ids; daemon: Ids; proxy: Ids },
): [path: string, mode: number, uid: number, gid: number][] => [
  [dataDir, 0o755, root.uid, root.gid],
  [paths.run, 0o755, root.uid, root.gid],
  [dirname(paths.agentSocket), 0o750, root.uid, daemon.gid],
  [dirname(paths.proxySocket), 0o750, daemon.uid, proxy.gid],
  [dirname(paths.consoleSocket), 0o700, daemon.uid, daemon.gid],
  [dirname(paths.supervisorSocket), 0o700, root.uid, root.gid],
  [paths.daemon, 0o700, daemon.uid, daemon.gid],
  [paths.agent, 0o700, root.uid, root.gid],
  [paths.volumes, 0o700, root.uid, root.gid],
  [paths.proxy, 0o700, proxy.uid, proxy.gid],
  [paths.accessLogs, 0o2750, proxy.uid, daemon.gid],
  [paths.processLogs, 0o700, root.uid, root.gid],
  [paths.gitHooks, 0o755, root.uid, root.gid],
]

/** The daemon is not root: a directory above that is closed to others would lock it out. */
async function checkThatOthersGetThere(dataDir: string): Promise<void> {
  for (let path = dirname(dataDir); ; path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0)
      throw new SetupError(
        `${path} may not be passed by other accounts, so that the daemon cannot reach ${dataDir}.`,
        `Choose another --data-dir, or: chmod o+x ${path}`,
      )
    if (path === '/') return
  }
}

/** The hook that git starts on a push, and its helper to reach other hosts, by the pinned Node. */
export async function installHook(
  programs: string,
  current: string,
  hooksDir: string,
): Promise<void> {
  for (const name of ['proc-receive', 'git-helper']) {
    const source = await readFile(`${programs}/hooks/${name}`, 'utf8').catch(() => undefined)
    if (source === undefined) continue
    await writeAtomically(`${hooksDir}/${name}`, `#!${current}/node\n${source}`, 0o755)
  }
}

/** The `vastrox` command: started by the pinned Node, told which installation it is of. */
export async function installCommand(
  command: string,
  current: string,
  dataDir: string,
): Promise<void> {
  const text = `#!${current}/node
process.env.VASTROX_DATA_DIR ??= ${JSON.stringify(dataDir)}
import(${JSON.stringify(`${current}/vastrox.mjs`)})
`
  await mkdir(dirname(command), { recursive: true })
  await writeAtomically(command, text, 0o755)
}
