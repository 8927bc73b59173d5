import { availableParallelism, loadavg } from 'node:os'
import type { AgentOutput } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'
import { readDisks } from '#agent/node/disks.ts'
import { readMachineMemory } from '#agent/node/memory.ts'
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
  const [{ described, imagesDir }, memory] = await Promise.all([
    describeEngine(engine),
    readMachineMemory(),
  ])
  const disks = await readDisks(dataDir, imagesDir)
  const [data] = disks
  return {
    node: LOCAL_NODE,
    agentVersion: version,
    engine: described,
    cpus: availableParallelism(),
    memoryBytes: memory.totalBytes,
    memoryAvailableBytes: memory.availableBytes,
    diskBytes: data?.bytes ?? 0,
    diskAvailableBytes: data?.availableBytes ?? 0,
    disks,
    loadAverage: loadavg()[0] ?? 0,
  }
}

async function describeEngine(engine: Engine): Promise<{
  described: AgentOutput<'describe-node'>['engine']
  imagesDir?: string
}> {
  try {
    const info = await readEngineInfo(engine)
    const described = {
      version: info.ServerVersion,
      apiVersion: await engine.apiVersion(),
      cgroupVersion: info.CgroupVersion,
      storageDriver: info.Driver,
    }
    return { described, imagesDir: info.DockerRootDir }
  } catch (error) {
    if (error instanceof CodedError && error.code === 'ENGINE_UNREACHABLE')
      return { described: null }
    throw error
  }
}
