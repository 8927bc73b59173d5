import type { FenceEngine } from '#agent/builds/fence-places.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { readEngineInfo } from '#agent/node/describe-node.ts'

/** Asked once: version and driver change only with a restart of the machine. */
export function rememberCgroups(engine: Engine): () => Promise<FenceEngine> {
  let known: FenceEngine | undefined
  return async () => {
    if (known) return known
    const { CgroupVersion, CgroupDriver } = await readEngineInfo(engine)
    known = { cgroupVersion: CgroupVersion, cgroupDriver: CgroupDriver }
    return known
  }
}
