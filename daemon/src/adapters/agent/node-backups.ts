import { PassThrough, Readable } from 'node:stream'
import { BACKUP_STREAMS, BACKUP_VERBS, type BackupVerb } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'
import type { AgentHttp } from '#adapters/agent/agent-http.ts'
import { eventsOf, last, postJson, sendFramed } from '#adapters/agent/agent-streams.ts'
import type { NodeBackups } from '#ports/node-backups.ts'

/** A destination elsewhere is asked by a program of its own, which opens the repository first. */
const ANSWER_MS = 120_000

/** The verbs about backups, over whatever carries them. */
export function createNodeBackups(http: AgentHttp): NodeBackups {
  async function call<Verb extends BackupVerb>(
    verb: Verb,
    input: z.input<(typeof BACKUP_VERBS)[Verb]['input']>,
  ): Promise<unknown> {
    return http.call(verb, input, ANSWER_MS)
  }

  return {
    openRepository: async (repository) =>
      BACKUP_VERBS['open-repository'].output.parse(await call('open-repository', { repository })),
    listSnapshots: async (repository, tag) =>
      BACKUP_VERBS['list-snapshots'].output.parse(await call('list-snapshots', { repository, tag }))
        .snapshots,
    listFiles: async (repository, snapshotId, path) =>
      BACKUP_VERBS['list-snapshot-files'].output.parse(
        await call('list-snapshot-files', { repository, snapshotId, path }),
      ).files,
    measure: async (repository) =>
      BACKUP_VERBS['measure-repository'].output.parse(
        await call('measure-repository', { repository }),
      ),
    listRoots: async () =>
      BACKUP_VERBS['list-backup-roots'].output.parse(await call('list-backup-roots', {})).roots,

    async backUp(spec, body, onProgress, signal) {
      const posted = http.post('back-up', undefined, signal)
      const sending = sendFramed(posted, spec, body ?? Readable.from([]))
      try {
        const { event } = BACKUP_STREAMS['back-up']
        return await last(http, 'back-up', event, posted, signal, (one) => {
          if (one.type === 'progress') onProgress(one)
        })
      } finally {
        body?.destroy()
        await sending
      }
    },

    async restore(spec, onProgress, signal) {
      const posted = postJson(http, 'restore-snapshot', spec, signal)
      const { event } = BACKUP_STREAMS['restore-snapshot']
      return last(http, 'restore-snapshot', event, posted, signal, (one) => {
        if (one.type === 'progress') onProgress(one)
      })
    },

    read({ path, asTar, ...spec }, signal) {
      const given = new PassThrough()
      const ended = new AbortController()
      given.once('close', () => ended.abort())
      const target = { type: 'caller' as const, path, asTar }
      const until = AbortSignal.any([signal, ended.signal])
      const posted = postJson(http, 'restore-snapshot', { ...spec, target }, until)
      readInto(
        given,
        eventsOf(http, 'restore-snapshot', BACKUP_STREAMS['restore-snapshot'].event, posted),
      )
        .then(() => given.end())
        .catch((error: unknown) => {
          given.destroy(error instanceof Error ? error : new Error(String(error)))
        })
      return given
    },

    async digest({ path, asTar, ...spec }, signal) {
      const target = { type: 'nobody' as const, path, asTar }
      const posted = postJson(http, 'restore-snapshot', { ...spec, target }, signal)
      const { event } = BACKUP_STREAMS['restore-snapshot']
      return last(http, 'restore-snapshot', event, posted, signal, () => undefined)
    },

    async importContent(spec, body, onProgress, signal) {
      const posted = http.post('import-content', undefined, signal)
      const sending = sendFramed(posted, spec, body)
      try {
        const { event } = BACKUP_STREAMS['import-content']
        return await last(http, 'import-content', event, posted, signal, (one) => {
          if (one.type === 'progress') onProgress(one)
        })
      } finally {
        body.destroy()
        await sending
      }
    },

    async check(repository, readPercent, onProgress, signal) {
      const input = { repository, readPercent, timeoutMs: CHECK_MS }
      const posted = postJson(http, 'check-repository', input, signal)
      const { event } = BACKUP_STREAMS['check-repository']
      return last(http, 'check-repository', event, posted, signal, (one) => {
        if (one.type === 'progress') onProgress(one)
      })
    },

    async forget(repository, snapshotIds, signal) {
      if (snapshotIds.length === 0) return { freedBytes: 0 }
      const input = { repository, snapshotIds, timeoutMs: FORGET_MS }
      const posted = postJson(http, 'forget-snapshots', input, signal)
      const { event } = BACKUP_STREAMS['forget-snapshots']
      const { freedBytes } = await last(
        http,
        'forget-snapshots',
        event,
        posted,
        signal,
        () => undefined,
      )
      return { freedBytes }
    },
  }
}

const CHECK_MS = 12 * 3_600_000
const FORGET_MS = 6 * 3_600_000

/** Or closed; of all that is waited for nothing stays at the stream. */
function untilDrained(given: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      given.off('drain', end)
      given.off('close', end)
      resolve()
    }
    given.on('drain', end)
    given.on('close', end)
  })
}

/** Ends where the reply says that all of it has come, and throws where it does not. */
async function readInto(
  given: PassThrough,
  events: AsyncIterable<{ type: string; base64?: string }>,
): Promise<void> {
  for await (const event of events) {
    if (event.type === 'done') return
    if (event.type !== 'data' || event.base64 === undefined) continue
    if (given.destroyed) return
    if (!given.write(Buffer.from(event.base64, 'base64'))) await untilDrained(given)
  }
  throw new CodedError('AGENT_UNREACHABLE', { verb: 'restore-snapshot' })
}
