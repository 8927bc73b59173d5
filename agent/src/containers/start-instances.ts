import type { StartedInstance, StartInstances } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { crashPoint } from '@vastrox/shared/node/crash-point.ts'
import { z } from 'zod'
import { containerSpec } from '#agent/containers/host-config.ts'
import { LABEL, labelsOf } from '#agent/containers/labels.ts'
import { instanceName } from '#agent/containers/names.ts'
import { removeContainer } from '#agent/containers/stop-instances.ts'
import { tmpfsOwner } from '#agent/containers/tmpfs-owner.ts'
import type { DiskGuard } from '#agent/disk/disk-guard.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { EngineError, isConflict, isNotFound } from '#agent/engine/engine-error.ts'
import { mustBeImageOf } from '#agent/images/app-images.ts'
import type { AppNetworks } from '#agent/networks/app-networks.ts'
import { LOCAL_NODE } from '#agent/settings.ts'
import { type VolumeMount, withVolumes } from '#agent/volumes/volume-folders.ts'
import type { VolumeLocks } from '#agent/volumes/volume-locks.ts'

const Found = z.object({
  State: z.object({ Running: z.boolean() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }),
})

interface Deps {
  engine: Engine
  instance: string
  networks: AppNetworks
  nofile: number
  profiles: () => Promise<readonly string[]>
  volumesDir: string
  volumeLocks: VolumeLocks
  diskGuard: Pick<DiskGuard, 'isHeld'>
}

/**
 * Creates and starts the instances, all of them or none: what this call created is removed again
 * when one fails. Those that are there already under their name are started if need be (rule K2).
 */
export async function startInstances(
  deps: Deps,
  spec: StartInstances,
): Promise<{ instances: StartedInstance[] }> {
  // One that has taken too much of the disk is started all the same, and can only read (record 148).
  const isReadOnly = deps.diskGuard.isHeld(spec.appId)
  return withVolumes(deps, spec, (mounts) => startWith(deps, spec, mounts), { isReadOnly })
}

async function startWith(
  { engine, instance, networks, nofile, profiles }: Deps,
  spec: StartInstances,
  mounts: VolumeMount[],
): Promise<{ instances: StartedInstance[] }> {
  const names = spec.ordinals.map((ordinal) => instanceName(instance, spec, ordinal))
  const [{ network, addresses }, named, owner] = await Promise.all([
    networks.join(spec.appId, names),
    profiles(),
    tmpfsOwner(engine, spec),
    mustBeImageOf({ engine, instance }, spec),
  ])
  crashPoint('agent.addresses-taken')
  const created: string[] = []

  const create = async (name: string, ordinal: number, address: string): Promise<void> => {
    const labels = labelsOf(instance, 'instance', spec, ordinal, address)
    const json = containerSpec(
      { ...spec, labels, hostname: `${spec.process}-${ordinal}` },
      { network, address, nofile, mounts, profiles: named, owner },
    )
    try {
      await engine.act('POST', '/containers/create', { query: { name }, json })
      created.push(name)
      crashPoint('agent.container-created')
    } catch (error) {
      if (!isConflict(error)) throw asStartFailure(error, spec.imageId)
      await assertSame(engine, name, labels)
    }
  }

  const startOne = async (ordinal: number): Promise<StartedInstance> => {
    const name = instanceName(instance, spec, ordinal)
    const address = addresses[name]
    if (address === undefined) throw new CodedError('ADDRESSES_EXHAUSTED', { name })
    await create(name, ordinal, address)
    await startContainer(engine, networks, spec.appId, name)
    crashPoint('agent.container-started')
    return { name, ordinal, node: LOCAL_NODE, host: address }
  }

  const results = await Promise.allSettled(spec.ordinals.map(startOne))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    await Promise.all(created.map((name) => removeContainer(engine, name)))
    await networks.release(spec.appId, created)
    throw asStartFailure(failed.reason, spec.imageId)
  }
  return {
    instances: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
  }
}

/** Starts what was created; "running already" is fine. A bridge that somebody removed is made again. */
export async function startContainer(
  engine: Engine,
  networks: AppNetworks,
  appId: string,
  name: string,
): Promise<void> {
  const path = `/containers/${encodeURIComponent(name)}/start`
  try {
    await engine.act('POST', path)
  } catch (error) {
    if (!isNetworkGone(error)) throw error
    await networks.remake(appId)
    await engine.act('POST', path)
  }
}

const isNetworkGone = (error: unknown): boolean =>
  error instanceof EngineError &&
  /network .* not found|could not find a network/i.test(error.message)

/** A container under this name that says something else about itself is not taken for ours. */
async function assertSame(
  engine: Engine,
  name: string,
  labels: Record<string, string>,
): Promise<void> {
  const found = await engine.get(`/containers/${encodeURIComponent(name)}/json`, Found)
  const same = [LABEL.instance, LABEL.app, LABEL.release, LABEL.address].every(
    (label) => found.Config.Labels?.[label] === labels[label],
  )
  if (!same)
    throw new CodedError('INSTANCE_NAME_TAKEN', {
      reason: `A container named ${name} exists and belongs to something else.`,
    })
}

/** What the engine refused, in our words; anything else as it was. */
export function asStartFailure(error: unknown, imageId: string): unknown {
  if (!(error instanceof EngineError)) return error
  if (isNotFound(error) && /no such image/i.test(error.message))
    return new CodedError('IMAGE_NOT_FOUND', { imageId }, { cause: error })
  return new CodedError(
    'INSTANCE_START_FAILED',
    { reason: `Docker could not start it: ${error.message}` },
    { cause: error },
  )
}
