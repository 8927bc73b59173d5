import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { RunOnce } from '@vastrox/shared/agent-api.ts'
import { z } from 'zod'
import { containerSpec } from '#agent/containers/host-config.ts'
import { labelsOf } from '#agent/containers/labels.ts'
import { runName } from '#agent/containers/names.ts'
import { asStartFailure, startContainer } from '#agent/containers/start-instances.ts'
import { removeContainer } from '#agent/containers/stop-instances.ts'
import { tmpfsOwner } from '#agent/containers/tmpfs-owner.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { mustBeImageOf } from '#agent/images/app-images.ts'
import type { AppNetworks } from '#agent/networks/app-networks.ts'
import { type VolumeMount, withVolumes } from '#agent/volumes/volume-folders.ts'
import type { VolumeLocks } from '#agent/volumes/volume-locks.ts'

const Ended = z.object({
  State: z.object({ ExitCode: z.int(), OOMKilled: z.boolean() }),
})

export interface OneOffDeps {
  engine: Engine
  instance: string
  networks: AppNetworks
  nofile: number
  profiles: () => Promise<readonly string[]>
  volumesDir: string
  volumeLocks: VolumeLocks
  /** Names of the commands this process runs. */
  runs: Set<string>
}

type Spec = Omit<z.output<typeof RunOnce>, 'timeoutMs'>

/** What the command reads and is shown on. */
interface Ends {
  stdin: boolean
  isTerminal: boolean
}

/** A container that waits to be started, its output attached already, so that not a byte is missed. */
interface OneOff {
  /** Of the engine's calls. */
  path: string
  socket: Socket
  start: () => Promise<void>
}

/** How a command ended. */
export interface Ending {
  type: 'done'
  exitCode: number
  oomKilled: boolean
}

/**
 * Runs a command in a container of its own; `carry` starts it and stays until its output ends. Whatever
 * happens, the container is gone after.
 */
export async function runOneOff(
  deps: OneOffDeps,
  spec: Spec,
  ends: Ends,
  signal: AbortSignal,
  carry: (oneOff: OneOff) => Promise<void>,
): Promise<Ending> {
  await mustBeImageOf(deps, spec)
  return withVolumes(deps, spec, (mounts) =>
    runWith(deps, spec, { ...ends, mounts }, signal, carry),
  )
}

async function runWith(
  { engine, instance, networks, nofile, profiles, runs }: OneOffDeps,
  spec: Spec,
  { stdin, isTerminal, mounts }: Ends & { mounts: VolumeMount[] },
  signal: AbortSignal,
  carry: (oneOff: OneOff) => Promise<void>,
): Promise<Ending> {
  const name = runName(instance, spec, randomBytes(4).toString('hex'))
  const path = `/containers/${encodeURIComponent(name)}`
  runs.add(name)
  try {
    const { network, addresses } = await networks.join(spec.appId, [name])
    const address = addresses[name] ?? ''
    const labels = labelsOf(instance, 'run', spec, 0, address)
    const json = {
      ...containerSpec(
        { ...spec, labels, hostname: `${spec.process}-run`, stopGraceMs: 0 },
        {
          network,
          address,
          nofile,
          mounts,
          profiles: await profiles(),
          owner: await tmpfsOwner(engine, spec),
        },
      ),
      Tty: isTerminal,
      OpenStdin: stdin,
      StdinOnce: stdin,
    }
    await engine.act('POST', '/containers/create', { query: { name }, json, signal })
    const socket = await attach(engine, path, stdin)
    await carry({ path, socket, start: () => startContainer(engine, networks, spec.appId, name) })
    const { State } = await engine.get(`${path}/json`, Ended)
    return { type: 'done', exitCode: State.ExitCode, oomKilled: State.OOMKilled }
  } catch (error) {
    throw asStartFailure(error, spec.imageId)
  } finally {
    await removeContainer(engine, name)
    await networks.release(spec.appId, [name])
    runs.delete(name)
  }
}

async function attach(engine: Engine, path: string, stdin: boolean): Promise<Socket> {
  const { socket, head } = await engine.hijack(
    `${path}/attach`,
    { Upgrade: 'tcp' },
    { query: { stream: true, stdin, stdout: true, stderr: true } },
  )
  if (head.length > 0) socket.unshift(head)
  return socket
}
