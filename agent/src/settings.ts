import { readFile } from 'node:fs/promises'
import { InstallationConfig, PROCESS_ENV, pathsOf } from '@vastrox/shared/installation.ts'

/** The name of this machine in instance and address rows. */
export const LOCAL_NODE = 'local'

/**
 * Everything the agent is told from outside. The overrides exist for tests: another engine
 * socket, the group that may reach the agent where there is no group `vastrox`, a smaller fence, another
 * restic, what the machine says of its memory, and how often it is measured.
 */
export async function readSettings(env: NodeJS.ProcessEnv) {
  const dataDir = env[PROCESS_ENV.dataDir]
  if (!dataDir?.startsWith('/'))
    throw new Error(`${PROCESS_ENV.dataDir} must hold the absolute path of the data directory`)
  const paths = pathsOf(dataDir)
  const config = InstallationConfig.parse(JSON.parse(await readFile(paths.config, 'utf8')))
  return {
    dataDir,
    /** The bundle's name; the sources have none. */
    version: env['VASTROX_VERSION'] ?? 'development',
    paths,
    config,
    engineSocket: env['VASTROX_ENGINE_SOCKET'] ?? '/var/run/docker.sock',
    socketGid: numberIn(env['VASTROX_AGENT_GID']) ?? (await gidOfVastrox()),
    buildMemoryBytes: numberIn(env['VASTROX_BUILD_MEMORY_BYTES']),
    /** What makes backups has little weight; benches compare it with what has as much as others. */
    backupsBehindOthers: env['VASTROX_BACKUPS_WEIGHT'] !== 'full',
    /** Another restic than the distribution's. */
    restic: env['VASTROX_RESTIC'],
    sampleEveryMs: numberIn(env['VASTROX_SAMPLE_EVERY_MS']),
    /** Where `meminfo` and `pressure/memory` are read. */
    procDir: env['VASTROX_PROC_DIR'] ?? '/proc',
    crashAt: env[PROCESS_ENV.crashAt],
    readyFd: env[PROCESS_ENV.readyFd],
  }
}
export type AgentSettings = Awaited<ReturnType<typeof readSettings>>

const numberIn = (text: string | undefined): number | undefined =>
  text === undefined || text === '' ? undefined : Number(text)

async function gidOfVastrox(): Promise<number> {
  const line = (await readFile('/etc/group', 'utf8'))
    .split('\n')
    .find((entry) => entry.startsWith('vastrox:'))
  const gid = Number(line?.split(':')[2])
  if (!Number.isInteger(gid))
    throw new Error('there is no group `vastrox`: run install.sh, which makes it')
  return gid
}
