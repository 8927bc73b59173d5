import {
  type AddonImage,
  type AddonLink,
  type ExecAddon,
  type ObservedAddon,
  type OpenAddonExec,
  StartAddon,
} from '@vastrox/shared/agent-api-addons.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'
import type { NodeAddons } from '#ports/node-addons.ts'
import { createFakeSession, type FakeSession } from '#test/fakes/session.ts'

interface Running {
  spec: z.output<typeof StartAddon>
  seen: ObservedAddon
}
type Exceptions = Parameters<NodeAddons['keepExceptions']>[0]

/** A node whose add-ons are what it was told, with what a test lets them answer. */
export function createFakeNodeAddons() {
  const keyOf = (image: AddonImage): string =>
    'prepared' in image ? `${image.prepared.stack} ${image.prepared.version}` : image.reference
  const mustRun = (addonId: string): Running => {
    const running = fake.containers.get(addonId)
    if (running?.seen.status !== 'running') throw new CodedError('ADDON_NOT_RUNNING', { addonId })
    return running
  }

  const wakes = new Set<() => void>()
  const changed = (): void => {
    for (const wake of wakes) wake()
  }
  const change = (signal: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => {
      wakes.delete(wake)
      resolve()
    }
    wakes.add(wake)
    signal.addEventListener('abort', wake, { once: true })
    return promise
  }

  const fake = {
    /** By add-on. */
    containers: new Map<string, Running>(),
    /** Everything that was started, the newest last. */
    started: [] as z.output<typeof StartAddon>[],
    prepared: new Set<string>(),
    links: [] as readonly AddonLink[],
    exceptions: [] as Exceptions,
    /** Set: it does not take them. */
    exceptionFailure: undefined as CodedError | undefined,
    executed: [] as ExecAddon[],
    sessions: [] as FakeSession<OpenAddonExec>[],
    logs: [] as string[],
    /** With which lines were followed: how many a second. */
    rates: [] as (number | null)[],
    /** One more line; whoever follows is given it. */
    print(text: string): void {
      fake.logs.push(text)
      changed()
    },
    /** Set: no registry answers, and images by reference cannot be had. */
    noRegistry: false,
    /** Set: what it says in place of starting. */
    startFailure: undefined as CodedError | undefined,
    /** What a command in an add-on gives. */
    answer: (_spec: ExecAddon): { exitCode: number; stdout: string; stderr: string } => ({
      exitCode: 0,
      stdout: '',
      stderr: '',
    }),

    agent: (ask: (verb: string, detail?: string) => Promise<void>): NodeAddons => ({
      async prepare(image, onOutput, signal) {
        await ask('prepare-addon', keyOf(image))
        signal.throwIfAborted()
        if ('reference' in image && fake.noRegistry)
          throw new CodedError('IMAGE_PULL_FAILED', { reason: 'No image registry answers.' })
        onOutput(`Preparing ${keyOf(image)}\n`)
        fake.prepared.add(keyOf(image))
      },
      async start(input) {
        await ask('start-addon', input.addonId)
        const spec = StartAddon.parse(input)
        if (fake.startFailure) throw fake.startFailure
        if (!fake.prepared.has(keyOf(spec.image)))
          throw new CodedError('IMAGE_NOT_FOUND', { reason: `${keyOf(spec.image)} is not here.` })
        const host = `10.200.${fake.started.length}.2`
        const is = fake.containers.get(spec.addonId)
        if (is?.spec.generation === spec.generation) return is.seen.host ?? host
        fake.started.push(spec)
        fake.containers.set(spec.addonId, {
          spec,
          seen: {
            addonId: spec.addonId,
            generation: spec.generation,
            status: 'running',
            exitCode: null,
            oomKilled: false,
            restarts: 0,
            startedAt: '2026-11-22T12:00:00.000Z',
            host,
            memoryBytes: 64 * 2 ** 20,
            cpuUsec: 1_000,
          },
        })
        return host
      },
      async stop(addonId, except) {
        await ask('stop-addon', addonId)
        const is = fake.containers.get(addonId)
        if (is && is.spec.generation !== except) fake.containers.delete(addonId)
        changed()
      },
      async list() {
        await ask('list-addons')
        return [...fake.containers.values()].map(({ seen }) => ({ ...seen }))
      },
      async keepLinks(links) {
        await ask('keep-addon-links')
        fake.links = [...links]
      },
      async exec(spec) {
        await ask('exec-addon', spec.addonId)
        mustRun(spec.addonId)
        fake.executed.push(spec)
        return fake.answer(spec)
      },
      async remove(addonId) {
        await ask('remove-addon', addonId)
        fake.containers.delete(addonId)
        changed()
        fake.links = fake.links.filter((link) => link.addonId !== addonId)
        fake.exceptions = fake.exceptions.filter((each) => each.addonId !== addonId)
      },
      async keepExceptions(exceptions) {
        await ask('keep-addon-exceptions')
        if (fake.exceptionFailure) throw fake.exceptionFailure
        fake.exceptions = [...exceptions]
      },
      async openExec(spec, signal) {
        await ask('open-addon-exec', spec.addonId)
        mustRun(spec.addonId)
        const opened = createFakeSession(spec, signal)
        fake.sessions.push(opened)
        return opened.session
      },
      async *readLogs({ addonId, since, tail, follow, linesPerSecond }, signal) {
        if (follow) fake.rates.push(linesPerSecond ?? null)
        await ask('read-addon-logs', addonId)
        if (!fake.containers.has(addonId)) throw new CodedError('ADDON_NOT_RUNNING', { addonId })
        let next = tail === null ? 0 : Math.max(0, fake.logs.length - tail)
        while (!signal.aborted) {
          for (; next < fake.logs.length; next += 1) {
            const at = `2026-11-22T12:00:00.${String(next + 1).padStart(9, '0')}Z`
            const text = fake.logs[next] ?? ''
            if (since === null || at > since) yield { type: 'line', at, stream: 'stderr', text }
          }
          if (!follow || !fake.containers.has(addonId)) return
          await change(signal)
        }
      },
    }),
  }
  return fake
}
export type FakeNodeAddons = ReturnType<typeof createFakeNodeAddons>
