import { AGENT_STREAMS, AGENT_VERBS } from '@vastrox/shared/agent-api.ts'
import type { AddonVerb } from '@vastrox/shared/agent-api-addons.ts'
import type { DiskVerb } from '@vastrox/shared/agent-api-disk.ts'
import type { ExposureVerb } from '@vastrox/shared/agent-api-exposure.ts'
import type { FirewallVerb } from '@vastrox/shared/agent-api-firewall.ts'
import type { PortVerb } from '@vastrox/shared/agent-api-ports.ts'
import {
  INSTALLATION_VERBS,
  type InstallationVerb,
} from '@vastrox/shared/agent-api-installation.ts'
import { SLEEP_VERBS, type SleepVerb } from '@vastrox/shared/agent-api-sleep.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { frameOf } from '@vastrox/shared/node/frame.ts'
import type { z } from 'zod'
import { createAgentHttp } from '#adapters/agent/agent-http.ts'
import { eventsOf, last, postJson, sendFramed } from '#adapters/agent/agent-streams.ts'
import { createNodeAddons } from '#adapters/agent/node-addons.ts'
import { createNodeBackups } from '#adapters/agent/node-backups.ts'
import { createNodeDiskUse } from '#adapters/agent/node-disk.ts'
import { createNodeExposure } from '#adapters/agent/node-exposure.ts'
import { createNodeFirewall } from '#adapters/agent/node-firewall.ts'
import { createNodeMetrics } from '#adapters/agent/node-metrics.ts'
import { createNodePlatformLog } from '#adapters/agent/node-platform-log.ts'
import { createNodePorts } from '#adapters/agent/node-ports.ts'
import { openSession } from '#adapters/agent/open-session.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

interface Options {
  socketPath: string
  fencingToken: number
}

const SHORT_MS = 30_000
/** Creating containers on a busy engine. */
const START_MS = 120_000
/** The agent says something every 15 s. */
const WATCH_SILENCE_MS = 45_000

/** The agent of a node over its unix socket. What it answers is parsed before anybody sees it. */
export function createNodeAgent(options: Options): NodeAgent & { close(): void } {
  const http = createAgentHttp(options)

  async function call<Output extends z.ZodType>(
    verb:
      | keyof typeof AGENT_VERBS
      | AddonVerb
      | FirewallVerb
      | ExposureVerb
      | DiskVerb
      | SleepVerb
      | PortVerb
      | InstallationVerb,
    output: Output,
    input: unknown,
    timeoutMs = SHORT_MS,
  ): Promise<z.output<Output>> {
    return output.parse(await http.call(verb, input, timeoutMs))
  }

  function open(verb: 'open-run' | 'open-exec', spec: unknown, signal: AbortSignal) {
    const posted = http.post(verb, undefined, signal)
    posted.body.write(frameOf(spec))
    return openSession(posted, eventsOf(http, verb, streams[verb].event, posted), signal)
  }

  const verbs = AGENT_VERBS
  const streams = AGENT_STREAMS

  return {
    describe: () => call('describe-node', verbs['describe-node'].output, {}),
    async startInstances(spec) {
      const { output } = verbs['start-instances']
      return (await call('start-instances', output, spec, START_MS)).instances
    },
    async keepInstances(names) {
      await call('keep-instances', verbs['keep-instances'].output, { names })
    },
    async stopInstances(names, graceMs) {
      if (names.length === 0) return
      const { output } = verbs['stop-instances']
      await call('stop-instances', output, { names, graceMs }, graceMs + START_MS)
    },
    async sleepInstances(names, graceMs) {
      if (names.length === 0) return
      const { output } = SLEEP_VERBS['sleep-instances']
      await call('sleep-instances', output, { names, graceMs }, graceMs + START_MS)
    },
    async wakeInstances(names) {
      const { output } = SLEEP_VERBS['wake-instances']
      return (await call('wake-instances', output, { names }, START_MS)).missing
    },
    listInstances: async () =>
      (await call('list-instances', verbs['list-instances'].output, {})).instances,
    listListeners: async (name) =>
      (await call('list-listeners', verbs['list-listeners'].output, { name })).listeners,
    measureInstances: async () =>
      (await call('measure-instances', verbs['measure-instances'].output, {})).instances,
    listImages: async () => (await call('list-images', verbs['list-images'].output, {})).images,
    removeImages: async (imageIds) =>
      (await call('remove-images', verbs['remove-images'].output, { imageIds }, START_MS)).removed,
    async removeApp(appId) {
      await call('remove-app', verbs['remove-app'].output, { appId }, START_MS)
    },
    async measureVolumes(volumeIds) {
      const { output } = verbs['measure-volumes']
      const { volumes } = await call('measure-volumes', output, { volumeIds }, START_MS)
      return new Map(volumes.map(({ volumeId, sizeBytes }) => [volumeId, sizeBytes]))
    },
    async removeVolume(appId, volumeId) {
      await call('remove-volume', verbs['remove-volume'].output, { appId, volumeId }, START_MS)
    },

    listStackImages: () => call('list-stack-images', verbs['list-stack-images'].output, {}),
    describeImageTag: (reference, credentials) =>
      call('describe-image-tag', verbs['describe-image-tag'].output, { reference, credentials }),

    async refreshStackImages(onOutput, signal) {
      const posted = postJson(http, 'refresh-stack-images', {}, signal)
      const { event } = streams['refresh-stack-images']
      return last(http, 'refresh-stack-images', event, posted, signal, (one) => {
        if (one.type === 'output') onOutput(one.text)
      })
    },

    async pullImage(spec, onOutput, signal) {
      const posted = postJson(http, 'pull-image', spec, signal)
      const { event } = streams['pull-image']
      return last(http, 'pull-image', event, posted, signal, (one) => {
        if (one.type === 'output') onOutput(one.text)
      })
    },

    async prepareImage(input, onOutput, signal) {
      const posted = postJson(http, 'prepare-image', input, signal)
      const { event } = streams['prepare-image']
      return last(http, 'prepare-image', event, posted, signal, (one) => {
        if (one.type === 'output') onOutput(one.text)
      })
    },

    async buildImage(spec, source, onEvent, signal) {
      const posted = http.post('build-image', undefined, signal)
      const sending = sendFramed(posted, spec, source)
      const { event } = streams['build-image']
      try {
        return await last(http, 'build-image', event, posted, signal, (one) => {
          if (one.type === 'step' || one.type === 'output') onEvent(one)
        })
      } catch (error) {
        throw signal.aborted ? new CodedError('BUILD_CANCELLED', {}, { cause: error }) : error
      } finally {
        source.destroy()
        await sending
      }
    },

    async runOnce(spec, onOutput, signal) {
      const posted = postJson(http, 'run-once', spec, signal)
      const { event } = streams['run-once']
      return last(http, 'run-once', event, posted, signal, (one) => {
        if (one.type === 'output') onOutput(one)
      })
    },

    openRun: (spec, signal) => open('open-run', spec, signal),
    openExec: (spec, signal) => open('open-exec', spec, signal),

    firewall: createNodeFirewall(call),
    disk: createNodeDiskUse(call),
    exposure: createNodeExposure(call),
    ports: createNodePorts(call),
    addons: createNodeAddons(http, call),
    backups: createNodeBackups(http),
    metrics: createNodeMetrics(http),
    platformLog: createNodePlatformLog(http),
    async setBaseDomain(baseDomain, formerDomains) {
      const { output } = INSTALLATION_VERBS['set-base-domain']
      await call('set-base-domain', output, { baseDomain, formerDomains })
    },

    async *readLogs(input, signal) {
      const posted = postJson(http, 'read-logs', input, signal)
      const { event } = streams['read-logs']
      for await (const one of eventsOf(http, 'read-logs', event, posted))
        if (one.type === 'line') yield one
    },

    async *watch(signal) {
      const silence = new AbortController()
      const posted = postJson(http, 'watch', {}, AbortSignal.any([signal, silence.signal]))
      let timer = setTimeout(() => silence.abort(), WATCH_SILENCE_MS)
      try {
        for await (const one of eventsOf(http, 'watch', streams.watch.event, posted)) {
          clearTimeout(timer)
          timer = setTimeout(() => silence.abort(), WATCH_SILENCE_MS)
          yield one
        }
      } finally {
        clearTimeout(timer)
      }
    },

    close: () => http.close(),
  }
}
