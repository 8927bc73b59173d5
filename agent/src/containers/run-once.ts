import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { RunOnce, RunOnceEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { containerSpec } from '#agent/containers/host-config.ts'
import { labelsOf } from '#agent/containers/labels.ts'
import { createFrameDecoder } from '#agent/containers/log-frames.ts'
import { runName } from '#agent/containers/names.ts'
import { asStartFailure, startContainer } from '#agent/containers/start-instances.ts'
import { removeContainer } from '#agent/containers/stop-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { mustBeImageOf } from '#agent/images/app-images.ts'
import type { AppNetworks } from '#agent/networks/app-networks.ts'
import type { StreamCall } from '#agent/server/bind.ts'
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

/** Runs a command in a container of its own to its end. Whatever happens, the container is gone after. */
export async function runOnce(
  deps: Deps,
  spec: z.output<typeof RunOnce>,
  call: StreamCall<RunOnceEvent>,
): Promise<void> {
  await call.emit(await runToItsEnd(deps, spec, call))
}

async function runToItsEnd(
  { engine, instance, networks, nofile, profiles, volumesDir, runs }: Deps,
  spec: z.output<typeof RunOnce>,
  { emit, signal }: StreamCall<RunOnceEvent>,
): Promise<RunOnceEvent> {
  await mustBeImageOf({ engine, instance }, spec)
  const mounts = await mountVolumes({ engine, instance, volumesDir }, spec)
  const name = runName(instance, spec, randomBytes(4).toString('hex'))
  runs.add(name)
  const { network, addresses } = await networks.join(spec.appId, [name])
  const address = addresses[name] ?? ''
  const labels = labelsOf(instance, 'run', spec, 0, address)
  const limit = AbortSignal.any([signal, AbortSignal.timeout(spec.timeoutMs)])
  try {
    const json = containerSpec(
      { ...spec, labels, hostname: `${spec.process}-run`, stopGraceMs: 0 },
      { network, address, nofile, mounts, profiles: await profiles() },
    )
    await engine.act('POST', '/containers/create', { query: { name }, json, signal: limit })
    const output = await attach(engine, name)
    await startContainer(engine, networks, spec.appId, name)
    await forward(output, emit, limit)
    const { State } = await engine.get(`/containers/${encodeURIComponent(name)}/json`, Ended)
    return { type: 'done', exitCode: State.ExitCode, oomKilled: State.OOMKilled }
  } catch (error) {
    if (limit.aborted && !signal.aborted)
      throw new CodedError('RUN_TIMED_OUT', {
        reason: `The command took longer than ${spec.timeoutMs / 1000} s and was ended.`,
      })
    throw asStartFailure(error, spec.imageId)
  } finally {
    await removeContainer(engine, name)
    await networks.release(spec.appId, [name])
    runs.delete(name)
  }
}

/** Attached before the start, so that not a byte is missed. */
async function attach(engine: Engine, name: string): Promise<Socket> {
  const { socket, head } = await engine.hijack(
    `/containers/${encodeURIComponent(name)}/attach`,
    { Upgrade: 'tcp' },
    { query: { stream: true, stdout: true, stderr: true } },
  )
  if (head.length > 0) socket.unshift(head)
  return socket
}

/** To the end of the output, which is the end of the container. */
async function forward(
  socket: Socket,
  emit: StreamCall<RunOnceEvent>['emit'],
  limit: AbortSignal,
): Promise<void> {
  const decode = createFrameDecoder()
  const cancel = (): void => void socket.destroy(new Error('cancelled'))
  limit.addEventListener('abort', cancel, { once: true })
  const text = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  try {
    limit.throwIfAborted()
    for await (const chunk of socket) {
      for (const { stream, payload } of decode(chunk))
        await emit({
          type: 'output',
          stream,
          text: text[stream].decode(payload, { stream: true }),
        })
    }
  } finally {
    limit.removeEventListener('abort', cancel)
    socket.destroy()
  }
}
