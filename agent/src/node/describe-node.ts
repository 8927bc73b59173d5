import { readFile, statfs } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import type { AgentOutput } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'
import { LOCAL_NODE } from '#agent/settings.ts'

const Info = z.object({
  ServerVersion: z.string(),
  /** Missing on an engine that runs on cgroup v1 and is older than 20.10. */
  CgroupVersion: z.string().default('1'),
  CgroupDriver: z.string().default('cgroupfs'),
  Driver: z.string(),
  DockerRootDir: z.string(),
})
export type EngineInfo = z.infer<typeof Info>

export const readEngineInfo = (engine: Engine): Promise<EngineInfo> =>
  engine.get('/info', Info, { timeoutMs: 5_000 })

/** Machine and engine; `engine` is null where Docker does not answer, which is not an error here. */
export async function describeNode({
  engine,
  dataDir,
  version,
}: {
  engine: Engine
  dataDir: string
  version: string
}): Promise<AgentOutput<'describe-node'>> {
  const [described, memory, disk] = await Promise.all([
    describeEngine(engine),
    readMemory(),
    statfs(dataDir),
  ])
  return {
    node: LOCAL_NODE,
    agentVersion: version,
    engine: described,
    cpus: availableParallelism(),
    ...memory,
    diskBytes: disk.blocks * disk.bsize,
    diskAvailableBytes: disk.bavail * disk.bsize,
    loadAverage: loadavg()[0] ?? 0,
  }
}

async function describeEngine(engine: Engine): Promise<AgentOutput<'describe-node'>['engine']> {
  try {
    const info = await readEngineInfo(engine)
    return {
      version: info.ServerVersion,
      apiVersion: await engine.apiVersion(),
      cgroupVersion: info.CgroupVersion,
      storageDriver: info.Driver,
    }
  } catch (error) {
    if (error instanceof CodedError && error.code === 'ENGINE_UNREACHABLE') return null
    throw error
  }
}

async function readMemory(): Promise<{ memoryBytes: number; memoryAvailableBytes: number }> {
  const text = await readFile('/proc/meminfo', 'utf8')
  const kib = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
  return { memoryBytes: kib('MemTotal') * 1024, memoryAvailableBytes: kib('MemAvailable') * 1024 }
}
