import { randomBytes } from 'node:crypto'
import type { OpenRun, SessionEvent } from '@vastrox/shared/agent-api.ts'
import { z } from 'zod'
import { containerSpec } from '#agent/containers/host-config.ts'
import { labelsOf } from '#agent/containers/labels.ts'
import { runName } from '#agent/containers/names.ts'
import { asStartFailure, startContainer } from '#agent/containers/start-instances.ts'
import { removeContainer } from '#agent/containers/stop-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { mustBeImageOf } from '#agent/images/app-images.ts'
import type { AppNetworks } from '#agent/networks/app-networks.ts'
import type { StreamCall } from '#agent/server/bind.ts'
import { type Attached, carry } from '#agent/sessions/attached.ts'
import { mountVolumes } from '#agent/volumes/volume-folders.ts'

const Ended = z.object({
  State: z.object({ ExitCode: z.int(), OOMKilled: z.boolean() }),
})

interface Deps {
  engine: Engine
  instance: string
  networks: AppNetworks
  nofile: number
  profiles: () => Promise<readonly string[]>
  volumesDir: string
  /** Names of the commands this process runs. */
  runs: Set<string>
}

/** A command in a container of its own that somebody works with. Whatever happens, it is gone after. */
export async function openRun(
  deps: Deps,
  spec: z.output<typeof OpenRun>,
  call: StreamCall<SessionEvent>,
): Promise<void> {
  await call.emit(await runToItsEnd(deps, spec, call))
}

async function runToItsEnd(
  { engine, instance, networks, nofile, profiles, volumesDir, runs }: Deps,
  spec: z.output<typeof OpenRun>,
  call: StreamCall<SessionEvent>,
): Promise<SessionEvent> {
  await mustBeImageOf({ engine, instance }, spec)
  const mounts = await mountVolumes({ engine, instance, volumesDir }, spec)
  const name = runName(instance, spec, randomBytes(4).toString('hex'))
  const path = `/containers/${encodeURIComponent(name)}`
  runs.add(name)
  const { network, addresses } = await networks.join(spec.appId, [name])
  const address = addresses[name] ?? ''
  const labels = labelsOf(instance, 'run', spec, 0, address)
  try {
    const json = {
      ...containerSpec(
        { ...spec, labels, hostname: `${spec.process}-run`, stopGraceMs: 0 },
        { network, address, nofile, mounts, profiles: await profiles() },
      ),
      Tty: spec.terminal !== null,
      OpenStdin: spec.stdin,
      StdinOnce: spec.stdin,
    }
    await engine.act('POST', '/containers/create', {
      query: { name },
      json,
      signal: call.signal,
    })
    const attached: Attached = {
      socket: await attach(engine, path, spec.stdin),
      isTerminal: spec.terminal !== null,
      resize: ({ columns, rows }) =>
        engine.act('POST', `${path}/resize`, { query: { h: rows, w: columns } }),
      signal: (signal) => engine.act('POST', `${path}/kill`, { query: { signal } }),
    }
    await startContainer(engine, networks, spec.appId, name)
    if (spec.terminal) await attached.resize(spec.terminal).catch(() => undefined)
    await call.emit({ type: 'started' })
    await carry(attached, spec, call)
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

/** Attached before the start, so that not a byte is missed. */
async function attach(engine: Engine, path: string, stdin: boolean): Promise<Attached['socket']> {
  const { socket, head } = await engine.hijack(
    `${path}/attach`,
    { Upgrade: 'tcp' },
    { query: { stream: true, stdin, stdout: true, stderr: true } },
  )
  if (head.length > 0) socket.unshift(head)
  return socket
}
